"""The line of a step's money, station by station: what, how much, since when, and whether it is there now."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.queries.money_line import line_of, money_line, pay_of
from marketplace.core import i18n
from marketplace.payments.models import TransferStatus as T
from marketplace.payments.queries.pay import Part, Pay
from tests.factories.contracts import make_approved

MOMENTS = {name: datetime(2026, 11, day, tzinfo=UTC) for day, name in enumerate(
    ("funded_at", "approved_at", "send_after", "released_at", "arrived_at", "refunded_at"), 1)}
FUNDED, APPROVED, SEND, RELEASED, ARRIVED, REFUNDED = MOMENTS
BARE = dict.fromkeys(("released_minor", "returned_minor", "rolled_minor", "frozen_minor", "prefunded_minor", "adrift_minor"), 0)
NAMES = {RELEASED: "sent_at", ARRIVED: "arrived_at", REFUNDED: "came_back_at"}
LESS, DAYS, CARD = "less the fee of $400", "1–2 working days after sending", "to the card it came from, 5–10 days"


def make(status: S, fee_bp: int = 1000, at: tuple[str, ...] = (), **columns: Any) -> Milestone:
    """A step of $4,000, in another currency than most."""
    moments = {name: MOMENTS[name] for name in at}
    return Milestone(status=status, called="First half", amount_minor=400_000, currency="USD", contract=Contract(fee_bp=fee_bp),
                     **(BARE | moments | columns))


def part(amount: int, status: T = T.due, at: tuple[str, ...] = (), **values: Any) -> Part:
    """One transfer of what was released."""
    moments = {name: MOMENTS[moment] for moment, name in NAMES.items() if moment in at}
    return Part(**({"amount": amount, "status": status, "send_after": MOMENTS[SEND], "check_reason": "", "small": False, "stopped": False,
                    "sent_at": None, "arrived_at": None, "came_back_at": None} | moments | values))


def line(milestone: Milestone, *parts: Part) -> list[tuple]:
    """Each station without its currency, which is the step's."""
    with i18n.speaking("en"):
        stations = money_line(milestone, Pay(parts))
    assert {station.currency for station in stations} == {"USD"}
    names = {moment: name for name, moment in MOMENTS.items()}
    return [(one.label, one.amount, names.get(one.at, ""), one.state, one.note) for one in stations]


def to_come(net: int = 360_000, less: str = LESS) -> list[tuple]:
    return [("Released to the manager", net, "", "later", less), ("To be sent", net, "", "later", ""),
            ("In the manager's bank", net, "", "later", DAYS)]


@pytest.mark.parametrize(("milestone", "stations"), [
    (make(S.planned), [("Paid in", 400_000, "", "later", ""), ("Held", 400_000, "", "later", "with us"), *to_come()]),
    (make(S.funding), [("Paid in", 400_000, "", "now", ""), ("Held", 400_000, "", "later", ""), *to_come()]),
    (make(S.funded, at=(FUNDED,)),
     [("Paid in", 400_000, FUNDED, "done", ""), ("Held", 400_000, "", "now", "with us"), *to_come()]),
    (make(S.funded, fee_bp=0, at=(FUNDED,)),
     [("Paid in", 400_000, FUNDED, "done", ""), ("Held", 400_000, "", "now", "with us"), *to_come(400_000, "")]),
], ids=["planned", "at the payment page", "paid in", "without a fee"])
def test_before_anything_has_left(app, milestone, stations):
    assert line(milestone) == stations


def test_what_left_for_elsewhere_is_not_the_managers(app):
    milestone = make(S.funded, returned_minor=100_000, rolled_minor=40_000, at=(FUNDED, REFUNDED))
    assert line(milestone)[1:] == [
        ("Held", 260_000, "", "now", "with us"), ("Returned", 100_000, REFUNDED, "done", CARD),
        ("Kept for the next step", 40_000, "", "done", ""), *to_come(234_000, "less the fee of $260")]


def test_while_a_part_is_held_that_is_where_the_money_is(app):
    milestone = make(S.delivered, released_minor=100_000, frozen_minor=1, at=(FUNDED, APPROVED, SEND))
    assert line(milestone, part(90_000))[1:] == [
        ("Held", 300_000, "", "now", "$0.01 of it disputed"),
        ("Released to the manager", 90_000, APPROVED, "done", "less the fee of $100"),
        ("To be sent", 90_000, SEND, "later", ""), ("In the manager's bank", 90_000, "", "later", DAYS)]


def test_what_was_released_of_a_step_whose_rest_is_held_is_shown_as_sent_and_arrived(app):
    milestone = make(S.delivered, released_minor=100_000, at=(FUNDED, APPROVED, SEND))
    assert line(milestone, part(90_000, T.sent, at=(RELEASED,)))[2:] == [
        ("Released to the manager", 90_000, APPROVED, "done", "less the fee of $100"), ("Sent", 90_000, RELEASED, "done", ""),
        ("In the manager's bank", 90_000, "", "later", DAYS)]
    assert line(milestone, part(90_000, T.arrived, at=(RELEASED, ARRIVED)))[3:] == [
        ("Sent", 90_000, RELEASED, "done", ""), ("In the manager's bank", 90_000, ARRIVED, "done", "")]


