"""Asking for held money back, to the poisha, and which wish an unasked giving fulfils."""
from __future__ import annotations

import pytest

from marketplace.contracts.commands import refunds
from marketplace.contracts.models import Milestone
from marketplace.contracts.queries import milestones_of
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from tests import people
from tests.factories.contracts import make_contract, make_funded, make_milestone

ALL = Money(400_000)


@pytest.fixture
def milestone(app) -> Milestone:
    return make_funded()


@pytest.mark.parametrize(("amount", "asked"), [(Money(1), 1), (Money(399_999), 399_999), (ALL, 400_000), (None, 400_000)])
def test_the_least_and_all_of_it_may_be_asked_for(milestone, amount, asked):
    request = refunds.ask_refund(milestone, people.ada(), "Late.", amount)
    assert (request.amount_minor, request.for_next) == (asked, False)


@pytest.mark.parametrize(("amount", "for_next"), [(Money(0), False), (Money(-1), False), (Money(400_001), False), (Money(300_001), True)])
def test_nothing_and_more_than_there_is_or_the_next_step_costs_is_said_beside_the_amount(milestone, amount, for_next):
    with pytest.raises(Invalid) as refusal:
        refunds.ask_refund(milestone, people.ada(), "Late.", amount, for_next)
    assert refusal.value.field == "amount"


def test_the_whole_next_step_may_be_asked_for(milestone):
    assert refunds.ask_refund(milestone, people.ada(), "Later.", Money(300_000), True).for_next is True


def test_after_the_last_step_there_is_none_to_keep_it_for(app):
    last = make_funded(milestones_of(make_contract())[1])
    with pytest.raises(Invalid) as refusal:
        refunds.ask_refund(last, people.ada(), "Later.", Money(1), True)
    assert refusal.value.field == "amount"


def test_of_what_is_not_held_nothing_is_asked_back(app):
    with pytest.raises(WrongState):
        refunds.ask_refund(make_milestone(), people.ada(), "Late.")


@pytest.mark.parametrize(("asked", "for_next", "given", "status"), [
    (ALL, False, None, "agreed"), (Money(100), False, Money(100), "agreed"), (Money(100), False, Money(99), "open"),
    (Money(100), True, Money(100), "open"), (ALL, False, Money(1), "withdrawn")])
def test_what_is_given_unasked_fulfils_just_the_wish_for_it(milestone, asked, for_next, given, status):
    request = refunds.ask_refund(milestone, people.ada(), "Late.", asked, for_next)
    refunds.give_back(milestone, people.ben(), amount=given)
    assert (request.status, milestone.returned_minor) == (status, (given or ALL).minor)


def test_what_a_rule_gives_back_fulfils_no_wish(milestone):
    request = refunds.ask_refund(milestone, people.ada(), "Late.")
    refunds.give_back(milestone, None)
    assert (request.status, milestone.returned_minor) == ("withdrawn", ALL.minor)
