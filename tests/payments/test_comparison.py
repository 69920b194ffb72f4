"""What the books and Stripe say of one thing, side by side: which difference it is, and its sums."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger.models import Transaction
from marketplace.payments.commands import comparison
from marketplace.payments.models import BalanceTransaction
from tests.factories.payments import new_subject

SUBJECT = new_subject()
BDT, USD, EUR = "BDT", "USD", "EUR"


@pytest.fixture
def booked(app):
    """Write down that something moved, minor units by currency; `fee` is taken off it."""
    def book(currency, net, fee=0, thing="ch_1", subject=SUBJECT):
        number = next(numbers)
        ledger.book_adjustment(f"moved:{number}", account="losses", amount=Money(net + fee, currency), subject=subject, stripe_id=thing)
        if fee:
            ledger.pay_fee(f"fee:{number}", subject=SUBJECT, contract=None, fee=Money(fee, currency), stripe_id=thing)

    numbers = iter(range(100))
    return book


@pytest.fixture
def listed(app):
    """Let Stripe say that something moved."""
    def list_(currency, net, fee=0, type_="charge", thing="ch_1", ago=timedelta()):
        db.session.add(BalanceTransaction(
            stripe_id=f"txn_{next(numbers)}", type=type_, source=thing, amount_minor=net + fee, fee_minor=fee, net_minor=net,
            currency=currency, happened_at=clock.now() - ago))
        db.session.flush()

    numbers = iter(range(100))
    return list_


def found(thing="ch_1", until=timedelta(seconds=1)) -> list[tuple]:
    return [(one.stripe_id, one.currency, one.kind.value, one.ours, one.theirs, one.their_currency, one.subject)
            for one in comparison.differences([thing], clock.now() + until)]


def difference(kind, currency, ours, theirs, their_currency=None, subject=SUBJECT, thing="ch_1") -> tuple:
    return thing, currency, kind, ours, theirs, their_currency, subject


@pytest.mark.parametrize(("ours", "theirs", "differences"), [
    ([(BDT, 100)], [(BDT, 100)], []),
    ([(BDT, 97, 3)], [(BDT, 90, 3), (BDT, 7)], []),
    ([(BDT, 100), (USD, 5)], [(BDT, 100), (USD, 5)], []),
    ([(BDT, 100)], [], [("extra", BDT, 100, None)]),
    ([(BDT, 100), (BDT, -100)], [(BDT, 7)], [("missing", BDT, 0, 7)]),
    ([(BDT, 100)], [(BDT, 97, 3)], [("fee", BDT, 100, 97)]),
    ([(BDT, 95, 5)], [(BDT, 97, 3)], [("fee", BDT, 95, 97)]),
    ([(BDT, 100)], [(BDT, 90)], [("amount", BDT, 100, 90)]),
    ([(BDT, 100)], [(BDT, 90, 4)], [("amount", BDT, 100, 90)]),
    ([(BDT, 100), (BDT, 100)], [(BDT, 100)], [("duplicate", BDT, 200, 100)]),
    ([(BDT, 100), (BDT, 100), (BDT, 100)], [(BDT, 100)], [("amount", BDT, 300, 100)]),
    ([(BDT, 100), (BDT, 50)], [(BDT, 100)], [("amount", BDT, 150, 100)]),
    ([(BDT, 100), (USD, 50), (USD, 50)], [(BDT, 50), (USD, 100)], [("amount", BDT, 100, 50)]),
    ([(BDT, 1)], [(USD, 1)], [("currency", BDT, 1, 1, USD)]),
    ([(BDT, -1)], [(USD, -1)], [("currency", BDT, -1, -1, USD)]),
    ([(BDT, -100), (USD, 5)], [(USD, 5)], [("currency", BDT, -100, None)]),
    ([(BDT, 100), (USD, 5)], [(EUR, 1), (USD, 6)], [("currency", BDT, 100, 1, EUR), ("amount", USD, 5, 6)]),
    ([(BDT, 100), (USD, 5)], [(EUR, 1)], [("currency", BDT, 100, None), ("missing", EUR, None, 1), ("currency", USD, 5, None)]),
    ([(BDT, 100)], [(EUR, 1), (USD, 1)], [("currency", BDT, 100, None), ("missing", EUR, None, 1), ("missing", USD, None, 1)]),
    ([(BDT, -100)], [(USD, 1)], [("currency", BDT, -100, None), ("missing", USD, None, 1)]),
    ([(BDT, 100)], [(USD, -1)], [("currency", BDT, 100, None), ("missing", USD, None, -1)]),
])
def test_the_books_beside_stripes_list(booked, listed, ours, theirs, differences):
    for one in ours:
        booked(*one)
    for one in theirs:
        listed(*one)
    booked(BDT, 1, thing="ch_2")
    listed(BDT, 2, thing="ch_3")
    assert found() == [difference(*one) for one in differences]


@pytest.mark.parametrize(("type_", "kind"), [*((type_, kind.value) for type_, kind in comparison.UNKNOWN.items()),
                                             ("adjustment", "adjustment_unknown"), ("contribution", "adjustment_unknown")])
def test_what_only_stripe_has_is_called_by_its_type(listed, type_, kind):
    listed(BDT, 7, type_=type_)
    assert found() == [difference(kind, BDT, None, 7, subject="")]


@pytest.mark.parametrize(("thing", "type_", "kind"), [("dp_1", "adjustment", "dispute_unknown"), ("du_1", "adjustment", "dispute_unknown"),
                                                      ("du_1", "refund", "refund_unknown")])
def test_a_dispute_is_known_by_its_id(listed, thing, type_, kind):
    listed(BDT, -7, type_=type_, thing=thing)
    assert found(thing) == [difference(kind, BDT, None, -7, subject="", thing=thing)]


@pytest.mark.parametrize(("ago", "late"), [(comparison.LATE - timedelta(minutes=1), False), (comparison.LATE, True)])
def test_what_was_booked_long_after_it_moved_is_late(booked, listed, ago, late):
    for currency in (BDT, USD):
        listed(currency, 100, ago=ago if currency == USD else timedelta())
        booked(currency, 100)
    assert found() == [difference("late", USD, 100, 100)] * late


@pytest.mark.parametrize(("ours", "theirs", "kind"), [
    ((BDT, 7), (USD, 1), "currency"), ((BDT, 7), (BDT, 7), "late"), ((BDT, 7), (BDT, 8), "amount")])
def test_what_was_booked_for_nothing_in_particular_names_nothing(booked, listed, ours, theirs, kind):
    booked(*ours, subject=None)
    listed(*theirs, ago=comparison.LATE + timedelta(minutes=1))
    [one] = comparison.differences(["ch_1"], clock.now())
    assert (one.kind, one.subject) == (kind, "")


def test_just_a_day_later_is_not_late(booked, listed):
    booked(BDT, 100)
    listed(BDT, 100)
    moved, posted = db.session.query(BalanceTransaction).one(), db.session.query(Transaction).one()
    moved.happened_at = posted.created_at - comparison.LATE
    assert found() == []


def test_what_moved_in_the_very_moment_up_to_which_is_judged_is_judged(listed):
    listed(BDT, 100)
    moved = db.session.query(BalanceTransaction).one()
    assert len(list(comparison.differences(["ch_1"], moved.happened_at))) == 1


def test_what_differs_is_not_late_too(booked, listed):
    listed(BDT, 100, ago=comparison.LATE)
    booked(BDT, 90)
    assert found() == [difference("amount", BDT, 90, 100)]


@pytest.mark.parametrize(("ours", "theirs"), [(1, 0), (0, 1), (1, 1)])
def test_of_what_still_moves_nothing_is_said(booked, listed, ours, theirs):
    """Half of it may be older than the moment up to which is judged."""
    listed(USD, 100, ago=timedelta(hours=1))
    for _ in range(ours):
        booked(BDT, 90)
    for _ in range(theirs):
        listed(BDT, 100)
    assert found(until=-timedelta(minutes=1)) == []
    assert found() != []


def test_things_are_judged_each_by_itself(booked, listed):
    booked(BDT, 100)
    listed(BDT, 100, thing="ch_2")
    assert [one.stripe_id for one in comparison.differences(["ch_1", "ch_2"], clock.now())] == ["ch_1", "ch_2"]
