"""Held money ends in one way: in parts that sum to the whole, each part once, and never a disputed one."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from marketplace.contracts.commands import funding, milestones, refunds, settlements
from marketplace.contracts.models import Milestone, Settlement
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.queries import milestones_of
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from marketplace.ledger import queries as books
from marketplace.payments.models import Payment
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.contracts import make_contract, make_delivered, make_funded
from tests.payments.conftest import sandbox_program, stripe_app, world

__all__ = ["sandbox_program", "stripe_app", "world"]


def taka(amount: float) -> Money:
    return Money(round(amount * 100))


def held(milestone: Milestone) -> Money:
    return books.held(f"milestone:{milestone.id}")


def payable(milestone: Milestone) -> Money:
    return books.payable(f"manager:{milestone.contract.manager_id}")


def test_a_part_is_released_and_the_rest_stays_held_under_its_clock(app):
    milestone = make_delivered()
    window = milestone.review_until
    milestones.approve(milestone, people.ada(), taka(1500))
    assert (milestone.status, milestone.held, held(milestone)) == (S.delivered, taka(2500), taka(2500))
    assert payable(milestone) == taka(1350)
    assert milestone.review_until == window


def test_what_was_left_follows_and_ends_it(app):
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), taka(1500))
    milestones.approve(milestone, people.ada())
    assert (milestone.status, held(milestone), milestone.review_until) == (S.approved, taka(0), None)
    assert payable(milestone) == taka(3600)
    assert sum(t.amount_minor for t in transfers_for(f"milestone:{milestone.id}")) == 360_000


@pytest.mark.parametrize("parts", [(0.07, 0.05, 3999.88), (1333.33, 1333.33, 1333.34), (0.01, 0.01, 3999.98)])
def test_the_fees_of_the_parts_sum_to_the_fee_of_the_whole(app, parts):
    milestone = make_delivered()
    for part in parts:
        milestones.approve(milestone, people.ada(), taka(part))
    rows = db.session.scalars(select(Settlement)).all()
    assert sum(row.fee_minor for row in rows) == milestone.fee.minor
    assert payable(milestone) == milestone.net


def test_more_than_is_held_or_nothing_is_refused_beside_the_field(app):
    milestone = make_delivered()
    for amount in (taka(4000.01), taka(0) - taka(1), taka(0)):
        for verb in (milestones.approve, lambda row, person, much: refunds.ask_refund(row, person, "Late.", much),
                     lambda row, _person, much: refunds.give_back(row, people.ben(), amount=much)):
            with pytest.raises(Invalid) as refusal:
                verb(milestone, people.ada(), amount)
            assert refusal.value.field == "amount"
    with pytest.raises(Invalid):
        settlements.settle(milestone, by=people.ada())
    assert held(milestone) == taka(4000)


def test_part_goes_back_by_agreement_and_the_rest_can_still_be_earned(app):
    milestone = make_funded()
    request = refunds.ask_refund(milestone, people.ada(), "Half of it is not needed.", taka(1000))
    refunds.agree_refund(request, people.ben())
    assert (milestone.status, held(milestone), request.status) == (S.funded, taka(3000), "agreed")
    milestones.deliver(milestone, people.ben(), "Done.", [])
    milestones.approve(milestone, people.ada())
    assert payable(milestone) == taka(2700)
    assert milestone.status == S.approved


def test_a_wish_for_more_than_is_left_is_overtaken_one_for_less_is_not(app):
    milestone = make_delivered()
    request = refunds.ask_refund(milestone, people.ada(), "Late.", taka(1000))
    milestones.approve(milestone, people.ada(), taka(3000))
    assert request.status == "open"
    milestones.approve(milestone, people.ada(), taka(1))
    assert request.status == "withdrawn"


def test_the_rest_is_kept_for_the_next_step_which_then_costs_less(app):
    first, second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    milestones.approve(first, people.ada(), taka(3000))
    refunds.agree_refund(refunds.ask_refund(first, people.ada(), "The rest in January.", taka(1000), for_next=True), people.ben())
    assert (first.status, second.status, second.held, second.to_fund) == (S.approved, S.planned, taka(1000), taka(2000))
    assert (held(first), held(second)) == (taka(0), taka(1000))


def test_a_step_that_is_wholly_paid_from_the_one_before_begins(app):
    first, second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    refunds.agree_refund(refunds.ask_refund(first, people.ada(), "Later.", taka(3000), for_next=True), people.ben())
    assert (second.status, held(second), held(first)) == (S.funded, taka(3000), taka(1000))
    assert second.due_at
    refunds.give_back(second, people.ben())
    assert second.status == S.refunded


def test_the_next_step_takes_no_more_than_it_costs(app):
    first, _second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    with pytest.raises(Invalid) as refusal:
        refunds.ask_refund(first, people.ada(), "Later.", taka(3000.01), for_next=True)
    assert refusal.value.field == "amount"


def test_only_what_the_next_step_still_lacks_is_asked_for(stripe_app):
    first, second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    refunds.agree_refund(refunds.ask_refund(first, people.ada(), "Later.", taka(1000), for_next=True), people.ben())
    payment = funding.start_funding(second, people.ada(), "https://dayitto.example/a", "https://dayitto.example/b")
    assert db.session.get(Payment, payment.id).amount == taka(2000)


def test_a_disputed_part_stays_while_the_rest_goes_on(app):
    milestone = make_delivered()
    settlements.freeze(milestone, taka(1000), people.ada(), "Four posts are missing.")
    assert (milestone.status, milestone.free) == (S.disputed, taka(3000))
    milestones.approve(milestone, None)
    assert (milestone.status, held(milestone), milestone.free) == (S.disputed, taka(1000), taka(0))
    with pytest.raises(InvalidTransition):
        milestones.approve(milestone, people.ada())
    with pytest.raises(Invalid):
        refunds.give_back(milestone, people.ben(), amount=taka(1))


def test_what_is_disputed_is_not_disputed_a_second_time(app):
    milestone = make_delivered()
    settlements.freeze(milestone, taka(1000), people.ada(), "Four posts are missing.")
    with pytest.raises(InvalidTransition):
        settlements.freeze(milestone, taka(100), people.ben(), "I want a part as well.")


def test_a_decision_divides_what_was_frozen(app):
    milestone = make_delivered()
    settlements.freeze(milestone, taka(4000), people.ada(), "Not as agreed.")
    with pytest.raises(Invalid):
        settlements.decide(milestone, to_manager=taka(1000), to_business=taka(2999), of_released=taka(0), by=people.sam(), why="")
    settlements.decide(milestone, to_manager=taka(1000), to_business=taka(3000), of_released=taka(0),
                       by=people.sam(), why="A quarter was done.")
    assert (milestone.status, held(milestone), payable(milestone)) == (S.resolved, taka(0), taka(900))
    assert milestone.returned_minor == 300_000


def test_after_a_decision_over_a_part_the_rest_is_as_before(app):
    milestone = make_delivered()
    settlements.freeze(milestone, taka(1000), people.ada(), "Four posts are missing.")
    settlements.decide(milestone, to_manager=taka(0), to_business=taka(1000), of_released=taka(0), by=people.sam(), why="They are.")
    assert (milestone.status, milestone.free) == (S.delivered, taka(3000))


def test_a_dispute_that_is_withdrawn_leaves_all_as_it_was(app):
    milestone = make_funded()
    settlements.freeze(milestone, taka(1000), people.ada(), "Late.")
    settlements.unfreeze(milestone, people.ada(), "It came.")
    assert (milestone.status, milestone.free) == (S.funded, taka(4000))


@pytest.mark.parametrize("amount", [-1, 4000.01])
def test_no_more_is_frozen_than_is_held(app, amount):
    milestone = make_delivered()
    with pytest.raises(Invalid) as refusal:
        settlements.freeze(milestone, taka(amount), people.ada(), "All of it.")
    assert (milestone.status, refusal.value.field) == (S.delivered, "amount")


def test_four_partial_releases_at_once_never_pass_what_is_held(committed):
    key = make_delivered().id
    db.session.commit()

    def release(_):
        with committed.app_context():
            try:
                milestones.approve(db.session.get(Milestone, key), people.ada(), taka(1500))
                db.session.commit()
            except (Invalid, WrongState):
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(release, range(4))) == 2
    milestone = db.session.get(Milestone, key)
    assert (held(milestone), milestone.held) == (taka(1000), taka(1000))


def test_what_is_over_or_more_than_is_held_is_not_asked_back(app):
    milestone = make_funded()
    with pytest.raises(Invalid) as refusal:
        refunds.ask_refund(milestone, people.ada(), "All and more.", taka(4_000.01))
    assert refusal.value.field == "amount"
    refunds.give_back(milestone, people.ben())
    with pytest.raises(WrongState):
        refunds.ask_refund(milestone, people.ada(), "Once more.", taka(1))
    assert milestone.returned_minor == 400_000