def test_each_part_is_shown_where_it_is(app):
    milestone = make(S.approved, released_minor=400_000, at=(FUNDED, APPROVED, SEND))
    stations = line(milestone, part(90_000, T.arrived, at=(RELEASED, ARRIVED)), part(180_000, T.sent, at=(RELEASED,)), part(90_000))
    assert stations[2:] == [
        ("Released to the manager", 360_000, APPROVED, "done", LESS), ("Sent", 270_000, RELEASED, "done", ""),
        ("To be sent", 90_000, SEND, "now", ""),
        ("In the manager's bank", 90_000, ARRIVED, "done", "$2,700 more 1–2 working days after sending")]


@pytest.mark.parametrize(("waiting", "note"), [
    ({}, ""), ({"check_reason": "cash_out"}, "when our team has had a look"),
    ({"status": T.held}, "as soon as the manager can be paid"),
    ({"status": T.held, "stopped": True}, "when our team has looked where the manager is paid"),
    ({"status": T.failed}, "it did not go through; we try again"), ({"small": True}, "too little to go alone: with the next pay"),
    ({"status": T.failed, "at": (REFUNDED,)}, "came back from the bank on Friday, 6 November; owed again"),
], ids=["its day", "looked at", "no account", "stopped", "refused", "small", "came back"])
def test_released_it_waits_to_be_sent_and_says_for_what(app, waiting, note):
    milestone = make(S.approved, released_minor=400_000, at=(FUNDED, APPROVED, SEND))
    assert line(milestone, part(360_000, **waiting))[1:] == [
        ("Held", None, "", "done", ""), ("Released to the manager", 360_000, APPROVED, "now", LESS),
        ("To be sent", 360_000, SEND, "later", note), ("In the manager's bank", 360_000, "", "later", DAYS)]


def test_sent_and_arrived(app):
    milestone = make(S.released, released_minor=400_000, at=(FUNDED, APPROVED, SEND, RELEASED))
    assert line(milestone, part(360_000, T.sent, at=(RELEASED,)))[2:] == [
        ("Released to the manager", 360_000, APPROVED, "done", LESS), ("Sent", 360_000, RELEASED, "now", ""),
        ("In the manager's bank", 360_000, "", "later", DAYS)]
    assert line(milestone, part(360_000, T.arrived, at=(RELEASED, ARRIVED)))[2:] == [
        ("Released to the manager", 360_000, APPROVED, "done", LESS), ("Sent", 360_000, RELEASED, "done", ""),
        ("In the manager's bank", 360_000, ARRIVED, "done", "")]


@pytest.mark.parametrize("gone", [T.sent, T.arrived])
def test_what_is_still_to_be_sent_is_where_it_is_now_when_some_has_gone(app, gone):
    milestone = make(S.approved, released_minor=400_000, at=(FUNDED, APPROVED, SEND))
    stations = line(milestone, part(90_000, gone, at=(RELEASED,)), part(270_000))
    assert stations[3:5] == [("Sent", 90_000, RELEASED, "done", ""), ("To be sent", 270_000, SEND, "now", "")]


def test_of_parts_that_came_back_the_last_is_told(app):
    milestone = make(S.approved, released_minor=400_000, at=(FUNDED, APPROVED, SEND))
    parts = [part(amount, T.failed, came_back_at=datetime(2026, 11, day, tzinfo=UTC)) for amount, day in ((3, 6), (1, 8), (2, 7))]
    assert line(milestone, *parts)[3] == ("To be sent", 6, SEND, "later", "came back from the bank on Sunday, 8 November; owed again")


def test_of_what_was_released_and_is_no_transfer_the_day_is_told(app):
    assert line(make(S.approved, released_minor=400_000, at=(FUNDED, SEND)))[3] == ("To be sent", 360_000, SEND, "later", "")


def test_what_the_bank_sent_back_to_stripe_is_not_in_the_bank(app):
    milestone = make(S.released, released_minor=400_000, at=(FUNDED, APPROVED, SEND, RELEASED))
    assert line(milestone, part(360_000, T.sent, at=(RELEASED, REFUNDED)))[3:] == [
        ("Sent", 360_000, RELEASED, "now", "came back from the bank on Friday, 6 November; goes again when the account is right"),
        ("In the manager's bank", 360_000, "", "later", DAYS)]


def test_the_line_of_a_step_has_where_its_pay_is(app):
    milestone = make_approved()
    [pay] = pay_of(milestone).parts
    assert (pay.amount, pay.status) == (360_000, T.due)
    assert line_of(milestone) == money_line(milestone, pay_of(milestone))
    assert [one.amount for one in line_of(milestone)] == [400_000, None, 360_000, 360_000, 360_000]


@pytest.mark.parametrize("status", [S.refunded, S.resolved])
def test_what_went_back_whole_has_no_way_to_the_manager(app, status):
    milestone = make(status, returned_minor=400_000, at=(FUNDED, REFUNDED))
    assert line(milestone) == [("Paid in", 400_000, FUNDED, "done", ""), ("Returned", 400_000, REFUNDED, "now", CARD)]


def test_what_a_decision_divided_has(app):
    milestone = make(S.resolved, released_minor=100_000, returned_minor=300_000, at=(FUNDED, APPROVED, REFUNDED))
    assert [(label, amount, state) for label, amount, _at, state, _note in line(milestone)[2:4]] == [
        ("Returned", 300_000, "done"), ("Released to the manager", 90_000, "now")]


@pytest.mark.parametrize(("adrift", "held", "note"), [
    (-1, 399_999, "$0.01 taken by the payer’s bank, which decides"), (1, 400_001, "$0.01 came back from the bank; we try again")])
def test_what_a_bank_moved_is_said(app, adrift, held, note):
    assert line(make(S.delivered, adrift_minor=adrift))[1] == ("Held", held, "", "now", note)
