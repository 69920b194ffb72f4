"""A milestone's life and its money."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace.contracts.commands import funding, holds, milestones, refunds
from marketplace.contracts.models import ContractStatus, Milestone, MilestoneStatus
from marketplace.contracts.models.refund_request import RefundRequestStatus
from marketplace.contracts.queries.money_line import line_of
from marketplace.core import calendar, clock, i18n
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from marketplace.ledger import queries as books
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded, make_milestone
from tests.worker import letters, run_jobs, run_sweeps

S = MilestoneStatus


def held(milestone):
    return books.held(f"milestone:{milestone.id}")


def owed(milestone):
    return books.payable(f"manager:{milestone.contract.manager_id}")


def test_funding_holds_the_money_and_starts_the_deadline(app):
    milestone = make_funded()
    assert (milestone.status, held(milestone)) == (S.funded, Money(400_000))
    assert milestone.due_at > clock.now() + timedelta(days=14)


def test_delivery_opens_the_review_window_and_tells_the_business(app):
    before = clock.now()
    milestone = make_delivered()
    assert timedelta(days=7) <= milestone.review_until - before <= timedelta(days=9)
    run_jobs()
    assert any("First half" in letter["Subject"] for letter in letters("ada@example.com"))


def test_approval_moves_held_money_to_the_manager_less_the_fee(app):
    milestone = make_approved()
    assert (milestone.status, held(milestone), owed(milestone)) == (S.approved, Money(0), Money(360_000))
    assert milestone.send_after == calendar.deadline(3, milestone.approved_at)


@pytest.mark.parametrize(("clean", "days"), [(0, 3), (2, 3), (3, 1), (9, 1), (10, 0), (40, 0)])
def test_the_hold_is_shorter_for_those_who_have_worked_cleanly(app, clean, days):
    contract = make_contract()
    contract.manager.clean_contracts = clean
    assert holds.hold_days(contract) == days


def dhaka(*parts):
    return datetime(*parts, tzinfo=clock.DHAKA)


def at(moment):
    """Move the clock on to a moment that lies ahead."""
    clock.move(moment - clock.now())


@pytest.mark.parametrize(("approved", "sent"), [
    (dhaka(2030, 6, 3, 15), dhaka(2030, 6, 6, 15)), (dhaka(2030, 6, 3, 23), dhaka(2030, 6, 7, 9)),
    (dhaka(2030, 6, 3, 2), dhaka(2030, 6, 6, 9)), (dhaka(2030, 12, 13, 12), dhaka(2030, 12, 17, 9)),
    (dhaka(2030, 12, 12, 22), dhaka(2030, 12, 17, 9)),
])
def test_no_hold_ends_at_night_or_on_a_holiday(app, client, approved, sent):
    milestone = make_delivered()
    at(approved)
    page = people.sign_in(client, people.ada()).get(f"/milestones/{milestone.id}/approval").text
    with i18n.speaking("en"):
        assert i18n.moment(sent) in page
    milestones.approve(milestone, people.ada())
    assert abs(milestone.send_after - sent) < timedelta(minutes=1)
    [transfer] = transfers_for(f"milestone:{milestone.id}")
    assert transfer.send_after == milestone.send_after


def test_without_a_hold_it_is_sent_at_once_even_at_night(app):
    milestone = make_delivered()
    milestone.contract.manager.clean_contracts = holds.HOLD_NONE_AFTER
    at(dhaka(2030, 6, 3, 23))
    milestones.approve(milestone, people.ada())
    assert milestone.send_after == milestone.approved_at


@pytest.mark.parametrize(("delivered", "ends", "extended"), [
    (dhaka(2030, 6, 3, 23), dhaka(2030, 6, 11, 9), dhaka(2030, 6, 16, 9)),
    (dhaka(2030, 12, 9, 12), dhaka(2030, 12, 17, 9), dhaka(2030, 12, 22, 9)),
    (dhaka(2030, 12, 4, 12), dhaka(2030, 12, 11, 12), dhaka(2030, 12, 17, 9)),
])
def test_silence_speaks_only_in_the_day(app, delivered, ends, extended):
    milestone = make_funded()
    at(delivered)
    make_delivered(milestone)
    assert abs(milestone.review_until - ends) < timedelta(minutes=1)
    milestones.extend_review(milestone, people.ada())
    assert abs(milestone.review_until - extended) < timedelta(minutes=1)


def test_silence_releases_after_the_window_and_waits_longer_before_sending(app):
    milestone = make_delivered()
    clock.move(milestone.review_until - clock.now() - timedelta(minutes=1))
    run_sweeps()
    assert milestone.status == S.delivered
    clock.move(timedelta(minutes=2))
    run_sweeps()
    assert (milestone.status, milestone.approved_by_silence, owed(milestone)) == (S.approved, True, Money(360_000))
    assert milestone.send_after == calendar.deadline(6, milestone.approved_at)


def test_one_tap_adds_five_days_once(app):
    milestone = make_delivered()
    before = milestone.review_until
    milestones.extend_review(milestone, people.ada())
    assert milestone.review_until - before >= timedelta(days=5)
    with pytest.raises(WrongState):
        milestones.extend_review(milestone, people.ada())


def test_three_reminders_then_no_more(app):
    assert reminded_to_the_end(make_delivered()) == 3


def reminded_to_the_end(milestone):
    """How many reminders come while the clock goes to each until none is left."""
    begun = len(reminders())
    while milestone.remind_at:
        clock.move(milestone.remind_at - clock.now() + timedelta(seconds=1))
        run_sweeps()
    return len(reminders()) - begun


def reminders():
    return [one for one in letters("ada@example.com") if "waits for you" in one["subject"]]


def test_more_days_are_reminded_of_as_well(app):
    milestone = make_delivered()
    reminded_to_the_end(milestone)
    milestones.extend_review(milestone, people.ada())
    assert milestone.remind_at == milestone.review_until - timedelta(hours=24)
    assert reminded_to_the_end(milestone) == 2


def test_more_days_are_asked_once_a_step_also_when_it_is_handed_in_again(app):
    milestone = make_delivered()
    milestones.extend_review(milestone, people.ada())
    milestones.ask_changes(milestone, people.ada(), "Brighter pictures.")
    make_delivered(milestone)
    with pytest.raises(WrongState):
        milestones.extend_review(milestone, people.ada())


def test_changes_are_bounded_and_stop_the_clock(app):
    milestone = make_delivered()
    for number in (1, 2):
        milestones.ask_changes(milestone, people.ada(), "Brighter pictures.")
        assert (milestone.status, milestone.review_until, milestone.changes_used) == (S.changes_asked, None, number)
        milestones.deliver(milestone, people.ben(), "Brighter.", [])
    with pytest.raises(Invalid):
        milestones.ask_changes(milestone, people.ada(), "Once more.")


def test_the_manager_agrees_and_the_money_is_set_aside_to_go_back(app):
    milestone = make_funded()
    request = refunds.ask_refund(milestone, people.ada(), "The shop closes.")
    with pytest.raises(WrongState):
        refunds.ask_refund(milestone, people.ada(), "Again.")
    refunds.give_back(milestone, people.ben())
    assert (milestone.status, request.status, held(milestone)) == (S.refunded, RefundRequestStatus.agreed, Money(0))


def test_a_declined_refund_leaves_the_money_held(app):
    milestone = make_funded()
    request = refunds.ask_refund(milestone, people.ada(), "The shop closes.")
    refunds.decline_refund(request, people.ben())
    assert (milestone.status, held(milestone)) == (S.funded, Money(400_000))


def test_an_approval_overtakes_a_wish_for_the_money_back(app):
    milestone = make_delivered()
    request = refunds.ask_refund(milestone, people.ada(), "Late.")
    milestones.approve(milestone, people.ada())
    assert request.status == RefundRequestStatus.withdrawn


def test_nothing_is_paid_in_on_a_contract_that_is_ending(app):
    milestone = make_milestone()
    milestone.contract.move("end")
    with pytest.raises(WrongState):
        funding.start_funding(milestone, people.ada(), "/", "/")
    assert milestone.contract.status == ContractStatus.ending


ACTS = {
    "deliver": lambda row: milestones.deliver(row, people.ben(), "Done.", []),
    "approve": lambda row: milestones.approve(row, people.ada()),
    "ask_changes": lambda row: milestones.ask_changes(row, people.ada(), "x"),
    "refund": lambda row: refunds.give_back(row, people.ben()),
}
ALLOWED = {("funded", "deliver"), ("funded", "refund"), ("delivered", "approve"), ("delivered", "ask_changes"), ("delivered", "refund"),
           ("changes_asked", "deliver"), ("changes_asked", "refund")}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", [s.value for s in S if s != S.disputed])  # what goes on beside a claim: tests/disputes
def test_every_act_in_every_state(app, status, act):
    milestone = make_delivered() if status in {"delivered", "changes_asked"} else make_funded()
    db.session.execute(text("update milestones set status = :status where id = :id"), {"status": status, "id": milestone.id})
    db.session.refresh(milestone)
    before = held(milestone)
    if (status, act) in ALLOWED:
        ACTS[act](milestone)
        assert milestone.status != status
    else:
        with pytest.raises(InvalidTransition):
            ACTS[act](milestone)
        assert (milestone.status, held(milestone)) == (status, before)


def test_four_approvals_at_once_release_once(committed):
    key = make_delivered().id
    db.session.commit()

    def approve(_):
        with committed.app_context():
            try:
                milestones.approve(db.session.get(Milestone, key), people.ada())
                db.session.commit()
            except WrongState:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(approve, range(4))) == 1
    milestone = db.session.get(Milestone, key)
    assert (held(milestone), owed(milestone)) == (Money(0), Money(360_000))
    assert db.session.scalar(text("select count(*) from transfers")) == 1


@pytest.mark.parametrize(("make", "states"), [
    (make_milestone, "later later later later later"), (make_funded, "done now later later later"),
    (make_delivered, "done now later later later"), (make_approved, "done done now later later"),
])
def test_the_money_line_says_where_the_money_is(app, make, states):
    with app.test_request_context():
        assert [station.state for station in line_of(make())] == states.split()
