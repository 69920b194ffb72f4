"""The suite's own PostgreSQL: as durable as the real one, in a folder of its own, one new database a run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.data import fill
from bench.market import Bench
from marketplace.core import config
from marketplace.factory import create_app
from ops import programs
from ops.embedded_postgres import APP, OWNER, Cluster, ensure
from ops.environment import without_settings

CLUSTER = Path(__file__).resolve().parent.parent / "var" / "bench-postgres"
WORK = {
    "ENVIRONMENT": "production",
    "SITE_URL": "https://dayitto.example",
    "SECRET_KEY": "a-key-of-the-bench-of-32-characters!",
    "STRIPE_API_URL": "https://stripe.invalid",
    "STRIPE_SECRET_KEY": "sk_live_bench",
    "STRIPE_WEBHOOK_SECRET": "whsec_bench",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_bench_connect",
    "META_GRAPH_URL": "https://graph.invalid",
    "META_DIALOG_URL": "https://dialog.invalid",
    "META_APP_ID": "1",
    "META_APP_SECRET": "bench-secret",
    "META_WEBHOOK_TOKEN": "bench-token",
    "MAIL_SERVER": "smtp.invalid",
    "MAIL_TLS": "starttls",
    "MAIL_SENDER": "bench@dayitto.example",
    "VAULT_KEYS": "1:YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoISE=",
    "AUDIT_KEY": "an-audit-key-of-the-bench",
    "FILES_PATH": str(CLUSTER.parent / "bench-files"),
}
"""Production's settings. Nothing of what the suites ask speaks to the outside."""


@contextmanager
def created(suite: str = "bench") -> Iterator[tuple[Cluster, str, dict[str, str]]]:
    """A migrated, empty database, its name, and the environment of a server on it; the database is gone afterwards."""
    cluster, name = ensure(CLUSTER), f"{suite}_{os.getpid()}"
    environment = without_settings() | WORK | {"DATABASE_URL": cluster.url(APP, name), "DATABASE_OWNER_URL": cluster.url(OWNER, name)}
    try:
        cluster.create_database(name)
        programs.flask(environment, "db", "upgrade", "heads")
        yield cluster, name, environment
    finally:
        cluster.drop_database(name)
        if cluster.started:
            cluster.stop()


@contextmanager
def filled(rows: int) -> Iterator[tuple[Bench, Cluster, dict[str, str]]]:
    """A database of so many rows, and the environment of a server on it; both are gone afterwards."""
    with (
        created() as (cluster, _name, environment),
        create_app(config.load(environment | {"LOG_LEVEL": "error"})).app_context(),
        psycopg.connect(conninfo(environment["DATABASE_OWNER_URL"])) as connection,
    ):
        yield fill(connection, rows), cluster, environment


def conninfo(url: str) -> str:
    """SQLAlchemy's address as libpq reads it."""
    return url.replace("+psycopg", "", 1)
