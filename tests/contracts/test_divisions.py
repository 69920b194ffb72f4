"""What a division of held money does besides: wishes it overtakes, claims it leaves, the step it goes on to, how old it stays."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.commands import milestones, refunds, settlements
from marketplace.contracts.queries import milestones_of
from marketplace.core.errors import Invalid
from marketplace.core.states import InvalidTransition
from tests import people
from tests.contracts.test_settlements import payable, taka
from tests.factories.contracts import make_contract, make_delivered, make_funded


@pytest.mark.parametrize(("away", "status"), [(3000, "open"), (3000.01, "withdrawn")])
@pytest.mark.parametrize("way", ["to_manager", "to_business", "to_next"])
def test_a_wish_is_overtaken_by_what_leaves_less_whichever_way_it_went(app, way, away, status):
    first, second = milestones_of(make_contract())
    second.amount_minor = 400_000
    request = refunds.ask_refund(make_funded(first), people.ada(), "Late.", taka(1000))
    settlements.settle(first, **{way: taka(away)}, by=people.ben())
    assert request.status == status


@pytest.mark.parametrize("amount", [0.01, 4000])
def test_the_least_and_all_of_it_may_be_claimed(app, amount):
    milestone = make_delivered()
    settlements.freeze(milestone, taka(amount), people.ada(), "Not as agreed.")
    assert milestone.free == taka(4000 - amount)
    assert bool(milestone.review_until) is bool(milestone.remind_at) is (amount < 4000)


def test_of_what_a_bank_kept_no_more_stays_claimed_than_is_left(app):
    milestone = make_delivered()
    refunds.give_back(milestone, people.ben(), amount=taka(200))
    settlements.freeze(milestone, taka(1000), people.ada(), "Four posts are missing.")
    milestone.adrift_minor = -350_000
    settlements.write_off(milestone, taka(3500), "lost")
    assert (milestone.frozen_minor, milestone.adrift_minor, milestone.agreed_held) == (30_000, 0, taka(300))
    assert milestone.returned_minor == 370_000


def test_a_decision_takes_of_what_was_released_only_what_the_frozen_money_does_not_bear(app):
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), taka(1000))
    settlements.freeze(milestone, taka(3000), people.ada(), "Not as agreed.")
    settlements.decide(milestone, to_manager=taka(500), to_business=taka(3500), of_released=taka(1000), by=None, why="An eighth was done.")
    assert (milestone.status, milestone.released_minor, milestone.returned_minor) == ("resolved", 50_000, 350_000)
    assert payable(milestone) == taka(450)


def test_who_divided_it_and_why_is_kept_as_far_as_it_fits(app):
    settlement = settlements.settle(make_funded(), to_business=taka(1), by=people.ben(), why="x" * 2001)
    assert (settlement.person_id, settlement.why) == (people.ben().id, "x" * 2000)
    assert settlements.settle(settlement.milestone, to_business=taka(1), by=None).person_id is None


@pytest.mark.parametrize("parts", [(-1, 2, 0), (1, -1, 0), (1, 1, -1), (0, 0, 0)])
def test_no_part_is_less_than_nothing(app, parts):
    divided = dict(zip(("to_manager", "to_business", "to_next"), map(taka, parts), strict=True))
    with pytest.raises(Invalid) as refusal:
        settlements.settle(make_funded(), **divided, by=people.ben())
    assert refusal.value.field == "amount"


def test_what_is_not_held_is_not_divided(app):
    milestone = milestones_of(make_contract())[0]
    with pytest.raises(InvalidTransition) as refusal:
        settlements.settle(milestone, to_manager=taka(1), by=people.ada())
    assert str(refusal.value) == "settle is not possible while milestone is planned"


def test_the_next_step_is_the_next_that_is_not_paid_in(app):
    steps = [{"title": f"Step {number}", "amount_minor": 400_000, "days": 5} for number in range(4)]
    first, second, third, _fourth = milestones_of(make_contract(milestones=steps))
    make_funded(second)
    assert settlements.next_step(make_funded(first)) == third
    for _twice in range(2):
        settlements.settle(first, to_next=taka(1), by=people.ben())
    assert (second.prefunded_minor, third.prefunded_minor) == (0, 200)


@pytest.mark.parametrize(("older", "days"), [("first", 20), ("second", 30)])
def test_kept_money_is_as_old_as_its_oldest_part(app, older, days):
    first, second = milestones_of(make_contract())
    since = make_funded(first).held_since
    first.held_since, second.held_since = since - timedelta(days=20), since - timedelta(days=30) if older == "second" else None
    settlements.settle(first, to_next=taka(1), by=people.ben())
    assert second.held_since == since - timedelta(days=days)
