"""Monthly contracts: one month ahead, told in time, charged once and only by consent; pauses, and a month that ends early."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, milestones, prorating, retainers
from marketplace.contracts.models import ContractStatus, MilestoneStatus, Month, MonthProposalStatus
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.models import Card, Payment, PaymentStatus
from tests import people
from tests.factories.payments import make_paid
from tests.factories.retainers import LINES, PRICE, make_consent, make_next_month, make_retainer, make_saved_card
from tests.payments.conftest import committed_stripe, sandbox_program, stripe_app, world
from tests.sandbox_program import THREE_D_SECURE
from tests.worker import letters, run_jobs, run_sweeps

__all__ = ["committed_stripe", "sandbox_program", "stripe_app", "world"]
FUNDED, PLANNED, FUNDING = MilestoneStatus.funded, MilestoneStatus.planned, MilestoneStatus.funding


def told(word: str, address: str = "ada@example.com") -> list[str]:
    """Subjects of the letters that arrived with this word."""
    run_jobs()
    return [letter["Subject"] for letter in letters(address) if word in letter["Subject"]]


def to(moment: datetime, beyond: timedelta = timedelta(minutes=1)) -> None:
    """Move the clock to a moment and a bit."""
    clock.move(moment - clock.now() + beyond)


def sweep_through(month: Month) -> None:
    """Let the sweeps run on the days that matter to a month, as a worker that was never away."""
    for moment in (month.charge_at - timedelta(days=5), month.charge_at - timedelta(days=1), month.charge_at):
        to(moment)
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


class TestMonths:
    """Which months there are, and which days they have."""

    def test_the_first_is_paid_by_hand_and_the_next_stands_one_ahead(self, english):
        contract = make_retainer()
        [first] = queries.months_of(contract)
        assert (first.milestone.status, first.charge_at) == (PLANNED, None)
        make_next_month(contract)
        first, second = queries.months_of(contract)
        assert (second.starts_at, second.ends_at) == (first.ends_at, retainers.a_month_after(first.ends_at))
        assert (second.milestone.position, second.milestone.amount_minor, second.milestone.status) == (2, PRICE, PLANNED)
        assert timedelta(0) <= first.milestone.due_at - first.ends_at < timedelta(days=5)
        assert first.milestone.title.startswith("Month 1: ")

    @pytest.mark.parametrize(("day", "following"), [("2027-01-31", "2027-02-28"), ("2026-12-15", "2027-01-15"), ("2027-02-28", "2027-03-28")])
    def test_a_month_is_a_calendar_month_in_dhaka(self, day, following):
        moment = datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.DHAKA)
        assert retainers.a_month_after(moment).astimezone(clock.DHAKA).date().isoformat() == following

    def test_paid_late_it_begins_on_the_day_it_is_paid(self, month):
        clock.move(month.starts_at + timedelta(days=4) - clock.now())
        milestone = month.milestone
        milestone.move("start_funding")
        from marketplace.contracts.commands.funding import begin_work
        begin_work(milestone)
        assert month.starts_at.astimezone(clock.DHAKA).date() == clock.today().date()
        assert month.ends_at == retainers.a_month_after(month.starts_at)
        third = queries.months_of(milestone.contract)[2]
        assert third.starts_at == month.ends_at
