"""The worker: runs jobs, sweeps deadlines, rescues the jobs of workers that died."""
from __future__ import annotations

import asyncio
import socket

import click
import procrastinate
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from marketplace.core import audit, db, tasks

HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 20
SMTP_TIMEOUT_SECONDS = 20
SENDER = procrastinate.SyncPsycopgConnector()


@click.command("worker")
@click.option("--concurrency", default=4, show_default=True, help="jobs at once")
@with_appcontext
def worker(concurrency: int) -> None:
    """Run jobs and sweeps until told to stop. Any number of workers may run at once."""
    asyncio.run(_run(current_app._get_current_object(), concurrency))  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Give the command line `flask worker`, and `flask audit verify|head`."""
    app.cli.add_command(worker)
    app.cli.add_command(_audit)


class WorkerConnector(procrastinate.PsycopgConnector):
    """The worker fetches jobs asynchronously; the jobs themselves queue others through their session's own connection."""

    def get_sync_connector(self) -> procrastinate.SyncPsycopgConnector:
        """What `.later()` speaks to; it is always given a connection, so it needs no pool."""
        return SENDER


async def _run(app: Flask, concurrency: int) -> None:
    socket.setdefaulttimeout(SMTP_TIMEOUT_SECONDS)
    seconds = int(app.extensions["settings"].sweep_seconds)
    tasks.queue.periodic(cron=f"*/{seconds} * * * * *", periodic_id="sweep")(_sweep)
    tasks.queue.periodic(cron="*/10 * * * * *", periodic_id="rescue")(_rescue)
    connector = WorkerConnector(conninfo=conninfo(app))
    with tasks.queue.replace_connector(connector):
        async with tasks.queue.open_async():
            await tasks.queue.run_worker_async(
                concurrency=concurrency, fetch_job_polling_interval=0.5, update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS, shutdown_graceful_timeout=15)


@tasks.queue.task(name="core.sweep", queueing_lock="core.sweep", lock="core.sweep")
def _sweep(timestamp: int) -> None:
    with tasks.bound().app_context():
        tasks.run_sweeps()


@tasks.queue.task(name="core.rescue", queueing_lock="core.rescue", pass_context=True)
async def _rescue(context: procrastinate.JobContext, timestamp: int) -> None:
    """A job whose worker has not been heard of is put back; its verbs are safe to run again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
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
