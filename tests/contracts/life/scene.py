"""The product with real commits and its Stripe, as two parties, their banks and a clock see it; a new one for each life."""
from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import requests
import stripe
from flask import Flask
from sqlalchemy import select

from marketplace.contracts.commands import funding, refunds
from marketplace.contracts.commands import milestones as commands
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock, tasks
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.factory import create_app
from marketplace.payments import commands as payments
from marketplace.payments.models import Payment
from marketplace.payments.queries import payments_for
from ops.embedded_postgres import Cluster
from tests import people
from tests.conftest import test_settings
from tests.factories.contracts import make_contract
from tests.factories.payments import make_account, make_paid
from tests.sandbox.listener import Heard
from tests.sandbox_program import SECRETS, SandboxWorld, speaking_to
from tests.worker import queued, run_job, run_jobs, sweep_all

SITE = "http://localhost/"
DOORS = {"/webhooks/stripe": SECRETS["STRIPE_WEBHOOK_SECRET"], "/webhooks/stripe/connect": SECRETS["STRIPE_CONNECT_WEBHOOK_SECRET"]}


def newest_payment(milestone: Milestone) -> Payment:
    """The last attempt to pay."""
    return payments_for(f"milestone:{milestone.id}")[0]


ACTS: dict[str, Callable[[Milestone], Any]] = {
    "start": lambda row: funding.start_funding(row, people.ada(), f"{SITE}paid", f"{SITE}not-paid"),
    "cancel": lambda row: funding.cancel_funding(row, people.ada()),
    "come_back": lambda row: payments.look_or_leave(newest_payment(row)),
    "deliver": lambda row: commands.deliver(row, people.ben(), "All posts are out.", ["https://facebook.com/nokshi/1"]),
    "ask_changes": lambda row: commands.ask_changes(row, people.ada(), "Brighter pictures, please."),
    "extend": lambda row: commands.extend_review(row, people.ada()),
    "approve": lambda row: commands.approve(row, people.ada()),
    "silence": lambda row: commands.approve_by_silence(str(row.id)),
    "give_back": lambda row: refunds.give_back(row, people.ben()),
}
"""What people do at a page, and the one deadline that may come at the same moment."""


