"""What a change order cannot make of a step, said where it was typed."""
from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest

from marketplace.contracts.commands import contracts, steps
from marketplace.contracts.models import ChangeKind
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.offer import Side
from marketplace.core import calendar, clock, i18n
from marketplace.core.errors import Invalid, WrongState
from tests import people
from tests.factories.changes import EXTRA, make_accepted, make_change
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded, make_milestone


@pytest.mark.parametrize(("field", "value"), [
    ("title", ""), ("amount_minor", None), ("amount_minor", steps.LEAST_STEP_MINOR - 1), ("days", None), ("days", 61)])
def test_what_no_step_can_be_is_said_beside_its_field(app, field, value):
    with pytest.raises(Invalid) as refusal:
        make_change(**{field: value})
    assert refusal.value.field == field


def test_a_change_that_changes_nothing_is_not_proposed(app):
    milestone = make_milestone()
    with pytest.raises(Invalid):
        make_change(kind="change", milestone=milestone, title=milestone.title, amount_minor=milestone.amount_minor, days=milestone.days)


@pytest.mark.parametrize(("make", "kind"), [(make_delivered, "change"), (make_approved, "split")])
def test_what_was_handed_in_or_released_is_not_changed_any_more(app, make, kind):
    with pytest.raises(WrongState):
        make_change(kind=kind, milestone=make())


def test_a_contract_has_so_many_steps_and_no_more(app, monkeypatch):
    contract = make_contract()
    monkeypatch.setattr(steps, "MOST_STEPS", 2)
    for kind, milestone in (("add", None), ("split", make_milestone(contract))):
        with pytest.raises(WrongState):
            make_change(contract, kind, milestone)


def test_a_step_that_is_gone_is_not_changed(app):
    with pytest.raises(WrongState):
        steps.check(ChangeKind.remove, None, {}, [])


@pytest.mark.parametrize("wish", [{"amount_minor": steps.LEAST_STEP_MINOR}, {"days": 1}, {"days": 60}])
def test_the_least_and_the_longest_step_can_be(wish):
    steps.check(ChangeKind.add, None, EXTRA | wish, [])


def test_of_the_most_steps_one_can_be_the_last_that_is_added(app, monkeypatch):
    monkeypatch.setattr(steps, "MOST_STEPS", 3)
    assert [row.position for row in make_accepted(make_change())] == [1, 2, 3]


def test_a_further_step_comes_after_all_the_others(app):
    contract = make_contract()
    make_accepted(make_change(contract, kind="split", milestone=make_milestone(contract)))
    for _step in range(2):
        found = make_accepted(make_change(contract))
    assert [row.position for row in found] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("kind", "wish", "field"), [
    ("change", {"title": "Else", "amount_minor": 400_000}, "days"), ("change", {"title": "First half", "amount_minor": 400_001}, "days"),
    ("split", {"amount_minor": 390_001}, "amount_minor")])
def test_what_paid_in_work_cannot_become_is_said_beside_its_field(app, kind, wish, field):
    with pytest.raises(Invalid) as refusal:
        make_change(kind=kind, milestone=make_funded(), **wish)
    assert refusal.value.field == field


def test_a_deadline_that_would_be_over_is_said_beside_the_days(app):
    milestone = make_funded()
    milestone.due_at -= timedelta(days=20)
    same = {"title": milestone.title, "amount_minor": milestone.amount_minor}
    with pytest.raises(Invalid) as refusal:
        make_change(kind="change", milestone=milestone, **same, days=10)
    assert refusal.value.field == "days"
    order = make_change(kind="change", milestone=milestone, **same, days=30)
    milestone.due_at -= timedelta(days=20)
    with pytest.raises(WrongState) as late:
        make_accepted(order)
    with i18n.speaking("en"):
        assert "That day is over" in str(late.value.message)


@pytest.mark.parametrize(("since", "over"), [(-timedelta(microseconds=1), False), (timedelta(), True)])
def test_a_deadline_may_be_as_near_as_can_be(app, monkeypatch, since, over):
    milestone = make_funded()
    moment = calendar.allowed(milestone.due_at - timedelta(days=5)) + since
    monkeypatch.setattr(clock, "now", lambda: moment)
    with pytest.raises(Invalid) if over else nullcontext():
        make_change(kind="change", milestone=milestone, title=milestone.title, amount_minor=milestone.amount_minor, days=milestone.days - 5)


@pytest.mark.parametrize("paid", [True, False])
def test_the_step_itself_may_keep_just_the_least(app, paid):
    milestone = make_milestone()
    order = make_change(kind="split", milestone=make_funded(milestone) if paid else milestone, amount_minor=390_000)
    assert order.details["amount_minor"] == 390_000


@pytest.mark.parametrize(("kind", "amount"), [("change", 99_999), ("split", 300_001)])
def test_what_is_held_already_is_said_beside_the_amount(app, kind, amount):
    milestone = make_milestone()
    milestone.prefunded_minor = 100_000
    with pytest.raises(Invalid) as refusal:
        make_change(kind=kind, milestone=milestone, amount_minor=amount)
    assert refusal.value.field == "amount_minor"


def test_a_step_whose_new_price_is_held_in_part_is_still_to_be_paid_in(app):
    milestone = make_milestone()
    milestone.prefunded_minor = 100_000
    make_accepted(make_change(kind="change", milestone=milestone))
    assert (milestone.status, milestone.to_fund.minor) == (S.planned, 50_000)


@pytest.mark.parametrize("columns", [
    {"status": S.funding}, {"adrift_minor": 1}, {"prefunded_minor": 1}, {"prefunded_minor": 1, "adrift_minor": -1}])
def test_what_has_or_had_money_in_it_is_not_removed(app, columns):
    milestone = make_milestone()
    for column, value in columns.items():
        setattr(milestone, column, value)
    with pytest.raises(WrongState):
        make_change(kind="remove", milestone=milestone)


def test_the_only_step_stays_of_two_one_may_go(app):
    contract = make_contract()
    make_accepted(make_change(contract, kind="remove", milestone=make_milestone(contract)))
    with pytest.raises(WrongState):
        make_change(contract, kind="remove", milestone=make_milestone(contract))


def test_other_days_keep_what_a_pause_added_to_the_deadline(app):
    milestone = make_funded()
    contracts.pause_contract(milestone.contract, people.ada(), Side.business, "Eid.")
    clock.move(timedelta(days=10))
    contracts.resume_contract(milestone.contract, people.ada())
    due = milestone.due_at
    make_accepted(make_change(kind="change", milestone=milestone, title=milestone.title, amount_minor=milestone.amount_minor, days=20))
    assert milestone.due_at == calendar.allowed(due + timedelta(days=5))
