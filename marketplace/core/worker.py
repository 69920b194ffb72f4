"""The worker: runs jobs, sweeps deadlines, rescues the jobs of workers that died."""
from __future__ import annotations

import asyncio
import socket
from typing import Any

import click
import procrastinate
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from marketplace.core import audit, db, tasks

SMTP_TIMEOUT_SECONDS = 20


@click.command("worker")
@click.option("--concurrency", default=4, show_default=True, help="jobs at once")
@click.option("--queues", envvar="WORKER_QUEUES", help="only jobs of these queues, by commas: default, letters; otherwise all")
@with_appcontext
def worker(concurrency: int, queues: str | None) -> None:
    """Run jobs and sweeps until told to stop. Any number of workers may run at once."""
    chosen = queues.split(",") if queues else None
    asyncio.run(_run(current_app._get_current_object(), concurrency, chosen))  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Give the command line `flask worker`, and `flask audit verify|head`."""
    app.cli.add_command(worker)
    app.cli.add_command(_audit)


class JobsOnce(JobManager):
    """Puts a job back unless its twin (the same queueing lock) is queued already."""

    async def retry_job(self, job: Job, *when: Any, **how: Any) -> None:
        """When the twin will do the work, this one ends, as no failure: kept as it is it would hold its lock, or look busy, for ever."""
        try:
            await super().retry_job(job, *when, **how)
        except UniqueViolation:
            await self.finish_job(job, status=Status.ABORTED, delete_job=False)


async def _run(app: Flask, concurrency: int, queues: list[str] | None) -> None:
    socket.setdefaulttimeout(SMTP_TIMEOUT_SECONDS)
    settings = app.extensions["settings"]
    dead_after = int(settings.worker_dead_after_seconds)
    tasks.queue.periodic(cron=f"*/{int(settings.sweep_seconds)} * * * * *", periodic_id="sweep")(_sweep)
    tasks.queue.periodic(cron=f"*/{max(dead_after // 2, 1)} * * * * *", periodic_id="rescue")(_rescue)
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(app))
    tasks.queue.job_manager = JobsOnce(tasks.queue.connector)
    with tasks.queue.replace_connector(connector):
        async with tasks.queue.open_async():
            await tasks.queue.run_worker_async(
                queues=queues, concurrency=concurrency, fetch_job_polling_interval=0.5, update_heartbeat_interval=dead_after / 4,
                stalled_worker_timeout=dead_after, shutdown_graceful_timeout=15)


@tasks.queue.task(name="core.sweep", queueing_lock="core.sweep", lock="core.sweep")
def _sweep(timestamp: int) -> None:
    with tasks.bound().app_context():
        tasks.run_sweeps()


@tasks.queue.task(name="core.rescue", queueing_lock="core.rescue", pass_context=True)
async def _rescue(context: procrastinate.JobContext, timestamp: int) -> None:
    """A job whose worker has not been heard of is put back; its verbs are safe to run again."""
    manager, settings = context.app.job_manager, tasks.bound().extensions["settings"]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=int(settings.worker_dead_after_seconds)):
        await manager.retry_job(job)


@tasks.sweep
def seal_audit() -> None:
    """Seal what was recorded since the last time."""
    audit.seal()


def conninfo(app: Flask) -> str:
    """The application's database address in libpq's form."""
    return app.extensions["settings"].database_url.replace("+psycopg", "", 1)


_audit = AppGroup("audit", help="The append-only record.")


@_audit.command("verify")
def verify() -> None:
    """Walk the hash chain; exit 1 when anything in it was changed."""
    faults = list(audit.verify())
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} faults; head {audit.head()}")
    raise SystemExit(1 if faults else 0)


@_audit.command("seal")
def seal() -> None:
    """Seal now what is waiting."""
    click.echo(f"{audit.seal(limit=1_000_000)} sealed")
    db.commit()
