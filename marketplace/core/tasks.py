"""Jobs in PostgreSQL, queued in the same transaction as the change that wants them.

`@task` gives a command `.later(…)`: the job row is inserted by the session itself, at the end of its transaction, so the
change and the job commit together or not at all. Jobs carry ids and call one verb. `@sweep` marks a function that acts on deadlines
that are due by `core.clock`; sweeps run every few seconds of real time in every worker.
"""
from __future__ import annotations

import inspect
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import procrastinate
import structlog
from flask import Flask
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import event, text
from sqlalchemy.orm import ORMExecuteState, Session

from marketplace.core import deferred
from marketplace.core.db import db
from marketplace.core.errors import DomainError

logger = structlog.get_logger()
queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
QUEUE, MOST_TOGETHER = "default", 50
SWEEPS: list[Callable[[], Any]] = []
INSERT = text("""
insert into procrastinate_jobs (queue_name, task_name, queueing_lock, args)
select queue, task, once, cast(args as jsonb)
from unnest(cast(:queues as text[]), cast(:tasks as text[]), cast(:onces as text[]), cast(:args as text[])) as job(queue, task, once, args)
on conflict (queueing_lock) where status = 'todo' do nothing
""")
"""What the library's own `defer` does, in one statement also where the job may be waiting already; it takes a savepoint there."""
_app: Flask | None = None


class NotYet(Exception):
    """The job cannot finish now and should be tried again (no answer from outside, a row not committed yet)."""


class Patience(BaseRetryStrategy):
    """Try again after 2, 4, 8 … up to 600 seconds, twelve times; a refusal by the domain is final."""

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        if isinstance(exception, DomainError) or job.attempts >= 12:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=min(2 ** (job.attempts + 1), 600)))


def task(function: Callable[..., Any] | None = None, *, queued: str = QUEUE) -> Callable[..., Any]:
    """Make a command a job: `function.later(*args, once=None)` queues it in this transaction, `each_later` several at once.

    Of one that takes a list, `together(item)` gathers the items of a transaction into one job.
    """
    if function is None:
        return partial(task, queued=queued)
    name = f"{function.__module__.removeprefix('marketplace.')}.{function.__name__}"

    def job(**arguments: Any) -> None:
        with _app.app_context():  # type: ignore[union-attr]
            perform(function, arguments)

    signature = inspect.signature(function)
    queue.task(name=name, queue=queued, retry=Patience())(job)

    def bound(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return {key: _plain(value) for key, value in signature.bind(*args, **kwargs).arguments.items()}

    def later(*args: Any, once: str | None = None, **kwargs: Any) -> None:
        _queue(name, [(bound(*args, **kwargs), once)])

    def each_later(calls: Sequence[tuple[Any, ...]]) -> None:
        _queue(name, [(bound(*args), None) for args in calls])

    def together(item: Any) -> None:
        deferred.append("items", (name, next(iter(signature.parameters)), _plain(item)))

    function.together = together  # type: ignore[attr-defined]
    function.later = later  # type: ignore[attr-defined]
    function.each_later = each_later  # type: ignore[attr-defined]
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


def _queue(name: str, calls: Sequence[tuple[dict[str, Any], str | None]]) -> None:
    for args, once in calls:
        deferred.append("jobs", (name, once, json.dumps(args)))


@event.listens_for(Session, "do_orm_execute")
def _write_before_reading(state: ORMExecuteState) -> None:
    if "deferred" in state.session.info and "procrastinate_jobs" in getattr(state.statement, "text", ""):
        for kind in ("items", "jobs"):
            deferred.write(state.session, kind)


def _gather(_session: Session, items: list[tuple[str, str, str]]) -> None:
    gathered = defaultdict(list)
    for name, parameter, item in items:
        gathered[name, parameter].append(item)
    for (name, parameter), whole in gathered.items():
        parts = [whole[start:start + MOST_TOGETHER] for start in range(0, len(whole), MOST_TOGETHER)]
        _queue(name, [({parameter: part}, None) for part in parts])


def _write(session: Session, jobs: list[tuple[str, str | None, str]]) -> None:
    names, onces, args = zip(*jobs, strict=True)
    queues = [queue.tasks[name].queue for name in names]
    session.connection().execute(INSERT, {"queues": queues, "tasks": list(names), "onces": list(onces), "args": list(args)})


deferred.KINDS["items"] = _gather
deferred.KINDS["jobs"] = _write


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
