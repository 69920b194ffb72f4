"""Runs several of the product's commands in one process, because each start costs a second.

    python -m ops.flask_commands "db upgrade" "demo load"

Ends at the first that fails. After the output of each comes END with its exit code.
"""

import shlex
import sys
import traceback

from flask.cli import cli

END = "\x1e"


def main() -> None:
    for command in sys.argv[1:]:
        code = run(shlex.split(command))
        print(f"{END}{code}", flush=True)
        if code:
            sys.exit(code)


def run(words: list[str]) -> int:
    """The command's exit code."""
    try:
        cli.main(["--app", "wsgi", *words], prog_name="flask")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:
        traceback.print_exc()
    return 1


if __name__ == "__main__":
    main()
