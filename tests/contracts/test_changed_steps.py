"""What an accepted change does to the steps of a contract: whole, and with the books in order."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.contracts.commands import funding, refunds, steps
from marketplace.contracts.models import ChangeOrderStatus as C
from marketplace.contracts.models import Milestone, Settlement
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.queries import milestones_of
from marketplace.core import calendar, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from tests import people
from tests.contracts.test_settlements import held, taka
from tests.factories.changes import make_accepted, make_change
from tests.factories.contracts import make_contract, make_delivered, make_funded, make_milestone
from tests.payments.conftest import sandbox_program, stripe_app, world

__all__ = ["sandbox_program", "stripe_app", "world"]


def shape(steps: list[Milestone]) -> list[tuple[int, str, int]]:
    return [(row.position, row.title, row.amount_minor) for row in steps]


def test_extra_work_is_a_planned_step_at_the_end_and_the_terms_stay(app):
    contract = make_contract()
    frozen = dict(contract.terms)
    found = make_accepted(make_change(contract))
    assert shape(found)[2:] == [(3, "Two videos more", 150_000)]
    assert (found[2].status, found[2].days, found[2].held) == (S.planned, 10, taka(0))
    assert contract.terms == frozen


def test_extra_work_is_paid_in_before_it_begins(stripe_app):
    found = make_accepted(make_change())
    payment = funding.start_funding(found[2], people.ada(), "https://dayitto.example/a", "https://dayitto.example/b")
    assert payment.amount == taka(1500)


def test_a_planned_step_gets_another_title_amount_and_days(app):
    milestone = make_milestone()
    first = make_accepted(make_change(kind="change", milestone=milestone, amount_minor=250_000))[0]
    assert (first.title, first.amount_minor, first.days) == ("Two videos more", 250_000, 10)


def test_what_is_held_for_a_step_already_it_cannot_cost_less_than(app):
    second = prefunded(taka(1000))
    with pytest.raises(Invalid) as refusal:
        make_change(kind="change", milestone=second, amount_minor=99_900)
    assert refusal.value.field == "amount_minor"
    with pytest.raises(Invalid):
        make_change(kind="split", milestone=second, amount_minor=200_001)


@pytest.mark.parametrize(("kind", "amount"), [("change", 100_000), ("split", 200_000)])
def test_a_step_whose_whole_price_is_held_now_begins(app, kind, amount):
    second = prefunded(taka(1000))
    make_accepted(make_change(kind=kind, milestone=second, amount_minor=amount))
    assert (second.status, second.amount, held(second)) == (S.funded, taka(1000), taka(1000))
    assert second.due_at


def test_of_paid_in_work_only_the_days_change_and_the_deadline_with_them(app):
    milestone = make_funded()
    milestone.chased_at = clock.now()
    same = {"title": milestone.title, "amount_minor": milestone.amount_minor}
    for other in ({"title": "Else"}, {"amount_minor": 400_100}):
        with pytest.raises(Invalid):
            make_change(kind="change", milestone=milestone, **(same | other))
    make_accepted(make_change(kind="change", milestone=milestone, **same, days=60))
    assert (milestone.days, milestone.due_at) == (60, calendar.deadline(60, milestone.funded_at))
    assert milestone.chased_at is None
    with pytest.raises(Invalid):
        make_change(kind="change", milestone=milestone, **same, days=61)


def test_a_deadline_is_not_moved_to_a_day_that_is_over(app):
    milestone = make_funded()
    same = {"title": milestone.title, "amount_minor": milestone.amount_minor}
    order = make_change(kind="change", milestone=milestone, **same, days=4)
    clock.move(timedelta(days=6))
    with pytest.raises(WrongState):
        make_accepted(order)
    assert milestone.days == 15


def test_a_planned_step_is_split_into_two_that_sum_to_it_and_the_later_ones_move_on(app):
    milestone = make_milestone()
    found = make_accepted(make_change(kind="split", milestone=milestone))
    assert shape(found) == [(1, "First half", 250_000), (2, "Two videos more", 150_000), (3, "Second half", 300_000)]


@pytest.mark.parametrize("make", [make_funded, make_delivered])
def test_held_money_goes_on_with_a_part_of_its_step(app, make):
    milestone = make()
    before, since = milestone.status, milestone.held_since
    sources = books.sources_of(f"milestone:{milestone.id}")
    found = make_accepted(make_change(kind="split", milestone=milestone))
    part = found[1]
    assert [row.position for row in found] == [1, 2, 3]
    assert (part.status, part.held, held(part), part.held_since) == (S.funded, taka(1500), taka(1500), since)
    assert (milestone.status, milestone.held, held(milestone)) == (before, taka(2500), taka(2500))
    assert (milestone.stands, part.stands) == (taka(2500), taka(1500))
    assert books.sources_of(f"milestone:{part.id}") == [(sources[0][0], taka(1500))]
    [settlement] = db.session.scalars(select(Settlement))
    assert (settlement.to_next, settlement.next_id) == (taka(1500), part.id)


def test_the_step_itself_keeps_something(app):
    for milestone in (make_funded(), milestones_of(make_contract())[1]):
        with pytest.raises(Invalid) as refusal:
            make_change(kind="split", milestone=milestone, amount_minor=milestone.amount_minor - 9_999)
        assert refusal.value.field == "amount_minor"


def test_a_step_whose_money_is_asked_back_is_not_split(app):
    milestone = make_funded()
    order = make_change(kind="split", milestone=milestone)
    refunds.ask_refund(milestone, people.ada(), "Late.", taka(100))
    with pytest.raises(WrongState):
        make_accepted(order)
    assert held(milestone) == taka(4000)


def test_a_step_without_money_goes_and_the_proposal_remembers_it(app):
    milestone = make_milestone()
    contract = milestone.contract
    order = make_change(kind="remove", milestone=milestone)
    assert shape(make_accepted(order)) == [(1, "Second half", 300_000)]
    db.session.expire(order)
    assert (order.milestone_id, order.before["title"], order.status) == (None, "First half", C.accepted)
    with pytest.raises(WrongState):
        make_change(contract, kind="remove", milestone=milestones_of(contract)[0])


def test_a_step_with_money_or_a_history_stays(stripe_app):
    second = prefunded(taka(1000))
    with pytest.raises(WrongState):
        make_change(kind="remove", milestone=second)
    refunds.return_prefunded(second)
    order = make_change(kind="remove", milestone=second)
    with pytest.raises(WrongState) as refusal:
        make_accepted(order)
    assert refusal.value.message == steps.STAYS
    third = make_milestone(make_contract())
    funding.start_funding(third, people.ada(), "https://dayitto.example/a", "https://dayitto.example/b")
    funding.cancel_funding(third, people.ada())
    with pytest.raises(WrongState) as refusal:
        make_change(kind="remove", milestone=third)
    assert refusal.value.message == steps.PAYING_BEGAN


def prefunded(amount: Money) -> Milestone:
    """The second step, for which so much is kept."""
    first, second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    refunds.agree_refund(refunds.ask_refund(first, people.ada(), "Later.", amount, for_next=True), people.ben())
    return second
