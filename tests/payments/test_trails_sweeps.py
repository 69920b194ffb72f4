"""What each sweep takes up, and what it leaves alone: the jobs it queues, to the last column."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.payments import commands
from marketplace.payments.commands import payout_accounts, receipts, reconciliation, refunds, reversals, transfers
from marketplace.payments.models import RefundStatus, Reversal, ReversalStatus, Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_released, make_row
from tests.factories.payouts import make_bank, make_owed, make_queued
from tests.trail import trail

LATER = timedelta(hours=1)


@pytest.fixture
def forgotten(app):
    """Jobs are lost between what queued them and the sweep."""
    yield lambda: db.session.execute(text("delete from procrastinate_jobs"))


def test_refunds_that_stripe_was_never_asked_for(forgotten):
    for key, status in (("due", RefundStatus.due), ("pending", RefundStatus.pending), ("failed", RefundStatus.failed)):
        [refund] = commands.refund(subject=make_row(people.ada()).subject, amount=Money(100), key=key)
        refund.status = status
    forgotten()
    with trail("sweep_of_refunds"):
        refunds.send_what_is_left()


def reversal(status: ReversalStatus, transfer: TransferStatus) -> None:
    """Part of pay that is taken back, and where that pay is."""
    released = make_released(make_row(people.ada()), begin(people.ben()))
    released.status = transfer
    db.session.add(Reversal(transfer_id=released.id, operation=f"{status}:{transfer}", status=status, gross_minor=100, fee_minor=10))


def test_reversals_that_may_go_on(forgotten):
    """What is being sent is finished first; what Stripe was asked for is looked at whatever happened since."""
    for status, transfer in ((ReversalStatus.due, TransferStatus.sent), (ReversalStatus.due, TransferStatus.sending),
                             (ReversalStatus.asking, TransferStatus.sending), (ReversalStatus.recovered, TransferStatus.sent),
                             (ReversalStatus.returned, TransferStatus.sent)):
        reversal(status, transfer)
    forgotten()
    with trail("sweep_of_reversals"):
        reversals.take_up_reversals()


def owed(person, **changes) -> Transfer:
    """What is due now, but for these changes."""
    transfer = make_owed(begin(person), 100_000)
    for name, value in changes.items():
        setattr(transfer, name, value)
    return transfer


def test_pay_that_may_be_sent(forgotten):
    ben, eve = make_bank().manager.person, people.eve()
    going = [owed(ben), owed(eve), owed(ben, status=TransferStatus.failed), owed(ben, status=TransferStatus.held),
             owed(ben, gather_after=clock.now()), owed(ben, status=TransferStatus.sending, check_reason="cash_out")]
    owed(eve, status=TransferStatus.held)
    owed(ben, send_after=clock.now() + LATER)
    owed(ben, check_reason="cash_out")
    owed(ben, disputed=True)
    owed(ben, gather_after=clock.now() + LATER)
    owed(ben, status=TransferStatus.sent)
    queued = make_queued(people.sam())
    owed(ben, status=TransferStatus.sending, manual_payout_id=queued.id)
    forgotten()
    with trail("sweep_of_transfers"):
        transfers.send_what_is_due()
    taken = db.session.scalars(text("select args->>'transfer_id' from procrastinate_jobs")).all()
    assert sorted(taken) == sorted(str(transfer.id) for transfer in going)


def test_accounts_whose_wait_is_over_and_queues_left_behind(forgotten):
    eve, sam = people.eve(), people.sam()
    make_queued().account.move("replace")
    first, second = make_bank(eve, number="7777 666 555444"), make_bank(eve, number="9999 888 777666")
    make_bank(sam, number="6666 555 444333")
    make_bank(sam, number="8888 777 666555").takes_over_at = clock.now()
    assert (first.status, second.status) == ("current", "waiting")
    forgotten()
    with trail("sweep_of_accounts"):
        payout_accounts.let_accounts_take_over()


def test_receipts_that_nobody_drew(forgotten):
    old, drawn, fresh = (receipts.order_receipt(make_row(people.ada())) for _number in range(3))
    drawn.csv_id = receipts._kept(drawn, b"x", "text/csv", "csv").id
    old.created_at = drawn.created_at = clock.now() - receipts.STALE
    forgotten()
    with trail("sweep_of_receipts"):
        receipts.take_up_receipts()
    assert fresh.created_at > old.created_at


def test_a_comparison_a_day(forgotten):
    with trail("sweep_of_comparisons"):
        reconciliation.reconcile_daily()
    clock.move(reconciliation.DAILY)
    with trail("sweep_of_comparisons_a_day_later"):
        reconciliation.reconcile_daily()
