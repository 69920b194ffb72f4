"""Money kept for the next step waits for it to be paid in, as long as its own 90 days leave time for the work."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.commands import contracts, funding, refunds
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import calendar, clock
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from tests import people
from tests.contracts.test_clocks import go_to
from tests.factories.contracts import make_contract, make_delivered, make_funded
from tests.worker import body, letters, run_sweeps

HERE = "https://dayitto.example/here"


@pytest.fixture
def second(app):
    """A step of 15 days for which 1,000 taka of the step before are kept."""
    first, second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    first.review_until = None
    refunds.agree_refund(refunds.ask_refund(first, people.ada(), "Later.", Money(100_000), for_next=True), people.ben())
    assert (second.days, second.held_since) == (15, first.held_since)
    return second


def held(milestone):
    return books.held(f"milestone:{milestone.id}").minor


@pytest.mark.parametrize(("minutes", "left"), [(-1, 100_000), (0, 0)])
def test_it_goes_back_while_its_days_would_still_be_enough_for_the_step(second, minutes, left):
    until = calendar.latest(second.held_since + timedelta(days=90)) - timedelta(days=15 + 7)
    go_to(until + timedelta(minutes=minutes))
    run_sweeps()
    assert (second.status, second.prefunded_minor, held(second)) == (MilestoneStatus.planned, left, left)
    assert any("It returns to the card it came from" in body(letter) for letter in letters("ada@example.com")) is (left == 0)


def test_a_step_takes_no_more_days_of_it_than_a_step_may_have(second):
    second.days = 80
    assert limits.kept_until(second) == limits.limit_of(second.held_since) - timedelta(days=60 + 7)


def test_nothing_is_paid_in_beside_money_that_is_about_to_go_back(second, monkeypatch):
    until = limits.kept_until(second)
    monkeypatch.setattr(clock, "now", lambda: until - timedelta(microseconds=1))
    funding.start_funding(second, people.ada(), HERE, HERE)
    funding.cancel_funding(second, people.ada())
    monkeypatch.setattr(clock, "now", lambda: until)
    with pytest.raises(WrongState):
        funding.start_funding(second, people.ada(), HERE, HERE)


def test_it_returns_with_the_contracts_end(second):
    contracts.end_contract(second.contract, people.ada(), Side.business, "Over.")
    assert (second.prefunded_minor, held(second)) == (0, 0)
