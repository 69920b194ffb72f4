"""What a change order cannot make of a step, said where it was typed."""
from __future__ import annotations

import pytest

from marketplace.contracts.commands import steps
from marketplace.contracts.models import ChangeKind
from marketplace.core.errors import Invalid, WrongState
from tests.factories.changes import make_change
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_milestone


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
