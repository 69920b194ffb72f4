"""How long released money waits before it is sent, and how long money is held at most."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.contracts.commands import funding, holds
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import calendar, clock
from marketplace.managers.models import Manager
from marketplace.payments.queries import paid_for
from tests import people
from tests.factories.contracts import make_contract, make_funded, make_milestone

SUNDAY = datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(("clean", "days"), [(0, 3), (2, 3), (3, 1), (9, 1), (10, 0), (11, 0)])
def test_the_more_clean_contracts_the_shorter_the_hold(clean, days):
    contract = Contract(manager=Manager(clean_contracts=clean))
    assert holds.hold_days(contract) == days
    for silent, more in ((False, 0), (True, 3)):
        waits = days + more
        assert holds.send_after(contract, SUNDAY, silent) == (calendar.deadline(waits, SUNDAY) if waits else SUNDAY)


def test_without_a_hold_it_is_sent_at_once_also_at_night():
    contract = Contract(manager=Manager(clean_contracts=10))
    assert holds.send_after(contract, SUNDAY + timedelta(hours=14)) == SUNDAY + timedelta(hours=14)


def test_what_the_team_releases_is_not_looked_at_again(app):
    milestone = make_funded()
    assert [holds.check_reason(milestone, person) for person in (people.ada(), people.ben(), people.sam())] == ["cash_out", "cash_out", ""]


@pytest.mark.parametrize(("column", "younger", "looked_at"), [
    ("funded_at", 1, True), ("funded_at", 0, False), ("held_since", 1, True), ("held_since", 0, False), ("succeeded_at", 1, True),
    ("succeeded_at", 0, False), ("none", 1, False)])
def test_money_has_just_come_for_a_day(app, monkeypatch, column, younger, looked_at):
    """The step's, its money's and its payment's age are asked, each to the moment; one of the last two is enough."""
    milestone = make_funded()
    payment = paid_for(f"milestone:{milestone.id}")
    day_ago = milestone.funded_at + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: day_ago + timedelta(hours=24))
    milestone.funded_at, milestone.held_since, payment.succeeded_at = day_ago + timedelta(hours=1), day_ago, day_ago
    moment = day_ago + timedelta(microseconds=younger)
    if column == "funded_at":
        milestone.funded_at, milestone.held_since = moment, day_ago + timedelta(hours=1)
    elif column != "none":
        setattr(payment if column == "succeeded_at" else milestone, column, moment)
    assert bool(holds.check_reason(milestone, people.ada())) is looked_at


@pytest.mark.parametrize(("agreed", "counts"), [(15, 15), (60, 60), (90, 60)])
def test_the_deadline_counts_from_when_it_was_paid_in_sixty_days_at_most(app, agreed, counts):
    milestone = make_milestone()
    milestone.days = agreed
    make_funded(milestone)
    assert milestone.due_at == calendar.deadline(counts, milestone.funded_at)
    assert milestone.held_since == milestone.funded_at
    assert funding.payment_under_way(milestone) is None


def test_what_waits_ends_seven_days_after_its_deadline_and_is_warned_of_twice(app, monkeypatch):
    first, second = milestones_of(make_contract())
    make_funded(first)
    assert (limits.waiting_ends(first), limits.waiting_ends(second)) == (calendar.deadline(7, first.due_at), None)
    clock.move(timedelta(days=5))
    for warning in [calendar.deadline(days, first.held_since) for days in (80, 87)]:
        assert limits.next_warning(first) == warning
        monkeypatch.setattr(clock, "now", lambda now=warning: now)
    assert limits.next_warning(first) is None


@pytest.mark.parametrize(("status", "since", "days", "ends"), [
    ("planned", SUNDAY, 15, 90 - 22), ("planned", SUNDAY, 80, 90 - 67), ("funded", SUNDAY, 15, 90), ("planned", None, 15, None)])
def test_what_is_kept_goes_back_while_the_step_would_still_end_in_time(status, since, days, ends):
    milestone = Milestone(status=status, held_since=since, days=days)
    assert limits.ends(milestone) == (SUNDAY + timedelta(days=ends) if ends else None)
