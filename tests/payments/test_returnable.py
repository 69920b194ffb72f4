"""What of released money can still be taken back: each sum once, whatever took it before."""
from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.managers.models import Manager
from marketplace.payments.commands.returnable import left_with, rooms
from marketplace.payments.models import Payment, Reversal, ReversalStatus, Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_chargeback, make_released, make_row


@pytest.fixture
def payment(app) -> Payment:
    return make_row(people.ada())


@pytest.fixture
def manager(app) -> Manager:
    return begin(people.ben())


def released(payment: Payment, manager: Manager, minor: int, key: str) -> Transfer:
    """So much of a payment, without a fee."""
    return make_released(payment, manager, Money(minor), fee=Money(0), key=key)


def test_what_was_not_sent_gives_first(payment, manager):
    sent, waiting = released(payment, manager, 100_000, "a"), released(payment, manager, 200_000, "b")
    sent.status = TransferStatus.sent
    assert list(rooms([sent, waiting])) == [(waiting, 200_000), (sent, 100_000)]


def test_what_is_owed_by_a_fault_is_given_by_nobody_and_the_rest_once(payment, manager):
    """Two transfers of one payment share what is left of it."""
    transfers = [released(payment, manager, 100_000, "a"), released(payment, manager, 200_000, "b")]
    make_chargeback(payment, people.ben()).fault_minor = 150_000
    assert [room for _transfer, room in rooms(transfers)] == [100_000, 50_000]


@pytest.mark.parametrize(("fault", "left"), [(0, 100_000), (100_000, 0), (100_001, 0)])
def test_nothing_is_left_below_nothing(payment, manager, fault, left):
    released(payment, manager, 100_000, "a")
    make_chargeback(payment, people.ben()).fault_minor = fault
    assert left_with(manager, payment) == Money(left)


def test_the_faults_of_others_and_of_other_payments_are_not_ones_own(payment, manager):
    released(payment, manager, 100_000, "a")
    make_chargeback(payment, people.eve()).fault_minor = 1
    make_chargeback(make_row(people.ada()), people.ben()).fault_minor = 2
    released(payment, begin(people.eve()), 50_000, "b")
    assert left_with(manager, payment) == Money(100_000)


def reversal(transfer: Transfer, status: ReversalStatus, **values: int) -> None:
    db.session.add(Reversal(transfer_id=transfer.id, operation=str(status), currency="BDT", status=status, **values))


def test_what_is_asked_for_what_was_given_and_what_is_owed_count_once(payment, manager):
    """Withheld for debts was released too; what was returned counts where it was taken from, and what is owed besides."""
    transfer = released(payment, manager, 100_000, "a")
    transfer.withheld_minor, transfer.reversed_minor = 10_000, 5_000
    reversal(transfer, ReversalStatus.due, gross_minor=3_000, fee_minor=300, owed_minor=7)
    reversal(transfer, ReversalStatus.asking, gross_minor=200, fee_minor=20, owed_minor=7)
    reversal(transfer, ReversalStatus.returned, gross_minor=5_000, fee_minor=0, owed_minor=1_000)
    assert left_with(manager, payment) == Money(100_000 + 10_000 - 5_000 - 2_700 - 180 - 1_000)


def test_what_it_carries_for_another_payment_is_not_its_own(payment, manager):
    carrier, small = released(payment, manager, 100_000, "a"), released(make_row(people.ada()), manager, 900, "b")
    small.move("gather")
    small.gathered_into_id = carrier.id
    carrier.amount_minor += small.amount_minor
    assert left_with(manager, payment) == Money(100_000)
