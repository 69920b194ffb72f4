"""What tests of monthly contracts share: days that come, what was told and charged, months and their cards."""
from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.contracts.models import Month
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.payments.models import Card
from tests import people
from tests.factories.payments import make_paid
from tests.factories.retainers import make_consent, make_next_month
from tests.worker import letters, run_jobs, run_sweeps


def told(word: str, address: str = "ada@example.com") -> list[str]:
    """Subjects of the letters that arrived with this word."""
    run_jobs()
    return [letter["Subject"] for letter in letters(address) if word in letter["Subject"]]


def to(moment: datetime, beyond: timedelta = timedelta(minutes=1)) -> None:
    """Move the clock to a moment and a bit."""
    clock.move(moment - clock.now() + beyond)


def sweep_through(month: Month) -> None:
    """Let the sweeps run on the days that matter to a month, as a worker that was never away."""
    for before in (5, 1, 0):
        to(month.charge_at - timedelta(days=before))
        run_sweeps()


def charges(world) -> list[dict]:
    """What Stripe charged besides the payment that brought the card."""
    return [one for one in world.call("GET", "charges")["data"] if one["paid"]][:-1]


@pytest.fixture
def english(app):
    people.ada().language = "en"


@pytest.fixture
def month(english):
    """The second month of a retainer, paid by hand so far."""
    return make_next_month()


@pytest.fixture
def by_card(stripe_app, world):
    """The second month of a retainer, with a card at Stripe that may be charged for it."""
    people.ada().language = "en"
    month = make_next_month()
    contract = month.milestone.contract
    make_paid(world, keep_card=True, business=contract.business)
    make_consent(contract, db.session.scalars(select(Card)).one())
    return month
