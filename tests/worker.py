"""The worker's part in a test: queued jobs and sweeps run in the test's own database, letters arrive over real SMTP."""
from __future__ import annotations

import atexit
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any

from aiosmtpd.controller import Controller
from flask import current_app
from sqlalchemy import text

from marketplace.core import tasks
from marketplace.core.db import db
from marketplace.core.mail import Letter

DUE = text("select id, task_name, args from procrastinate_jobs where status = 'todo' and id > :after "
           "and (scheduled_at is null or scheduled_at <= clock_timestamp()) order by id limit 1")
QUEUED = text("select id, task_name, args from procrastinate_jobs where status = 'todo' order by id")
DONE = text("delete from procrastinate_jobs where id = :id")


def run_jobs() -> list[str]:
    """Perform every queued job in order, also those that jobs queue, until none is left; returns their names.

    A job that says NotYet stays queued for the next call. A job that fails fails the test.
    """
    _send_letters_here()
    done, last = [], 0
    while job := db.session.execute(DUE, {"after": last}).first():
        last = job.id
        if _perform(job.task_name, job.args):
            db.session.execute(DONE, {"id": job.id})
            done.append(job.task_name)
    db.session.commit()
    return done


def run_sweeps() -> list[str]:
    """Every sweep once, then what they queued; returns the names of the jobs."""
    sweep_all()
    return run_jobs()


def sweep_all() -> None:
    """Every sweep once; what they queue stays queued."""
    for sweep in list(tasks.SWEEPS):
        _apart(lambda sweep=sweep: tasks.perform(sweep, {}))


def queued() -> Sequence[Any]:
    """The jobs that wait, oldest first: id, task_name, args."""
    return db.session.execute(QUEUED).all()


def run_job(job: Any, forget: bool = True) -> bool:
    """Perform one of the queued jobs, out of its turn; False when it said NotYet and stays queued.

    `forget=False` is a worker that died after the job's commit and before it could say so: the job stays queued too.
    """
    _send_letters_here()
    finished = _perform(job.task_name, job.args)
    if finished and forget:
        db.session.execute(DONE, {"id": job.id})
    db.session.commit()
    return finished


def letters(address: str | None = None) -> list[EmailMessage]:
    """The letters that arrived in this test (at this address), oldest first. `run_jobs()` sends them."""
    names = {f"<{letter.id}@{current_app.config['MAIL_DOMAIN']}>" for letter in db.session.query(Letter)}
    return [letter for letter in _post().arrived if letter["Message-ID"] in names and address in (None, letter["To"])]


@contextmanager
def turned_away(address: str) -> Iterator[None]:
    """For a while the mail server takes no letters to this address."""
    _post().turned_away.add(address)
    try:
        yield
    finally:
        _post().turned_away.discard(address)


def body(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    return letter.get_body(("plain",)).get_content()


class Post:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.turned_away: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.turned_away:
            return "451 Come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.arrived.append(message_from_bytes(envelope.content, policy=default))
        return "250 Kept"


def _perform(name: str, arguments: dict[str, Any]) -> bool:
    try:
        _apart(lambda: tasks.queue.tasks[name].func(**arguments))
    except tasks.NotYet:
        return False
    return True


def _apart(work: Any) -> None:
    """Run as the worker would: after a commit, in an application context of its own; then read everything anew."""
    app = current_app._get_current_object()
    tasks.bind(app)
    db.session.commit()
    with app.app_context():
        work()
    db.session.expire_all()


def _send_letters_here() -> None:
    mail = current_app.extensions["mail"]
    mail.server, mail.port = _sink().hostname, _sink().port


@cache
def _post() -> Post:
    return Post()


@cache
def _sink() -> Controller:
    """The run's mail server, on a free port, until the run ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(_post(), hostname="127.0.0.1", port=port)
    controller.start()
    atexit.register(controller.stop)
    return controller
