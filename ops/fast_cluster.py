"""One quick, forgetful PostgreSQL for all tests and stages of this checkout, shared by those that run at once."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.embedded_postgres import DATABASE, SUPERUSER, Cluster, ensure

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / "test-postgres"
KEPT = (DATABASE, SUPERUSER, "template0", "template1")


@contextmanager
def borrow(data: Path = DATA) -> Iterator[Cluster]:
    """The fast cluster, started by the first to come and stopped by the last to leave."""
    data.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{data}.borrowers", "w") as borrowers:
        fcntl.flock(borrowers, fcntl.LOCK_SH)
        cluster = ensure(data, fast=True)
        try:
            yield cluster
        finally:
            _stop_unless_borrowed(cluster, borrowers.fileno())


def _stop_unless_borrowed(cluster: Cluster, borrowers: int) -> None:
    try:
        fcntl.flock(borrowers, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    _drop_what_was_left(cluster)
    cluster.stop()


def _drop_what_was_left(cluster: Cluster) -> None:
    """Killed tests leave databases behind; nobody else is here to need them. The newest template stays."""
    for name in cluster.execute("SELECT datname FROM pg_database").splitlines():
        if name not in (*KEPT, template_name()):
            cluster.drop_database(name)


def migrated_template(cluster: Cluster, migrate: Callable[[str], None]) -> str:
    """The name of a database to copy, at the newest schema; `migrate` is given its name when it has to be made."""
    name, unfinished = template_name(), f"{template_name()}_unfinished"
    with open(f"{cluster.data}.template", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not cluster.execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            cluster.drop_database(unfinished)
            cluster.create_database(unfinished)
            migrate(unfinished)
            cluster.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def template_name() -> str:
    """Names the schema by what it is made from: the migrations and the libraries that bring tables."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for file in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return f"migrated_{digest.hexdigest()[:16]}"
