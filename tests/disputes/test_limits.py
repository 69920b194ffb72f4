"""Money may be held for 90 days: a dispute about it is decided by its 85th day, or is not opened any more."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.contracts.commands import clocks, milestones
from marketplace.contracts.models import Milestone
from marketplace.contracts.models import MilestoneStatus as M
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries.limits import limit_of
from marketplace.core import calendar, clock, i18n
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.disputes import commands, queries
from marketplace.disputes.commands.clocks import begin_mediation, hand_over
from marketplace.disputes.models import Dispute, DisputeStatus
from marketplace.disputes.queries import limits
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.contracts import make_approved, make_delivered, make_funded
from tests.factories.disputes import make_answered, make_decided, make_dispute, make_mediated, pass_by
from tests.pages import read, words
from tests.people import sign_in
from tests.worker import letters, run_jobs, run_sweeps

MINUTE = timedelta(minutes=1)


def go_to(moment: datetime) -> None:
    clock.move(moment - clock.now())


def about(moment: datetime) -> datetime:
    """The clock goes on while a test runs."""
    return pytest.approx(moment, abs=MINUTE)


def late(milestone: Milestone, days: int = 1) -> Milestone:
    """As late as a dispute with so many days for each side can be opened about it; two minutes later it cannot."""
    go_to(limits.opens_until(milestone.held_since, days) - MINUTE)
    return milestone


def end_of(opened: datetime, days: int) -> datetime:
    """When one opened then would have to be decided, were each side to take its time."""
    return calendar.deadline(5, calendar.deadline(days, calendar.deadline(days, opened)))


def silent_until_the_team(dispute: Dispute) -> None:
    for _ in range(2):
        pass_by(dispute.answer_by)
        begin_mediation(str(dispute.id))


@pytest.mark.parametrize("days", [3, 2, 1])
def test_both_sides_have_less_time_equally_where_a_decision_is_due(app, days):
    dispute = make_dispute(late(make_delivered(), days))
    last = limits.last_decision(dispute.milestone.held_since)
    assert (dispute.answer_days, dispute.answer_by) == (days, about(calendar.deadline(days)))
    go_to(dispute.answer_by - MINUTE)
    make_answered(dispute)
    assert dispute.answer_by == about(calendar.deadline(days))
    go_to(dispute.answer_by)
    begin_mediation(str(dispute.id))
    assert dispute.decide_by == about(calendar.deadline(5))
    assert dispute.decide_by <= last <= dispute.milestone.held_since + timedelta(days=85)


@pytest.mark.parametrize("days", [3, 2])
def test_a_moment_later_it_is_a_day_less(app, days):
    late(milestone := make_delivered(), days)
    clock.move(2 * MINUTE)
    assert make_dispute(milestone).answer_days == days - 1


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("step", [make_funded, make_delivered])
def test_later_than_that_it_is_refused_with_what_happens_and_when(app, step, side):
    late(milestone := step())
    clock.move(2 * MINUTE)
    with i18n.speaking("en"):
        with pytest.raises(WrongState) as refusal:
            make_dispute(milestone, side)
        assert f"On {i18n.moment(limit_of(milestone.held_since))} it ends by itself" in str(refusal.value.message)
    assert queries.claimable(milestone, side) is None


@pytest.mark.parametrize("hour", range(0, 24, 5))
@pytest.mark.parametrize("day", range(1, 31, 4))
def test_the_last_moment_to_open_is_the_last_from_which_it_is_decided_in_time(hour, day):
    """On nights and holidays too: a minute later the decision would come after its last moment."""
    since = datetime(2026, 9, day, hour, 30, tzinfo=UTC)
    last = limits.last_decision(since)
    for days in (1, 2, 3):
        until = limits.opens_until(since, days)
        assert end_of(until, days) <= last < end_of(until + MINUTE, days)


def test_rolled_on_money_counts_from_the_day_it_was_paid_in(app):
    milestone = make_delivered()
    milestone.held_since -= timedelta(days=60)
    assert limits.answer_days(milestone) == 3
    milestone.held_since -= timedelta(days=24)
    with pytest.raises(WrongState):
        make_dispute(milestone)


def test_what_was_released_lately_can_be_claimed_although_the_rest_is_held_too_long(app):
    """Work on the rest goes on beside it, until its limit; the dispute ends the step, or gives it its own end back."""
    late(milestone := make_delivered())
    milestone.review_until = None
    milestones.approve(milestone, people.ada(), Money(100_000))
    clock.move(2 * MINUTE)
    with pytest.raises(Invalid):
        make_dispute(milestone, amount=100_001)
    dispute = make_dispute(milestone, amount=100_000)
    assert (dispute.answer_days, milestone.frozen_minor, milestone.work) == (3, 0, M.delivered)
    go_to(limit_of(milestone.held_since))
    clocks.end_holding(str(milestone.id))
    assert (milestone.status, milestone.held, dispute.status) == (M.disputed, Money(0), DisputeStatus.open)
    silent_until_the_team(dispute)
    make_decided(dispute, to_manager=40_000)
    assert (milestone.status, milestone.released_minor, milestone.returned_minor) == (M.resolved, 340_000, 60_000)


def test_withdrawn_after_the_rest_ended_the_step_ends_as_its_work_did(app):
    late(milestone := make_delivered())
    milestones.approve(milestone, people.ada(), Money(100_000))
    clock.move(2 * MINUTE)
    dispute = make_dispute(milestone, amount=100_000)
    go_to(limit_of(milestone.held_since))
    clocks.end_holding(str(milestone.id))
    commands.withdraw(dispute, people.ada())
    assert (milestone.status, milestone.released_minor) == (M.approved, 400_000)
    assert [transfer.disputed for transfer in transfers_for(f"milestone:{milestone.id}")] == [False, False]


def test_released_money_knows_no_such_day(app):
    milestone = make_approved()
    milestone.held_since -= timedelta(days=84)
    dispute = make_mediated(make_dispute(milestone))
    assert (dispute.answer_days, dispute.decide_by) == (3, calendar.deadline(5, dispute.mediation_at))


def test_a_worker_that_was_away_leaves_the_team_two_days_at_least(app):
    dispute = make_dispute(late(make_delivered()))
    go_to(limits.last_decision(dispute.milestone.held_since))
    begin_mediation(str(dispute.id))
    assert dispute.decide_by == about(calendar.deadline(2))


def test_what_is_handed_over_is_decided_before_day_90(app):
    dispute = make_dispute(late(make_delivered()))
    silent_until_the_team(dispute)
    pass_by(dispute.decide_by)
    hand_over(str(dispute.id))
    assert dispute.decide_by <= dispute.milestone.held_since + timedelta(days=90)


@pytest.mark.parametrize(("step", "ends"), [(make_delivered, {"released_minor": 250_000}), (make_funded, {"returned_minor": 250_000})])
def test_on_day_90_what_nobody_claims_ends_beside_a_dispute_nobody_decided(app, step, ends):
    milestone = step()
    milestone.due_at = None
    dispute = make_dispute(milestone)
    milestone.review_until = None
    go_to(limit_of(milestone.held_since) - timedelta(minutes=1))
    run_sweeps()
    assert milestone.free == Money(250_000)
    go_to(limit_of(milestone.held_since))
    run_sweeps()
    assert {name: getattr(milestone, name) for name in ends} == ends
    assert (milestone.status, milestone.held, dispute.undecided) == (M.disputed, Money(150_000), True)


LESS = {"en": "Both sides have 2 days each instead of 3", "bn": "দুই পক্ষই ৩ দিনের বদলে ২ দিন করে"}


@pytest.mark.parametrize("language", ["bn", "en"])
def test_form_page_and_letters_say_that_there_is_less_time_and_why(app, client, language):
    for person in (people.ada(), people.ben()):
        person.language = language
    late(milestone := make_delivered(), 2)
    db.session.commit()
    ada = sign_in(client, people.ada())
    assert LESS[language] in words(ada.get(f"/milestones/{milestone.id}/dispute"))
    dispute = make_dispute(milestone)
    run_jobs()
    assert LESS[language] in words(ada.get(f"/disputes/{dispute.id}"))
    told = [letter.get_body(("plain",)).get_content() for address in ("ada@example.com", "ben@example.com") for letter in letters(address)]
    assert len([text for text in told if LESS[language] in " ".join(text.split())]) == 2


@pytest.mark.parametrize(("language", "until", "over"), [("en", "can be disputed until", "cannot be disputed any more"),
                                                         ("bn", "জমা টাকা নিয়ে আপত্তি জানানো যাবে", "আর আপত্তি জানানো যাবে না")])
def test_the_contract_and_the_form_say_until_when_and_then_why_not(app, client, language, until, over):
    people.ada().language = language
    milestone = make_delivered()
    db.session.commit()
    ada = sign_in(client, people.ada())
    form, contract = f"/milestones/{milestone.id}/dispute", f"/contracts/{milestone.contract_id}"
    assert until in words(ada.get(form))
    late(milestone)
    clock.move(2 * MINUTE)
    sign_in(client, people.ada())
    page = ada.get(contract)
    assert over in words(page)
    assert read(page).find("a", href=form) is None
    assert (ada.get(form).status_code, over in words(ada.get(form))) == (409, True)
