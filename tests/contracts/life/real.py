"""A whole Dayitto of real processes whose every call to the outside passes a gate, and a contract of many milestones in it."""
from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import requests
from flask import Flask
from sqlalchemy import Select, select, text

from marketplace.contracts.commands import funding
from marketplace.contracts.commands import milestones as commands
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock, config
from marketplace.core.db import db
from marketplace.factory import create_app
from marketplace.ledger import queries as books
from marketplace.payments.models import Card, Transfer
from marketplace.payments.queries import payments_for
from ops.stage import Stage
from tests import people
from tests.contracts.life.gate import Gate
from tests.contracts.life.places import unfinished_work
from tests.factories.contracts import make_contract
from tests.factories.payments import make_account, make_paid
from tests.sandbox_program import VISA, SandboxWorld
from tests.story.walker import Walker

MILESTONES = 30
PATIENCE_SECONDS = 60
DELIVERED = "contracts/milestone_delivered"
KNOWN_MANAGER = 10
"""Clean contracts after which there is no hold, so that nobody has to wait for the transfer."""
UNDER_WAY = text("select count(*) from procrastinate_jobs where status in ('todo', 'doing') "
                  "and task_name not in ('core.sweep', 'core.rescue')")
LEFT_BEHIND = text("insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, args) select "
                   "'default', task, task, task, cast(:status as procrastinate_job_status), cast(:arguments as jsonb) "
                   "from cast(:task as text) as task on conflict do nothing")


