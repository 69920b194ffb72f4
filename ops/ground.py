"""The ground everything stands on: a virtual environment with exactly what requirements-dev.txt locks.

    python3 -m ops.ground

Needs nothing but Python's own library. Quick when nothing changed: a stamp in the environment names what it holds.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from ops import system_packages

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / "requirements-dev.txt"
OLDEST_PYTHON = (3, 11)
SYSTEM_PYTHON = "/usr/bin/python3"
WILL_DO = f"import sys, venv; sys.exit(sys.version_info < {OLDEST_PYTHON})"
ROOM_NEEDED = 750 * 1024 * 1024
"""Bytes the packages take, and a little for what comes after."""


class GroundError(Exception):
    """The environment cannot be made; the message says what to do."""


def main() -> None:
    """Lay the ground of this checkout, or say plainly why not."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Dayitto needs Python 3.11 or later; this is {sys.version.split()[0]}. Set PYTHON to a later one.")
    try:
        lay(ROOT / ".venv", LOCKED)
    except GroundError as error:
        sys.exit(str(error))


def lay(environment: Path, locked: Path) -> bool:
    """Make the environment hold what is locked; whether there was anything to do. Raises GroundError."""
    with open(f"{environment}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(environment, locked):
            return False
        check_room(environment.parent)
        began = time.monotonic()
        say("Setting up Python's packages (about 15 seconds the first time) …")
        stamp_of(environment).unlink(missing_ok=True)
        make(environment)
        install(environment, locked)
        stamp_of(environment).write_text(wanted(environment, locked))
        say(f"Python's packages are ready ({time.monotonic() - began:.0f} s).")
        return True


def check_room(folder: Path) -> None:
    """Said before an installer fails half-way with a message of its own."""
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise GroundError(f"The disk is full: {free // 2**20} MB are free in {folder}, Dayitto needs {ROOM_NEEDED // 2**20} MB.")


def is_current(environment: Path, locked: Path) -> bool:
    try:
        return python_of(environment).exists() and stamp_of(environment).read_text() == wanted(environment, locked)
    except FileNotFoundError:
        return False


def wanted(environment: Path, locked: Path) -> str:
    """What the stamp says when the environment is right: the lock, and where its scripts expect to be."""
    content = b"".join(path.read_bytes() for path in (locked, *alone(locked)))
    return f"{hashlib.sha256(content).hexdigest()} {environment}\n"


def alone(locked: Path) -> list[Path]:
    """The lock beside it of what is installed without what it depends on: a package whose data alone we read."""
    return [path for path in [locked.with_name("requirements-spec.txt")] if path.exists()]


def stamp_of(environment: Path) -> Path:
    return environment / "installed"


def python_of(environment: Path) -> Path:
    return environment / "bin" / "python"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make(environment: Path) -> None:
    if python_of(environment).exists():
        return
    if importlib.util.find_spec("venv") is None:
        get_python_venv()
    run([interpreter(), "-m", "venv", "--without-pip", "--clear", environment], "The environment cannot be made.")


def interpreter() -> str:
    """This Python, unless it was compiled by a version manager without optimisation and the system's own will do.

    Without profile-guided optimisation (`--enable-optimizations`, which distributions always use) all takes half as long again.
    Who names an interpreter by PYTHON gets that one.
    """
    as_it_is = "PYTHON" in os.environ or "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))
    return sys.executable if as_it_is or not works([SYSTEM_PYTHON, "-c", WILL_DO]) else SYSTEM_PYTHON


def install(environment: Path, locked: Path) -> None:
    """By uv, which is quick; by pip where uv does not get through, for pip knows mirrors that uv is not told of."""
    try:
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        uv = [find_uv(environment, locked), "pip", "sync", "--require-hashes", *quiet]
        run([*uv, "--python", python_of(environment), locked, *alone(locked)], "uv could not install the packages.")
    except GroundError as error:
        say(f"{error} Trying pip (about a minute) …")
        install_by_pip(environment, locked)
        for path in alone(locked):
            install_by_pip(environment, path, "--no-deps")


def find_uv(environment: Path, locked: Path) -> str | Path:
    """uv of the environment or of the system, else the locked one, installed."""
    for candidate in (environment / "bin" / "uv", shutil.which("uv")):
        if candidate and works([candidate, "--version"]):
            return candidate
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(locked_entry("uv", locked))
        only_uv.flush()
        install_by_pip(environment, Path(only_uv.name))
    return environment / "bin" / "uv"


def works(command: list[str | Path]) -> bool:
    """Also false for a version manager's shim of a program that is not there."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def locked_entry(package: str, locked: Path) -> str:
    """The lines of a lock file that pin and hash one package."""
    lines = locked.read_text().splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{package}=="))
    last = next(number for number in range(first, len(lines)) if not lines[number].endswith("\\\n"))
    return "".join(lines[first : last + 1])


def install_by_pip(environment: Path, locked: Path, *more: str) -> None:
    options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", *more, "-r", locked]
    run([*find_pip(environment), *options], "The packages cannot be installed: see above. Is the network reachable?")


def find_pip(environment: Path) -> list[str | Path]:
    python = python_of(environment)
    if works([python, "-m", "pip", "--version"]):
        return [python, "-m", "pip"]
    if works([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip", "--python", python]
    if importlib.util.find_spec("ensurepip") is None:
        get_python_venv()
    run([python, "-m", "ensurepip"], "pip cannot be made.", stdout=subprocess.DEVNULL)
    return [python, "-m", "pip"]


def get_python_venv() -> None:
    say("Python's venv is not there; installing it through the system's packages …")
    if not system_packages.install("python3-venv"):
        raise GroundError("Python's venv and pip are missing. As root: apt-get install python3-venv")


def run(command: list[str | Path], failure: str, **streams: int) -> None:
    if subprocess.run(command, cwd=ROOT, env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}, **streams).returncode:
        raise GroundError(failure)


if __name__ == "__main__":
    main()
