"""Which clocks run for which steps, to the second: whose delay counts, what is on record, what ends a step that was held too long."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from marketplace.contracts import signals
from marketplace.contracts.commands import clocks, contracts
from marketplace.contracts.models import Delivery, Milestone
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import calendar, clock
from marketplace.core.db import db
from tests import people
from tests.factories.contracts import make_contract, make_delivered, make_funded
from tests.worker import queued

GRACE, SECOND = timedelta(hours=24), timedelta(seconds=1)


@pytest.fixture
def stop(monkeypatch) -> Callable[[datetime], None]:
    """Stop the clock at a moment."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def delays() -> list[dict]:
    return [job.args for job in queued() if job.task_name.endswith("owner_was_late")]


@pytest.mark.parametrize(("took", "counts"), [(GRACE, False), (GRACE + SECOND, True), (3 * GRACE, True), (None, False)])
def test_what_the_owner_took_beyond_a_day_counts(app, stop, took, counts):
    contract = make_contract()
    stop(now := clock.now())
    since = now - took if took else None
    clocks.note_owner(contract.id, "grant:1", since)
    db.session.commit()
    assert [(one["since"], one["until"]) for one in delays()] == ([(since.isoformat(), now.isoformat())] if counts else [])


def test_deadlines_of_that_contract_move_once_for_the_same_days(app):
    mine, elsewhere = make_funded(), make_funded(milestones_of(make_contract())[0])
    delivered = make_delivered(make_funded(milestones_of(mine.contract)[1]))
    due, others, since = mine.due_at, (elsewhere.due_at, delivered.due_at), mine.funded_at
    mine.chased_at = clock.now()
    for _ in range(2):
        clocks.owner_was_late(str(mine.contract_id), since.isoformat(), (since + GRACE + timedelta(hours=2)).isoformat())
    assert mine.due_at == calendar.allowed(due + timedelta(hours=2))
    assert (mine.chased_at, mine.owner_until) == (None, since + GRACE + timedelta(hours=2))
    assert (elsewhere.due_at, delivered.due_at) == others


@pytest.mark.parametrize("rests", [True, False])
def test_what_was_delivered_or_rests_is_neither_chased_nor_ended(app, rests):
    milestone = make_funded() if rests else make_delivered()
    if rests:
        contracts.pause_contract(milestone.contract, people.ada(), Side.business, "Eid.")
    clock.move(timedelta(days=40))
    clocks.chase(str(milestone.id))
    clocks.end_waiting(str(milestone.id))
    assert (milestone.chased_at, milestone.returned_minor, db.session.query(Delivery).count()) == (None, 0, 0 if rests else 1)


@pytest.mark.parametrize(("language", "note"), [
    ("en", "Handed in by itself, from what is on record: posts: 12, answers: 3."),
    ("bn", "রেকর্ডে যা আছে তা থেকে নিজে থেকেই জমা হলো: posts: ১২, answers: ৩।")])
def test_what_is_on_record_is_said_in_the_managers_language(app, language, note):
    milestone = make_funded()
    milestone.contract.manager.person.language = language
    clock.move(milestone.due_at - clock.now() + timedelta(days=9))
    people.ada().language = "en" if language == "bn" else "bn"
    answer = lambda _milestone: [("posts", 12), ("answers", 3), ("drafts", 0)]  # noqa: E731
    with signals.work_asked.connected_to(answer):
        clocks.end_waiting(str(milestone.id))
    assert db.session.query(Delivery).one().note == note


@pytest.mark.parametrize(("status", "delivered", "released", "returned"), [
    (S.funded, False, 0, 400_000), (S.delivered, True, 400_000, 0), (S.changes_asked, True, 400_000, 0), (S.approved, True, 0, 0),
    (S.funding, False, 0, 0)])
def test_what_was_held_too_long_goes_to_whom_it_belongs(app, status, delivered, released, returned):
    milestone = make_delivered() if delivered else make_funded()
    milestone.status = status
    clock.move(limits.limit_of(milestone.held_since) - clock.now() + SECOND)
    clocks.end_holding(str(milestone.id))
    assert (milestone.released_minor, milestone.returned_minor) == (released, returned)


@pytest.mark.parametrize("columns", [{"held_since": None}, {"frozen_minor": 400_000}, {"adrift_minor": -400_000}])
def test_what_is_not_there_or_has_no_day_is_not_ended(app, columns):
    milestone: Milestone = make_delivered()
    for column, value in columns.items():
        setattr(milestone, column, value)
    clock.move(timedelta(days=100))
    clocks.end_holding(str(milestone.id))
    clocks.end_at_limit()
    db.session.commit()
    assert (milestone.released_minor, [job for job in queued() if "end_holding" in job.task_name]) == (0, [])


def test_both_sides_are_warned_only_of_what_is_held(app):
    milestone = make_funded()
    milestone.adrift_minor = -400_000
    clock.move(milestone.warn_at - clock.now() + SECOND)
    before = len(queued())
    clocks.warn(str(milestone.id))
    db.session.commit()
    assert (len(queued()), milestone.warn_at) == (before, limits.next_warning(milestone))
