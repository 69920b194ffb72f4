"""What happens by itself, on the right day, once: whether the worker was down, ran twice, or the clock jumped."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.contracts import signals
from marketplace.contracts.commands import clocks, contracts, milestones, settlements
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import calendar, clock
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from tests import people
from tests.factories.contracts import make_contract, make_delivered, make_funded
from tests.worker import letters, queued, run_jobs, run_sweeps, sweep_all


def held(milestone):
    return books.held(f"milestone:{milestone.id}").minor


def go_to(moment):
    clock.move(moment - clock.now() + timedelta(seconds=1))


@pytest.fixture
def posted():
    """Work on record, as publishing answers."""
    def answer(milestone):
        return [("Posts published", 12)]
    with signals.work_asked.connected_to(answer):
        yield


@pytest.fixture
def eid():
    """Announce that a moment's day is a holiday; the next one is none."""
    def announce(moment):
        calendar.announce({moment.astimezone(clock.DHAKA).date(): "Eid ul-Fitr"})
        return calendar.allowed(moment)
    go_to(datetime(2030, 6, 3, 15, tzinfo=clock.DHAKA))
    yield announce
    calendar.announce({})


def test_no_window_of_review_ends_on_an_announced_holiday(app, eid):
    milestone = make_funded()
    after = eid(clock.now() + timedelta(days=7))
    make_delivered(milestone)
    assert milestone.review_until == after == datetime(2030, 6, 11, 9, tzinfo=clock.DHAKA)


def test_what_silence_releases_is_not_sent_on_an_announced_holiday(app, eid):
    milestone = make_delivered()
    go_to(milestone.review_until)
    after = eid(clock.now() + timedelta(days=6))
    run_sweeps()
    assert (milestone.status, milestone.send_after) == (S.approved, after)


def test_money_does_not_return_by_itself_on_an_announced_holiday(app, eid):
    milestone = make_funded()
    after = eid(milestone.due_at + timedelta(days=7))
    assert after > milestone.due_at + timedelta(days=7)
    go_to(after - timedelta(minutes=2))
    run_sweeps()
    assert milestone.status == S.funded
    go_to(after)
    run_sweeps()
    assert milestone.status == S.refunded


def test_three_days_late_both_are_told_once(app):
    milestone = make_funded()
    go_to(calendar.deadline(2, milestone.due_at))
    run_sweeps()
    assert milestone.chased_at is None
    go_to(calendar.deadline(3, milestone.due_at))
    run_sweeps()
    run_sweeps()
    assert milestone.chased_at
    for person in (people.ada(), people.ben()):
        assert len([one for one in letters(person.email) if "Nothing was handed in yet" in one["subject"]]) == 1
    assert (milestone.status, held(milestone)) == (S.funded, 400_000)


def test_seven_days_late_with_nothing_on_record_all_returns(app):
    milestone = make_funded()
    go_to(calendar.deadline(7, milestone.due_at) - timedelta(minutes=1))
    run_sweeps()
    assert milestone.status == S.funded
    go_to(calendar.deadline(7, milestone.due_at))
    sweep_all()
    clocks.end_waiting(str(milestone.id))
    assert (milestone.status, milestone.returned_minor, held(milestone)) == (S.refunded, 400_000, 0)
    clocks.end_waiting(str(milestone.id))
    assert milestone.returned_minor == 400_000


def test_seven_days_late_with_work_on_record_it_counts_as_handed_in(app, posted):
    milestone = make_funded()
    go_to(calendar.deadline(7, milestone.due_at))
    run_sweeps()
    assert (milestone.status, held(milestone)) == (S.delivered, 400_000)
    assert milestone.review_until > clock.now() + timedelta(days=6)


def test_changes_nobody_made_leave_what_was_handed_in(app):
    milestone = make_delivered()
    asked_at = clock.now()
    milestones.ask_changes(milestone, people.ada(), "Brighter.")
    assert calendar.deadline(3, asked_at) <= milestone.due_at <= calendar.deadline(3)
    go_to(calendar.deadline(7, milestone.due_at))
    run_sweeps()
    assert milestone.status == S.delivered


def test_a_contract_that_rests_is_not_chased(app):
    milestone = make_funded()
    contracts.pause_contract(milestone.contract, people.ada(), Side.business, "Eid.")
    go_to(calendar.deadline(9, milestone.due_at))
    sweep_all()
    assert not [job for job in queued() if "chase" in job.task_name or "waiting" in job.task_name]
    clocks.end_waiting(str(milestone.id))
    assert milestone.status == S.funded


