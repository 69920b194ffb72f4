"""Jobs in PostgreSQL, queued in the same transaction as the change that wants them.

`@task` gives a command `.later(…)`: the job row is inserted through the session's own connection, so the change and the
job commit together or not at all. Jobs carry ids and call one verb. `@sweep` marks a function that acts on deadlines
that are due by `core.clock`; sweeps run every few seconds of real time in every worker.
"""
from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import structlog
from flask import Flask
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from marketplace.core.db import db
from marketplace.core.errors import DomainError

logger = structlog.get_logger()
queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
SWEEPS: list[Callable[[], Any]] = []
_app: Flask | None = None


class NotYet(Exception):
    """The job cannot finish now and should be tried again (no answer from outside, a row not committed yet)."""


class Patience(BaseRetryStrategy):
    """Try again after 2, 4, 8 … up to 600 seconds, twelve times; a refusal by the domain is final."""

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        if isinstance(exception, DomainError) or job.attempts >= 12:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=min(2 ** (job.attempts + 1), 600)))


def task(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command a job: `function.later(*args, once=None)` queues it in this transaction."""
    name = f"{function.__module__.removeprefix('marketplace.')}.{function.__name__}"

    def job(**arguments: Any) -> None:
        with _app.app_context():  # type: ignore[union-attr]
            perform(function, arguments)

    registered = queue.task(name=name, retry=Patience())(job)

    def later(*args: Any, once: str | None = None, **kwargs: Any) -> None:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
        _defer(registered, {key: _plain(value) for key, value in bound.items()}, once)

    function.later = later  # type: ignore[attr-defined]
    function.job_name = name  # type: ignore[attr-defined]
    return function


def sweep(function: Callable[[], Any]) -> Callable[[], Any]:
    """Run this every few seconds, each time in a transaction of its own. It queues one job for each thing that is due."""
    SWEEPS.append(function)
    return function


def perform(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Run a job's verb and commit; the queue is one of the three edges. A refusal by the domain ends the job quietly."""
    with structlog.contextvars.bound_contextvars(job=function.__qualname__):
        try:
            function(**arguments)
            db.session.commit()
        except DomainError as refusal:
            db.session.rollback()
            logger.info("job_refused", refusal=type(refusal).__name__, reason=str(refusal))
        except BaseException:
            db.session.rollback()
            raise


def run_sweeps() -> None:
    """Every sweep once; one that fails does not stop the others."""
    for function in SWEEPS:
        try:
            perform(function, {})
        except Exception:
            logger.exception("sweep_failed", sweep=function.__qualname__)


def bind(app: Flask) -> None:
    """Tell jobs which application they run in."""
    global _app
    _app = app


def bound() -> Flask:
    """The application jobs run in."""
    assert _app is not None
    return _app


def _defer(registered: Any, arguments: dict[str, Any], once: str | None) -> None:
    if once is None:
        _insert(registered, arguments, None)
        return
    try:
        with db.session.begin_nested():
            _insert(registered, arguments, once)
    except AlreadyEnqueued:
        logger.debug("already_queued", once=once)


def _insert(registered: Any, arguments: dict[str, Any], once: str | None) -> None:
    """Asking for the connection here, inside the savepoint, is what makes the session begin it."""
    connection = db.session.connection().connection.driver_connection
    registered.configure(connection=connection, queueing_lock=once).defer(**arguments)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
