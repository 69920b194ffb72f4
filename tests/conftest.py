"""Real PostgreSQL for every test: one fast cluster a run, one database a worker, each test rolled back.

`app` and `client` share one connection whose outer transaction is undone after the test. A test that needs real commits
(other connections, constraint triggers at commit, killed processes) asks for `committed` instead: a database of its own.
"""
from __future__ import annotations

import gc
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event

from marketplace.core import clock, config, tasks
from marketplace.core.db import db
from marketplace.factory import create_app
from ops import fast_cluster
from ops.embedded_postgres import Cluster
from tests.time_of_day import clock_file

ROOT = Path(__file__).parents[1]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """At the end, where it is read: what was not looked at (`bin/test` says so at the beginning too)."""
    if os.environ.get("DAYITTO_NO_BROWSER") == "1":
        terminalreporter.write_line("*** THE BROWSER JOURNEYS WERE SKIPPED: there is no Chromium (apt-get install chromium)", red=True)


def pytest_collection_finish() -> None:
    """Everything imported stays to the end: the collector need not look at it again and again. A tenth of the run's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


class OneContextARequest(FlaskClient):
    """Each request gets an application context of its own, as in the real server; the test's rows are flushed first.

    A POST carries the session's CSRF token, as every form of ours does; `headers={"X-CSRFToken": ""}` leaves it out.
    """

    def open(self, *args, **kwargs):
        db.session.commit()
        with self.application.app_context():
            if kwargs.get("method") == "POST":
                kwargs["headers"] = {"X-CSRFToken": self._csrf_token(), **kwargs.get("headers", {})}
            return super().open(*args, **kwargs)

    def _csrf_token(self) -> str:
        with self.session_transaction() as cookie:
            known = cookie.setdefault("csrf_token", secrets.token_hex(20))
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(known)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL, without durability; the last run to leave stops it."""
    with fast_cluster.borrow() as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A migrated, empty database to copy; made once for each state of the migrations."""
    return fast_cluster.migrated_template(cluster, lambda name: _migrate(cluster, name))


@pytest.fixture(scope="session")
def database(cluster: Cluster, template: str) -> Iterator[str]:
    """This process's own copy; several runs may be under way at once."""
    name = f"test_{os.getpid()}"
    cluster.create_database(name, template)
    yield name
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def application(cluster: Cluster, database: str) -> Iterator[Flask]:
    """The application on the worker's database, as the application's role."""
    app = create_app(test_settings(cluster, database))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application inside a transaction that is undone."""
    clock.follow(clock_file() or None)
    with application.app_context():
        engine = db.engines[None]
        with engine.connect() as connection:
            outer = connection.begin()
            db.engines[None] = connection
            db.session.session_factory.configure(join_transaction_mode="create_savepoint")
            yield application
            db.session.remove()
            db.engines[None] = engine
            outer.rollback()
    clock.reset()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without scripts."""
    app.test_client_class = OneContextARequest
    return app.test_client()


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What was sent to the database, from here on."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def own_application(cluster: Cluster) -> Flask:
    """The application on a database that each test has made anew."""
    return create_app(test_settings(cluster, f"own_{os.getpid()}"))


@pytest.fixture
def committed(cluster: Cluster, template: str, own_application: Flask) -> Iterator[Flask]:
    """An application on a database of its own, with real commits; a context is pushed."""
    clock.follow(clock_file() or None)
    with own_application.app_context():
        name = db.engine.url.database
        cluster.create_database(name, template)
        tasks.bind(own_application)
        own_application.test_client_class = None
        yield own_application
        db.session.remove()
        db.engine.dispose()
    clock.reset()
    cluster.drop_database(name)


def test_settings(cluster: Cluster, database: str, **changes: str) -> config.Settings:
    """Settings for a test on this database."""
    return config.load({
        "ENVIRONMENT": "test", "SITE_URL": "http://localhost", "SECRET_KEY": "a-test-key-of-at-least-32-characters!",
        "DATABASE_URL": cluster.url("dayitto_app", database), "DATABASE_OWNER_URL": cluster.url("dayitto_owner", database),
        "FILES_PATH": str(ROOT / "var" / "test-files"), "LOG_LEVEL": "error", "CLOCK_FILE": clock_file(), **changes})


test_settings.__test__ = False  # type: ignore[attr-defined]


def _migrate(cluster: Cluster, database: str) -> None:
    settings = {"ENVIRONMENT": "test", "DATABASE_URL": cluster.url("dayitto_app", database),
                "DATABASE_OWNER_URL": cluster.url("dayitto_owner", database), "PATH": "/usr/bin:/bin", "LOG_LEVEL": "error"}
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", "heads"], cwd=ROOT, env=settings, check=True)
