"""Two workers, two tabs: a month is charged once."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts.commands import retainers
from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.payments.commands.charges import carry_out_charge
from marketplace.payments.models import Card, Payment
from tests import people
from tests.contracts.retainers import charges, told
from tests.factories.payments import make_paid
from tests.factories.retainers import make_consent, make_next_month
from tests.payments.conftest import committed_stripe, sandbox_program, world

__all__ = ["committed_stripe", "sandbox_program", "world"]
FUNDED, PLANNED = MilestoneStatus.funded, MilestoneStatus.planned


class TestAtOnce:
    """Real commits: two workers, two tabs."""

    @pytest.fixture
    def ready(self, committed_stripe, world):
        """A month whose day of payment is now, told before, with consent."""
        month = make_next_month()
        contract = month.milestone.contract
        make_paid(world, keep_card=True, business=contract.business)
        make_consent(contract, db.session.scalars(select(Card)).one())
        month.announced_at = month.reminded_at = clock.now() - timedelta(days=2)
        month.charge_at = clock.now() - timedelta(minutes=1)
        db.session.commit()
        return month

    def meet(self, app, *acts) -> list:
        """Do these at once, each in a process's own session; what each ended with."""
        begin = threading.Barrier(len(acts))

        def one(act):
            with app.app_context():
                begin.wait()
                try:
                    act()
                    db.session.commit()
                except WrongState as refusal:
                    db.session.rollback()
                    return type(refusal)

        with ThreadPoolExecutor(len(acts)) as hands:
            return list(hands.map(one, acts))

    def test_two_workers_are_one_charge(self, committed_stripe, world, ready):
        key = str(ready.id)
        self.meet(committed_stripe, lambda: retainers.charge_month(key), lambda: retainers.charge_month(key))
        [payment] = db.session.scalars(select(Payment).where(Payment.card_id.is_not(None)))
        self.meet(committed_stripe, *[lambda: carry_out_charge(str(payment.id))] * 2)
        db.session.expire_all()
        assert (len(charges(world)), ready.milestone.status) == (1, FUNDED)

    def test_a_worker_that_had_read_it_before_another_charged_tells_nothing(self, committed_stripe, ready):
        assert (ready.tried_at, ready.milestone.status) == (None, PLANNED)
        with committed_stripe.app_context():
            retainers.charge_month(str(ready.id))
            db.session.commit()
        retainers.charge_month(str(ready.id))
        assert told("was not charged") == []

    def test_two_tabs_are_one_charge(self, committed_stripe, world, ready):
        milestone_id, ada = ready.milestone_id, people.ada().id
        card = db.session.scalars(select(Card.id)).one()

        def click():
            retainers.fund_by_card(db.session.get(Milestone, milestone_id), db.session.get(Person, ada), db.session.get(Card, card))

        assert self.meet(committed_stripe, click, click).count(None) == 1
        assert len(db.session.scalars(select(Payment).where(Payment.card_id.is_not(None))).all()) == 1
