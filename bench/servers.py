"""Servers under measurement: gunicorn with the same settings for the floor and for Dayitto, and what their processes use."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.database import conninfo
from ops.environment import HOST, Ports
from ops.programs import Program

WORKERS, THREADS = 2, 2


@dataclass(frozen=True)
class Server:
    """One running application."""

    name: str
    port: int
    program: Program

    @property
    def pids(self) -> list[int]:
        """The first process and its workers."""
        return family(self.program.process.pid) if self.program.process else []

    def cpu(self) -> float:
        """Seconds of CPU its processes have used."""
        return sum(cpu_seconds(pid) for pid in self.pids)


@contextmanager
def serving(name: str, target: str, environment: Mapping[str, str], workers: int = WORKERS) -> Iterator[Server]:
    """The application `module:app` behind gunicorn; ended afterwards. Raises ProgramError."""
    port = Ports.free().web
    command = [
        "gunicorn",
        target,
        "--worker-class",
        "gthread",
        "--workers",
        str(workers),
        "--threads",
        str(THREADS),
        "--bind",
        f"{HOST}:{port}",
        "--keep-alive",
        "30",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    program = Program(name, command, environment, f"http://{HOST}:{port}/healthz")
    program.start()
    try:
        program.wait_until_it_answers()
        yield Server(name, port, program)
    finally:
        program.stop()


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors, in seconds; nothing once it is gone."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # the kernel's name for the CPU clock of that process
    except OSError:
        return 0.0


class Backends:
    """The database's processes that serve a database."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(conninfo(url), autocommit=True)

    def cpu(self) -> float:
        """Seconds of CPU the backends have used, the one that answers this not counted."""
        return sum(cpu_seconds(pid) for pid in self.pids())

    def pids(self) -> list[int]:
        rows = self.connection.execute(
            "select pid from pg_stat_activity where datname = current_database() "
            "and backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in rows]


def memory_mb(pids: list[int]) -> float:
    """Proportional memory: pages that several processes share are divided among them."""
    return round(sum(_proportional_kb(pid) for pid in pids) / 1024, 1)


def _proportional_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def load_average() -> float:
    """How many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)
