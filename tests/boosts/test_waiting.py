"""Planned boosts that wait for the business move the deadline, as posts and access do."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.boosts import commands
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from tests import people
from tests.factories.boosts import PLAN, make_boost
from tests.worker import run_jobs, run_sweeps

DAY = timedelta(days=1)


@pytest.fixture
def boost(app):
    return make_boost()


@pytest.fixture
def moved(boost):
    """By how many days the deadline has moved, the rest of clocks aside."""
    [milestone] = milestones_of(boost.contract)
    due = milestone.due_at
    return lambda: round((milestone.due_at - due) / DAY)


def approve(boost):
    commands.approve_boost(boost, people.ada(), boost.hash)


def edit(boost):
    commands.edit_boost(boost, people.ben(), PLAN)


def test_while_it_waits_each_day_after_the_grace_counts(boost, moved):
    for _ in range(4):
        clock.move(DAY)
        run_sweeps()
    assert moved() == 3


@pytest.mark.parametrize("answer", [approve, edit])
def test_an_answer_or_another_plan_counts_what_was_not_counted(boost, moved, answer):
    clock.move(4 * DAY)
    answer(boost)
    run_jobs()
    assert moved() == 3


def test_another_plan_waits_from_then(boost, moved):
    for answer in (edit, approve):
        clock.move(timedelta(hours=23))
        answer(boost)
    run_jobs()
    assert moved() == 0
