"""What happens by itself in a dispute: reminders, silence, a late decision; safe twice, and after a worker was away."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.models.offer import Side
from marketplace.core import calendar, clock
from marketplace.core.errors import NotAllowed
from marketplace.disputes import commands
from marketplace.disputes.commands import clocks
from marketplace.disputes.models import DisputeStatus
from tests.factories.disputes import make_answered, make_decided, make_dispute, make_mediated, mediator, pass_by
from tests.worker import letters, run_jobs

S = DisputeStatus
SWEEPS = (clocks.end_silence, clocks.remind, clocks.hand_over_late, clocks.close_settled)


def sweep():
    """The sweeps of disputes, twice as after a worker was away, and what they queue."""
    for _ in range(2):
        for one in SWEEPS:
            one()
    run_jobs()


def told(address, words):
    return [letter for letter in letters(address) if words in letter["Subject"]]


@pytest.mark.parametrize("step", [make_dispute, make_answered])
def test_silence_does_not_lose_it_goes_to_the_team(app, step):
    dispute = step()
    clock.move(dispute.answer_by - clock.now() - timedelta(minutes=1))
    sweep()
    assert dispute.turn is not None
    pass_by(dispute.answer_by)
    sweep()
    assert (dispute.status, dispute.outcome, dispute.milestone.frozen_minor) == (S.mediation, None, 150_000)
    assert make_decided(dispute, to_manager=150_000).to_manager_minor == 150_000


def test_a_worker_that_comes_late_cannot_end_a_new_turn(app):
    dispute = make_dispute()
    clocks.begin_mediation(str(dispute.id))
    pass_by(dispute.answer_by)
    make_answered(dispute)
    clocks.begin_mediation(str(dispute.id))
    assert (dispute.status, dispute.turn) == (S.answered, Side.business)


@pytest.mark.parametrize(("step", "address"), [(make_dispute, "ben@example.com"), (make_answered, "ada@example.com")])
def test_each_side_is_reminded_twice(app, step, address):
    dispute = step()
    moments = []
    while dispute.turn is not None:
        clock.move(timedelta(hours=3))
        before = len(told(address, "your time ends"))
        sweep()
        moments += [clock.now()] * (len(told(address, "your time ends")) - before)
    assert len(moments) == 2
    assert moments[1] < dispute.answer_by
    other = {"ben@example.com": "ada@example.com", "ada@example.com": "ben@example.com"}[address]
    assert told(other, "your time ends") == []


def test_a_worker_that_was_away_reminds_once(app):
    dispute = make_dispute()
    clock.move(dispute.answer_by - clock.now() - timedelta(hours=1))
    sweep()
    assert (len(told("ben@example.com", "your time ends")), dispute.remind_at) == (1, None)


def test_what_is_not_decided_in_time_goes_to_somebody_else(app):
    first, second = mediator("Mina"), mediator("Nila")
    mediator("Tania", "finance")
    dispute = make_mediated()
    commands.take(dispute, first)
    pass_by(dispute.decide_by)
    sweep()
    assert (dispute.first_mediator_id, dispute.mediator_id) == (first.id, None)
    assert dispute.decide_by == calendar.deadline(2, dispute.handed_over_at)
    with pytest.raises(NotAllowed):
        make_decided(dispute, by=first)
    with pytest.raises(NotAllowed):
        commands.take(dispute, first)
    assert len(told("mina@example.com", "To decide")) == 2  # when it came to the team, and a day before the end
    assert len(told("nila@example.com", "To decide")) == 3
    assert len(told("tania@example.com", "To decide")) == 1
    assert len(told("ada@example.com", "somebody else decides")) == 1
    assert make_decided(dispute, by=second).status == S.decided


def test_it_is_handed_over_once_and_then_asked_for_daily(app):
    mediator("Mina")
    dispute = make_mediated()
    pass_by(dispute.decide_by)
    sweep()
    handed, until = dispute.handed_over_at, dispute.decide_by
    pass_by(until)
    sweep()
    assert (dispute.handed_over_at, dispute.decide_by) == (handed, until)
    before = len(told("mina@example.com", "To decide"))
    for _ in range(3):
        pass_by(dispute.remind_at)
        sweep()
    assert len(told("mina@example.com", "To decide")) == before + 3


def test_nothing_is_reminded_or_handed_over_once_it_is_over(app):
    dispute = make_decided()
    run_jobs()
    before = len(letters())
    clock.move(timedelta(days=30))
    for job in (clocks.begin_mediation, clocks.remind_one, clocks.hand_over):
        job(str(dispute.id))
    run_jobs()
    assert (dispute.status, len(letters())) == (S.decided, before)


def test_clocks_end_in_the_day(app):
    night = clock.today().replace(year=2030, month=12, day=12, hour=23)
    clock.move(night - clock.now())
    dispute = make_dispute()
    assert dispute.answer_by.astimezone(clock.DHAKA).strftime("%d %H:%M") == "17 09:00"  # the 16th is Victory Day
