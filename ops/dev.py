"""bin/dev: everything Dayitto needs on one machine, started in order, watched, and ended together.

PORT, SANDBOX_PORT and SMTP_PORT move the addresses; DATABASE_URL and DATABASE_OWNER_URL replace the embedded
PostgreSQL; any other setting of the environment is passed on to the programs.
"""

import fcntl
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ops import embedded_postgres, leftovers, programs
from ops.embedded_postgres import APP, OWNER, PostgresError
from ops.environment import Ports, environment_of, is_taken
from ops.programs import ROOT, Program, ProgramError

FOLDER = ROOT / "var"
STARTED = FOLDER / "dev.json"
ROOM_NEEDED = 300 * 1024 * 1024
"""Bytes: the embedded database, some uploads and logs."""
SANDBOX_SECONDS = 60
"""How long the demo data wait for the sandbox, which starts at the same time and in which their contracts are paid."""
COLOURS = {"web": 32, "worker": 36, "sandbox": 35}
WIDTH = max(len(name) for name in COLOURS)


class CannotStart(Exception):
    """What is wrong and which setting or command mends it."""


def main() -> None:
    """Start, watch until Ctrl-C or SIGTERM, end."""
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C too: a script's background jobs begin with it ignored
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    try:
        with only_one(), ExitStack() as ends:
            started = start_all(Ports.chosen(), ends)
            say(f"Ready in {time.monotonic() - began:.1f} s. Ctrl-C ends everything.")
            watch(started)
    except KeyboardInterrupt:
        say("Ended.")
    except (CannotStart, PostgresError, ProgramError) as error:
        sys.exit(f"\n{error}")


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def only_one() -> Iterator[None]:
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / "dev.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("bin/dev runs already in this folder. End it with Ctrl-C where it runs.") from None
        yield


def start_all(ports: Ports, ends: ExitStack) -> list[Program]:
    """What is started is ended through `ends`, in reverse. Raises CannotStart, PostgresError or ProgramError."""
    for name in leftovers.end(STARTED):
        say(f"Ended the {name} that a killed run had left behind.")
    check_room(FOLDER)
    check_ports(ports)
    environment = {**os.environ, **settings(ports, ends)}
    ends.callback(STARTED.unlink, missing_ok=True)
    started: list[Program] = []
    # The slow ones begin while the database is made ready; the worker needs its tables.
    start(programs.sandbox(environment, ports, FOLDER), started, ends)
    start(programs.web(environment, ports), started, ends)
    people = prepare_database(environment)
    start(programs.worker(environment), started, ends)
    for program in started:
        program.wait_until_it_answers()
    introduce(environment, ports, people)
    return started


def check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise CannotStart(f"The disk is full: {free // 2**20} MB are free in {folder}, Dayitto needs {ROOM_NEEDED // 2**20} MB.")


def check_ports(ports: Ports) -> None:
    for setting, port in ports.by_setting().items():
        if is_taken(port):
            raise CannotStart(
                f"Port {port} is taken by another program. End that one, or choose another port: {setting}={port + 100} bin/dev"
            )


def settings(ports: Ports, ends: ExitStack) -> dict[str, str]:
    """Those of this machine; what the caller's environment sets goes before them."""
    app_url, owner_url = database(ends)
    usual = environment_of(FOLDER, ports, app_url, owner_url, "development")
    return {name: os.environ.get(name) or value for name, value in usual.items()}


def database(ends: ExitStack) -> tuple[str, str]:
    """Where the application's role and the owner find the database: given, or embedded and started here."""
    if given := os.environ.get("DATABASE_URL"):
        return given, os.environ.get("DATABASE_OWNER_URL") or given
    say("Starting PostgreSQL …")
    # One that a killed run left running is taken over, and ended with this run.
    cluster = embedded_postgres.ensure(FOLDER / "postgres")
    ends.callback(cluster.stop)
    return cluster.url(APP), cluster.url(OWNER)


def start(program: Program, started: list[Program], ends: ExitStack) -> None:
    """Start it and note it at once: a run may be killed at any moment."""
    program.heard = show
    program.start()
    ends.callback(program.stop)
    started.append(program)
    leftovers.remember(STARTED, {one.name: one.process.pid for one in started if one.process})


def prepare_database(environment: Mapping[str, str]) -> str:
    """Migrate it and fill it; who is in the demo data, for people to read. Raises ProgramError."""
    say("Bringing the database to the newest schema, with demo data …")
    commands = ("db upgrade", f"demo load --patience {SANDBOX_SECONDS}", "demo people")
    done = programs.flask_commands(environment, *commands)
    for command, (said, code) in zip(commands, done, strict=False):
        if code:
            raise ProgramError(f"flask {command} failed:\n{said[-3000:]}")
    return done[-1][0].strip("\n")


def introduce(environment: Mapping[str, str], ports: Ports, people: str) -> None:
    say(f"\n  {environment['SITE_NAME']}        {environment['SITE_URL']}")
    say(f"  Letters, money and Facebook of the sandbox: http://127.0.0.1:{ports.sandbox}\n")
    if people:
        say(f"{people}\n")


_printing = threading.Lock()


def show(name: str, line: str) -> None:
    """One line of a program's log, marked with its name."""
    colour = COLOURS[name] if sys.stdout.isatty() and "NO_COLOR" not in os.environ else None
    mark = f"\x1b[{colour}m{name:{WIDTH}} │\x1b[0m" if colour else f"{name:{WIDTH}} │"
    with _printing:
        say(f"{mark} {line}")


def watch(started: list[Program]) -> None:
    """Until one ends: nothing is restarted behind anybody's back. Raises ProgramError."""
    while True:
        for program in started:
            if not program.runs():
                raise ProgramError(f"{program.last_words()}\nEverything else was ended too.")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