class Scene:
    """One contract of two milestones, its manager's account at Stripe, and a neighbour's payment that nothing may touch."""

    def __init__(self, app: Flask, world: SandboxWorld) -> None:
        self.app, self.world = app, world
        self.undelivered: list[Heard] = []
        self.delivered: list[Heard] = []
        self.queued_once: dict[tuple[str, str], None] = {}
        tasks.bind(app)
        with app.app_context():
            self._lay_out()
        self.undelivered.clear()
        world.webhooks()

    def _lay_out(self) -> None:
        contract = db.session.scalars(select(Contract)).one()
        self.milestones = [row.id for row in milestones_of(contract)]
        self.contract, self.manager = contract.id, f"manager:{contract.manager_id}"
        self.account = make_account(self.world, contract.manager).stripe_account_id
        self.neighbour = make_paid(self.world).subject
        db.session.commit()

    def act(self, name: str, milestone: uuid.UUID) -> bool:
        """As a request or a job does it, to its commit; False when it is refused."""
        with self.app.app_context():
            try:
                ACTS[name](db.session.get_one(Milestone, milestone))
                db.session.commit()
            except DomainError:
                db.session.rollback()
                return False
            return True

    def at_once(self, *names: str, milestone: uuid.UUID) -> list[bool]:
        """Several acts at the same moment, each in a connection of its own."""
        barrier, answers = threading.Barrier(len(names)), {}

        def begin(index: int, name: str) -> None:
            barrier.wait()
            try:
                answers[index] = self.act(name, milestone)
            except Exception as error:
                answers[index] = error

        threads = [threading.Thread(target=begin, args=pair) for pair in enumerate(names)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults := [answer for answer in answers.values() if isinstance(answer, Exception)]:
            raise faults[0]
        return [answers[index] for index in range(len(names))]

    def pay(self, milestone: uuid.UUID, number: int, card: str) -> bool:
        """Put a card into one of the payment pages that were opened; whether it was charged now."""
        with self.app.app_context():
            payment = payments_for(f"milestone:{milestone}")[::-1][number]
            address, way_back = payment.checkout_url, f"{SITE}payments/{payment.id}/return"
        return bool(address) and self.world.pay(address, card).headers.get("Location") == way_back

    def listen(self) -> list[Heard]:
        """The webhooks nobody has handed over yet."""
        self.undelivered += self.world.webhooks()
        return self.undelivered

    def deliver(self, webhooks: list[Heard]) -> None:
        """Hand these over, freshly signed; they may be handed over again later."""
        for one in webhooks:
            secret = DOORS[one.path]
            signature = stripe.WebhookSignature.generate_signature_header(one.body.decode(), secret)
            with self.app.app_context():
                answer = self.app.test_client().post(one.path, data=one.body, headers={"Stripe-Signature": signature})
            assert answer.status_code == 200, answer.text
        self.delivered += [one for one in webhooks if one not in self.delivered]
        self.undelivered = [one for one in self.undelivered if one not in webhooks]

    def work(self) -> list[str]:
        """All jobs, in order."""
        with self.app.app_context():
            self._queued()
            return run_jobs()

    def work_one(self, number: int, dies: bool) -> None:
        """One of the queued jobs, out of its turn."""
        with self.app.app_context():
            if jobs := self._queued():
                run_job(jobs[number % len(jobs)], forget=not dies)

    def work_again(self, number: int) -> None:
        """A job that was queued some time, done or not, is done now."""
        if self.queued_once:
            name, arguments = list(self.queued_once)[number % len(self.queued_once)]
            with self.app.app_context(), suppress(tasks.NotYet):
                tasks.queue.tasks[name].func(**json.loads(arguments))

    def _queued(self) -> Sequence[Any]:
        """The queued jobs, kept in mind."""
        jobs = queued()
        self.queued_once |= {(job.task_name, json.dumps(job.args)): None for job in jobs}
        return jobs

    def waiting(self) -> list[str]:
        """The names of the jobs that are queued."""
        with self.app.app_context():
            return [job.task_name for job in self._queued()]

    def sweep(self) -> None:
        """Every deadline is looked at."""
        with self.app.app_context():
            sweep_all()

    def pass_time(self, by: timedelta) -> None:
        """For everybody."""
        self.world.advance(by)

    def restrict(self) -> None:
        """Stripe takes no money in the manager's name for now."""
        self.world.do(f"accounts/{self.account}/restriction")

    def restore(self) -> None:
        """Nothing goes wrong any more: faults are over, the manager has given Stripe what it wanted."""
        requests.delete(f"{self.world.url}/faults", timeout=10).raise_for_status()
        self.world.do(f"accounts/{self.account}/onboarding")


@contextmanager
def theatre(cluster: Cluster, template: str, world: SandboxWorld) -> Iterator[Callable[[], Scene]]:
    """Gives new scenes, one after another, each on a fresh copy of a database that holds the contract."""
    name = f"life_{os.getpid()}"
    cluster.create_database(name, template)
    app = create_app(test_settings(cluster, name))
    with app.app_context():
        make_contract()
        db.session.commit()
    _leave(app)
    cluster.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_first"')
    try:
        with speaking_to(world, app):
            yield lambda: _next_scene(cluster, name, app, world)
    finally:
        _leave(app)
        clock.reset()
        cluster.drop_database(name)
        cluster.drop_database(f"{name}_first")


def _next_scene(cluster: Cluster, name: str, app: Flask, world: SandboxWorld) -> Scene:
    _leave(app)
    cluster.drop_database(name)
    cluster.create_database(name, f"{name}_first")
    world.reset()
    clock.reset()
    return Scene(app, world)


def _leave(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
