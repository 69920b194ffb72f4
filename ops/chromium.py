"""Sees to it that the browser journeys have a browser: the system's Chromium.

python -m ops.chromium      exit code 1 when there is none and none can be installed
"""

import shutil
import sys

from ops import system_packages

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # no sandbox of its own: containers and root have none to give


def find() -> str | None:
    """Where a Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def main() -> None:
    if find():
        return
    print("Chromium is not there; installing it through the system's packages (about a minute) …", file=sys.stderr)
    if not (system_packages.install("chromium") and find()):
        sys.exit(
            "\n*** THE BROWSER JOURNEYS ARE SKIPPED: there is no Chromium and it cannot be installed from here.\n"
            "*** As root: apt-get install chromium\n"
        )


if __name__ == "__main__":
    main()
