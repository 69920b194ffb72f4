"""The days a business has to look: how many, when it is reminded, what makes them more, and what ends them."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.contracts.commands import milestones, settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.core import audit, calendar, clock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from tests import people
from tests.factories.contracts import make_delivered, make_funded, make_milestone

BEGUN = datetime(2026, 11, 1, 6, tzinfo=UTC)
HOUR, BLINK = timedelta(hours=1), timedelta(microseconds=1)
HALF, DAY_BEFORE, LAST = BEGUN + 84 * HOUR, BEGUN + 144 * HOUR, BEGUN + 166 * HOUR


@pytest.mark.parametrize(("now", "following"), [
    (BEGUN, HALF), (HALF - BLINK, HALF), (HALF, DAY_BEFORE), (DAY_BEFORE - BLINK, DAY_BEFORE), (DAY_BEFORE, LAST), (LAST - BLINK, LAST),
    (LAST, None)])
def test_it_is_reminded_at_half_a_day_before_and_two_hours_before(monkeypatch, now, following):
    monkeypatch.setattr(clock, "now", lambda: now)
    assert milestones.next_reminder(Milestone(delivered_at=BEGUN, review_until=BEGUN + timedelta(days=7))) == following


@pytest.mark.parametrize("columns", [{"delivered_at": BEGUN}, {"review_until": BEGUN}, {}])
def test_without_a_window_nobody_is_reminded(columns):
    assert milestones.next_reminder(Milestone(**columns)) is None


@pytest.mark.parametrize(("kind", "days"), [("management", 7), ("boosting", 3), ("design", 5)])
def test_it_lasts_as_long_as_the_kind_of_work_needs(app, monkeypatch, kind, days):
    milestone = make_funded()
    milestone.contract.kind = kind
    monkeypatch.setattr(clock, "now", lambda: BEGUN)
    make_delivered(milestone)
    assert (milestone.delivered_at, milestone.review_until) == (BEGUN, calendar.deadline(days, BEGUN))
    assert milestone.remind_at == BEGUN + (milestone.review_until - BEGUN) / 2


def test_five_days_more_are_on_record_with_who_took_them(app):
    milestone = make_delivered()
    before = milestone.review_until
    milestones.extend_review(milestone, people.ada())
    assert milestone.review_until == calendar.deadline(5, before)
    assert milestone.remind_at == milestones.next_reminder(milestone)
    newest = audit.history(milestone)[0]
    assert (newest.action, newest.actor) == ("milestone.extend_review", f"person:{people.ada().id}")


@pytest.mark.parametrize("columns", [{"status": S.funded}, {"review_extended": True}, {"review_until": None}])
def test_there_are_no_days_to_add_to_without_a_window_or_a_second_time(app, columns):
    milestone = make_delivered()
    for column, value in columns.items():
        setattr(milestone, column, value)
    with pytest.raises(WrongState):
        milestones.extend_review(milestone, people.ada())


@pytest.mark.parametrize(("used", "fits"), [(0, True), (1, True), (2, False), (3, False)])
def test_changes_are_asked_as_often_as_the_terms_include(app, monkeypatch, used, fits):
    milestone = make_delivered()
    milestone.changes_used = used
    monkeypatch.setattr(clock, "now", lambda: BEGUN)
    if fits:
        request = milestones.ask_changes(milestone, people.ada(), "Brighter.")
        assert (request.number, milestone.changes_used) == (used + 1, used + 1)
        assert request.redeliver_by == milestone.due_at == calendar.deadline(3, BEGUN)
        return
    with pytest.raises(Invalid) as refusal:
        milestones.ask_changes(milestone, people.ada(), "Brighter.")
    assert refusal.value.field == "note"


def test_each_delivery_has_its_number(app):
    milestone = make_delivered()
    for number in (2, 3):
        milestones.ask_changes(milestone, people.ada(), "Brighter.")
        assert milestones.deliver(milestone, people.ben(), "Brighter.", []).number == number


def test_what_cannot_be_done_says_so(app):
    planned, disputed = make_milestone(), make_delivered()
    settlements.freeze(disputed, Money(1), people.ada(), "Late.")
    with pytest.raises(InvalidTransition) as refusal:
        milestones.approve(planned, people.ada())
    assert str(refusal.value) == "approve is not possible while milestone is planned"
    with pytest.raises(InvalidTransition) as refusal:
        milestones.deliver(disputed, people.ben(), "Again.", [])
    assert str(refusal.value) == "deliver is not possible while milestone is disputed"


@pytest.mark.parametrize("columns", [{"review_until": None}, {"status": S.funded}])
def test_silence_releases_only_what_was_delivered_and_looked_at(app, columns):
    milestone = make_delivered()
    clock.move(timedelta(days=20))
    for column, value in columns.items():
        setattr(milestone, column, value)
    milestones.approve_by_silence(str(milestone.id))
    milestones.remind_reviewer(str(milestone.id))
    assert (milestone.released_minor, milestone.status) == (0, columns.get("status", S.delivered))


def test_nobody_is_reminded_of_what_was_approved_or_has_no_moment(app):
    milestone = make_delivered()
    milestone.remind_at = None
    milestones.remind_reviewer(str(milestone.id))
    assert milestone.remind_at is None
    milestone.status, milestone.remind_at = S.approved, BEGUN
    milestones.remind_reviewer(str(milestone.id))
    assert milestone.remind_at == BEGUN


def test_what_a_rule_hands_in_has_no_links(app):
    assert milestones.deliver_record(make_funded(), "Posts published: 3").links == []


@pytest.mark.parametrize(("owed_again", "released_at"), [(False, BEGUN), (True, None)])
def test_what_the_bank_has_and_what_it_sends_back(monkeypatch, owed_again, released_at):
    milestone = Milestone(released_at=BEGUN)
    monkeypatch.setattr(clock, "now", lambda: LAST)
    milestones.mark_arrived(milestone)
    assert milestone.arrived_at == LAST
    milestones.mark_come_back(milestone, owed_again)
    assert (milestone.arrived_at, milestone.released_at) == (None, released_at)