class RealLife:
    """The processes, and this process's own look at their database and at the sandbox."""

    def __init__(self, stage: Stage, stripe: Gate, post: Gate, app: Flask) -> None:
        self.stage, self.stripe, self.post, self.app = stage, stripe, post, app
        self.world = SandboxWorld(stage.sandbox_url, listener=None)  # type: ignore[arg-type]
        with app.app_context():
            steps = [{"title": f"Week {number}", "amount_minor": 100_000 + number, "days": 7} for number in range(MILESTONES)]
            contract = make_contract(milestones=steps)
            contract.manager.clean_contracts = KNOWN_MANAGER
            make_account(self.world, contract.manager)
            make_paid(self.world)  # so that our balance at Stripe bears the card fees of what goes back
            self.contract, self._fresh = contract.id, iter([row.id for row in milestones_of(contract)])
            db.session.commit()

    def planned(self) -> uuid.UUID:
        """A milestone nothing has happened to."""
        return next(self._fresh)

    def at_the_payment_page(self) -> uuid.UUID:
        """A milestone whose payment page is open."""
        key = self.planned()
        self.do(lambda row: funding.start_funding(row, people.ada(), "/", "/"), key)
        return key

    def pay(self, key: uuid.UUID) -> None:
        """As the person at Stripe's page does; the product hears of it from Stripe."""
        with self.app.app_context():
            address = payments_for(f"milestone:{key}")[0].checkout_url
        self.world.pay(address, VISA)

    def saved_card(self) -> uuid.UUID:
        """A card of the business, kept with a payment."""
        with self.app.app_context():
            make_paid(self.world, keep_card=True, business=db.session.get_one(Contract, self.contract).business)
            db.session.commit()
            return db.session.scalars(select(Card.id)).one()

    def funded(self) -> uuid.UUID:
        """A milestone whose money is held, through the real web and worker."""
        key = self.at_the_payment_page()
        self.pay(key)
        self.until(key, "funded")
        return key

    def delivered(self) -> uuid.UUID:
        """One whose work was handed in."""
        key = self.funded()
        self.do(lambda row: commands.deliver(row, people.ben(), "Done.", ["https://facebook.com/nokshi/1"]), key)
        return key

    def do(self, act: Callable[[Milestone], Any], key: uuid.UUID) -> None:
        """Somebody acts, to the commit."""
        with self.app.app_context():
            act(db.session.get_one(Milestone, key))
            db.session.commit()

    def kill(self, program: str, gate: Gate) -> None:
        """Kill it (-9) while the gate holds its call, and start it again."""
        gate.wait()
        self.stage.kill(program)
        gate.open()
        self.stage.restart(program)

    def until(self, key: uuid.UUID, status: str) -> None:
        """Until the milestone is there and no job is left."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.read(key, "status") != status or self.under_way():
            assert time.monotonic() < deadline, [self.read(key, "status"), f"never {status}", *self.under_way(), *self.stage.log("worker")]
            time.sleep(0.1)

    def under_way(self) -> list[str]:
        """Jobs, events, transfers and refunds that are not finished."""
        with self.app.app_context():
            jobs = db.session.scalar(UNDER_WAY)
            return [*unfinished_work(), *["job"] * int(jobs or 0)]

    def made(self, path: str) -> int:
        """How often the product asked Stripe to make something."""
        return len(self.world.calls("POST", path))

    def transfers(self, key: uuid.UUID) -> list[dict[str, Any]]:
        """Stripe's transfers for a milestone."""
        mine = self._ids(select(Transfer.id).where(Transfer.subject == f"milestone:{key}"))
        return [one for one in self._list("transfers") if one["metadata"]["transfer"] in mine]

    def charges(self, key: uuid.UUID) -> list[dict[str, Any]]:
        """What cards were charged for a milestone."""
        return [one for one in self._list("charges") if one["paid"] and one["metadata"].get("subject") == f"milestone:{key}"]

    def refunds(self, key: uuid.UUID) -> list[dict[str, Any]]:
        """Stripe's refunds of a milestone's charges."""
        return [one for one in self._list("refunds") if one["charge"] in {charge["id"] for charge in self.charges(key)}]

    def letters(self, key: uuid.UUID, recipient: str) -> list[str]:
        """The Message-IDs of the letters in which somebody is told that a milestone was handed in."""
        found = requests.get(f"{self.stage.sandbox_url}/letters.json", params={"to": recipient}, timeout=10).json()
        headers = [dict(one["headers"]) for one in found if self.read(key, "title") in one["subject"]]
        return [one["Message-ID"] for one in headers if one["X-Letter"] == DELIVERED]

    def leave_dead(self, task: str) -> None:
        """As a worker leaves it that died in the midst of a job that runs alone, with the next one queued."""
        with self.app.app_context():
            for status in ("doing", "todo"):
                db.session.execute(LEFT_BEHIND, {"task": task, "status": status, "arguments": '{"timestamp": 0}'})
            db.session.commit()

    def read(self, key: uuid.UUID, name: str) -> Any:
        """A field of the milestone."""
        with self.app.app_context():
            return getattr(db.session.get_one(Milestone, key), name)

    def _ids(self, query: Select) -> set[str]:
        with self.app.app_context():
            return {str(one) for one in db.session.scalars(query)}

    def _list(self, path: str) -> list[dict[str, Any]]:
        return list(self.world.call("GET", path, limit=100)["data"])

    def check_books(self, key: uuid.UUID, held: int = 0) -> None:
        """The books balance, are Stripe's own, and hold this for the milestone."""
        with self.app.app_context():
            assert books.trial_balance().balanced
            assert books.discrepancies() == []
            assert books.held(f"milestone:{key}").minor == held
            balance = self.world.call("GET", "balance")
            assert books.stripe_clearing().minor == sum(part["amount"] for kind in ("available", "pending") for part in balance[kind])

    def browser(self, person: str) -> Walker:
        """Somebody signed in, with a plain browser at the real web."""
        walker = Walker(person, self.stage.site_url, "en")
        walker.open("/sign-in").submit("/sign-in", email=f"{person}@example.com", password=people.PASSWORD)
        return walker


@contextmanager
def real_life() -> Iterator[RealLife]:
    """Started once for all kills."""
    stage = Stage(SWEEP_SECONDS="1", WORKER_DEAD_AFTER_SECONDS="2", LOG_LEVEL="error",
                  NO_FAULT_CANCELS="1000")  # one business calls off more than it may
    with Gate(stage.ports.sandbox) as stripe, Gate(stage.ports.smtp) as post:
        stage.settings |= {"STRIPE_API_URL": f"http://127.0.0.1:{stripe.port}/stripe", "MAIL_PORT": str(post.port)}
        with stage:
            own = replace(config.load(stage.environment), stripe_api_url=f"{stage.sandbox_url}/stripe")
            app = create_app(own)
            try:
                yield RealLife(stage, stripe, post, app)
            finally:
                clock.follow(None)
                with app.app_context():
                    db.engine.dispose()
