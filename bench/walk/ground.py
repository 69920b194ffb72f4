"""A whole Dayitto on a durable PostgreSQL of its own, whose processes are killed and come back as a supervisor brings them back."""

import fcntl
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from bench.servers import cpu_seconds, family
from marketplace.core import config
from marketplace.factory import create_app
from ops import fast_cluster, programs
from ops.embedded_postgres import Cluster, ensure
from ops.postgres_programs import PostgresError, run_as_owner
from ops.programs import DIRECT, Program, ProgramError
from ops.stage import Stage

CLUSTER = Path(__file__).resolve().parents[2] / "var" / "walk-postgres"
WATCHED = ("web", "worker", "worker-2")
GRACE_SECONDS = 3.0
"""How long after a restart connections of before may still be found dead."""
SETTINGS = {
    "WEB_CONCURRENCY": "2",
    "SWEEP_SECONDS": "2",
    "WORKER_DEAD_AFTER_SECONDS": "4",
    "LOG_LEVEL": "error",
    "SIGN_IN_TRIES_PER_ADDRESS": "1000000",
    "SIGN_IN_TRIES_PER_ACCOUNT": "1000000",
    "SIGN_IN_TRIES_PER_DEVICE": "1000000",
    "CODE_TRIES_PER_HOUR": "1000000",
    "SESSION_DAYS": "3650",
    "SESSION_IDLE_DAYS": "3650",
    "STAFF_SESSION_HOURS": "87600",
    "STAFF_IDLE_MINUTES": "5000000",
    "CONFIRMED_MINUTES": "5000000",
    "DISPUTE_ANSWER_DAYS": "1",
    "RATE_DAYS": "3650",
    "TWO_PEOPLE_FROM_MINOR": "20000",
    "WORKER_QUEUES": "default",
}
"""Two processes of the web, as gunicorn reads it; quick sweeps; all users come from one address, over months of the moved clock;
sums are small, so what takes two people of the team does, too; and letters are written, but wait: nothing of the money is in them."""


@contextmanager
def durable() -> Iterator[Cluster]:
    """A PostgreSQL that forgets nothing when it is stopped at once. One walk of a checkout at a time."""
    CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{CLUSTER}.walk", "w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        cluster = ensure(CLUSTER)
        _drop_what_was_left(cluster)
        try:
            yield cluster
        finally:
            ensure(CLUSTER).stop()


def _drop_what_was_left(cluster: Cluster) -> None:
    """Killed runs leave databases behind. The newest template stays."""
    for name in cluster.execute("SELECT datname FROM pg_database").splitlines():
        if name not in (*fast_cluster.KEPT, fast_cluster.template_name()):
            cluster.drop_database(name)


class Ground:
    """The running programs, and when one of them was down: what fails then is no fault of the application's."""

    def __init__(self) -> None:
        self.stage = Stage(durable, **SETTINGS)
        self.down: list[tuple[float, float]] = []
        self.complaints: Counter[str] = Counter()
        self._spent: Counter[str] = Counter()
        self._busy = threading.Lock()
        self._ended = threading.Event()

    def __enter__(self) -> "Ground":
        self.stage.__enter__()
        try:
            second = programs.worker(self.stage.environment)
            second.name = "worker-2"
            self.stage.programs["worker-2"] = second
            for name in WATCHED:
                self.stage.programs[name].heard = self._hear
            second.start()
            self.app = create_app(config.load(self.stage.environment))
            threading.Thread(target=self._watch, name="supervisor", daemon=True).start()
        except BaseException:
            self.stage.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        with self._busy, self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()
            for name in WATCHED:  # nobody waits for their good-byes: all that matters was compared
                self.stage.kill(name)
        self.stage.__exit__(*error)  # type: ignore[arg-type]

    def kill(self, name: str) -> None:
        """End a program as a power cut would; the supervisor starts it again."""
        with self._busy, self._outage():
            self._spent[name] += _cpu(self.stage.programs[name])
            self.stage.kill(name)
            self._revive()

    def stop_postgres(self) -> None:
        """Stop it at once, as a crash does, and start it again: it recovers from its log."""
        with self._busy, self._outage():
            with suppress(PostgresError):
                run_as_owner(CLUSTER, ["pg_ctl", "-s", "-w", "-m", "immediate", "-D", CLUSTER, "stop"])
            ensure(CLUSTER)
            self._revive()

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each program has used, in all its lives; PostgreSQL's as far as its processes still live."""
        lives = {name: _cpu(program) + self._spent[name] for name, program in self.stage.programs.items()}
        postgres = int((CLUSTER / "postmaster.pid").read_text().splitlines()[0])
        return lives | {"postgresql": sum(map(cpu_seconds, family(postgres))), "users": time.process_time()}

    def forget_connections(self) -> None:
        """Those of this process to PostgreSQL: it may have been stopped since."""
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()

    def was_down(self, since: float, until: float) -> bool:
        """Whether a program was down at some moment between two (monotonic)."""
        return any(since <= up + GRACE_SECONDS and until >= down for down, up in self.down)

    def _hear(self, name: str, line: str) -> None:
        """The end of each failure that a program logs, counted: the first thing one wants to know when something differs."""
        with suppress(ValueError, AttributeError):
            said = json.loads(line)
            trace = str(said.get("exception", "")).strip().splitlines()
            self.complaints[f"{name}: {said.get('event')} {' | '.join(line.strip() for line in trace[-3:])}"[:600]] += 1

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            with self._busy:
                if not self._ended.is_set() and self._dead():
                    with self._outage():
                        self._revive()

    def _dead(self) -> list[str]:
        return [name for name in WATCHED if not self.stage.programs[name].runs()]

    def _revive(self) -> None:
        for name in self._dead():
            self.stage.programs[name].start()
        for name in WATCHED:
            with suppress(ProgramError):  # one that dies again is started again at the next look
                self.stage.programs[name].wait_until_it_answers()
        _wait_for(lambda: DIRECT.open(f"{self.stage.site_url}/healthz", timeout=5).status == 200)

    @contextmanager
    def _outage(self) -> Iterator[None]:
        began, place = time.monotonic(), len(self.down)
        self.down.append((began, float("inf")))
        try:
            yield
        finally:
            self.down[place] = (began, time.monotonic())

    def outside(self, method: str, path: str, **how: object) -> requests.Response:
        """Ask the sandbox, as somebody who stands outside of the marketplace."""
        return requests.request(method, f"{self.stage.sandbox_url}{path}", timeout=60, **how)  # type: ignore[arg-type]


def _cpu(program: Program) -> float:
    return sum(map(cpu_seconds, family(program.process.pid))) if program.process and program.runs() else 0.0


def _wait_for(look: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if look():
                return
        time.sleep(0.05)
    raise TimeoutError("The web does not come back.")
