"""What others hear when money becomes a manager's, and what waits besides its day."""
from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from marketplace.core import audit, clock
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments import commands, signals
from marketplace.payments.commands import sending, transfers
from marketplace.payments.models import TransferStatus
from tests import people
from tests.factories.payments import make_released, make_row
from tests.factories.payouts import fin, make_bank, make_owed, make_queued
from tests.payments.test_reversed import make_sent
from tests.worker import queued

GROSS, FEE = Money(300_000), Money(30_000)
LOST, FREE = f"contract:{uuid.uuid4()}", f"contract:{uuid.uuid4()}"


def test_a_release_is_told_with_all_that_belongs_to_it(app):
    payment, manager = make_row(people.ada()), begin(people.ben())
    heard = []

    def on_money_released(posting_id, **facts):
        heard.append((posting_id, facts))

    with signals.money_released.connected_to(on_money_released):
        make_released(payment, manager, GROSS, FEE)
    assert heard == [(books.by_key(f"release:{payment.subject}").id, {
        "manager": manager, "subject": payment.subject, "contract": payment.contract, "gross": GROSS, "fee": FEE})]


def test_what_a_contract_waits_for_is_asked_when_it_is_released_and_comes_on_top(app):
    """Both are said, and finance lets go only of what is its own to decide."""
    def on_payout_asked(contract):
        return "page_lost" if contract == LOST else None

    payment, manager, finance = make_row(people.ada()), begin(people.ben()), fin()
    act = {"manager": manager, "subject": payment.subject, "fee": Money(0), "send_after": clock.now()}
    with signals.payout_asked.connected_to(on_payout_asked):
        [lost] = commands.release(contract=LOST, gross=GROSS, check_reason="cash_out", key="a", **act)
        [free] = commands.release(contract=FREE, gross=GROSS, key="b", **act)
    assert (lost.check_reason, free.check_reason) == ("cash_out+page_lost", "")
    transfers.pass_check(lost, finance, "They sent their drafts by post.")
    assert lost.check_reason == "page_lost"
    told = audit.history(lost)[0]
    assert (told.action, told.details["check_reason"]) == ("transfer.pass_check", "cash_out+page_lost")
    for transfer in (lost, free):
        with pytest.raises(WrongState):
            transfers.pass_check(transfer, finance, "Again")


@pytest.mark.parametrize(("status", "again"), [("held", True), ("failed", True), ("due", False), ("sent", False)])
def test_only_what_was_held_or_refused_is_tried_again(app, status, again):
    transfer = make_owed(make_bank().manager, send_after=clock.now() + timedelta(days=1))
    transfer.status = status
    transfers.retry_transfer(transfer, fin())
    assert [job.args for job in queued() if job.task_name.endswith("begin_transfer")] == [{"transfer_id": str(transfer.id)}] * again
    assert (transfer.send_after <= clock.now()) == again


def test_what_a_person_pays_by_hand_is_not_tried_again(app):
    transfer = make_owed(make_queued().manager)
    transfers.begin_transfer(str(transfer.id))
    transfer.status = TransferStatus.failed
    transfers.retry_transfer(transfer, fin())
    assert [job for job in queued() if job.task_name.endswith("begin_transfer")] == []


def test_what_was_not_sent_is_tried_again_after_some_hours_and_says_why(app):
    transfer = make_owed(make_bank().manager)
    transfer.sent_at = clock.now()
    sending.owe_again(transfer, "x" * 301)
    assert (transfer.failure, transfer.manual_payout_id, transfer.sent_at) == ("x" * 300, None, None)
    wait = timedelta(hours=sending.RETRY_HOURS)
    assert wait - timedelta(minutes=1) < transfer.send_after - clock.now() <= wait


def test_what_stripe_sent_is_booked_in_the_currency_it_keeps(app):
    make_sent(Money(5_165, "USD"))
    [(_posting, minor, currency)] = books.cash_postings("tr_1")
    assert (minor, currency) == (-5_165, "USD")