@pytest.mark.parametrize(("hours", "moved"), [(1, timedelta()), (24, timedelta()), (72, timedelta(days=2))])
def test_days_the_owner_took_move_the_deadline_once(app, hours, moved):
    milestone, begun = make_funded(), clock.now()
    due = milestone.due_at
    clock.move(timedelta(hours=hours))
    for _ in range(2):
        clocks.note_owner(milestone.contract_id, "grant:1", begun)
        run_jobs()
    assert abs(milestone.due_at - calendar.allowed(due + moved)) < timedelta(minutes=1)


def test_held_money_is_warned_of_on_day_80_and_87(app):
    milestone = make_delivered()
    milestone.review_until = None
    first, second = (calendar.deadline(days, milestone.held_since) for days in (80, 87))
    assert milestone.warn_at == first
    go_to(first)
    clocks.warn(str(milestone.id))
    clocks.warn(str(milestone.id))
    assert milestone.warn_at == second
    go_to(second)
    clocks.warn(str(milestone.id))
    assert milestone.warn_at is None


def test_a_worker_that_was_down_warns_once_not_twice(app):
    milestone = make_delivered()
    milestone.review_until = None
    go_to(calendar.deadline(88, milestone.held_since))
    run_sweeps()
    assert milestone.warn_at is None


def test_on_day_90_undelivered_money_returns(app):
    milestone = make_funded()
    milestone.due_at = clock.now() + timedelta(days=200)
    go_to(limits.limit_of(milestone.held_since) - timedelta(minutes=1))
    sweep_all()
    clocks.end_holding(str(milestone.id))
    assert milestone.status == S.funded
    go_to(limits.limit_of(milestone.held_since))
    clocks.end_holding(str(milestone.id))
    assert (milestone.status, milestone.returned_minor) == (S.refunded, 400_000)


def test_on_day_90_delivered_money_is_released(app):
    milestone = make_delivered()
    milestone.review_until = None
    go_to(limits.limit_of(milestone.held_since))
    clocks.end_holding(str(milestone.id))
    assert (milestone.status, milestone.released_minor) == (S.approved, 400_000)


@pytest.mark.parametrize(("claimed", "released"), [(400_000, 0), (100_000, 300_000)])
def test_claimed_money_waits_for_its_decision_and_the_rest_does_not(app, claimed, released):
    milestone = make_delivered()
    settlements.freeze(milestone, Money(claimed), people.ada(), "No.")
    milestone.review_until = None
    go_to(limits.limit_of(milestone.held_since))
    run_sweeps()
    assert (milestone.status, milestone.released_minor, held(milestone)) == (S.disputed, released, claimed)


def test_a_clock_that_jumps_back_undoes_and_repeats_nothing(app):
    milestone = make_funded()
    go_to(calendar.deadline(7, milestone.due_at))
    clocks.end_waiting(str(milestone.id))
    clock.move(timedelta(days=-10))
    run_sweeps()
    assert (milestone.status, milestone.returned_minor) == (S.refunded, 400_000)
    fresh = make_delivered(make_funded(milestones_of(milestone.contract)[1]))
    window = fresh.review_until
    clock.move(timedelta(days=-3))
    milestones.approve_by_silence(str(fresh.id))
    assert (fresh.status, fresh.review_until) == (S.delivered, window)


def test_the_limit_never_lies_after_day_90_and_never_at_night():
    for hour in range(24):
        since = datetime(2026, 9, 17, hour, 30, tzinfo=UTC)  # day 90 is 16 December, a holiday
        limit = limits.limit_of(since)
        local = limit.astimezone(clock.DHAKA)
        assert limit <= since + timedelta(days=90)
        assert limit > since + timedelta(days=88)
        assert calendar.allowed(limit) == limit
        assert (local.month, local.day) != (12, 16)


def test_what_was_delivered_meanwhile_is_not_chased(app):
    milestone = make_delivered()
    clocks.chase(str(milestone.id))
    assert milestone.chased_at is None


def test_the_worker_finds_what_has_been_held_as_long_as_it_may_be(app):
    """Waiting for work has no day here, so nothing else ends it; back it goes, for nobody delivered."""
    milestone = make_funded()
    milestone.due_at = None
    go_to(limits.limit_of(milestone.held_since) - timedelta(minutes=1))
    sweep_all()
    assert not [job for job in queued() if "end_holding" in job.task_name]
    go_to(limits.limit_of(milestone.held_since))
    sweep_all()
    [job] = [job for job in queued() if "end_holding" in job.task_name]
    clocks.end_holding(**job.args)
    assert (milestone.status, milestone.returned_minor, held(milestone)) == (S.refunded, 400_000, 0)
    clocks.end_holding(**job.args)
    assert milestone.returned_minor == 400_000


def test_nothing_held_has_no_warning(app):
    [milestone, _second] = milestones_of(make_contract())
    assert limits.next_warning(milestone) is None
