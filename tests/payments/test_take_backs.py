"""What a decision takes back, step by step, without asking Stripe: each once, in its order, and never more than there was."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments import commands
from marketplace.payments.commands import refunds, reversals
from marketplace.payments.models import PaymentStatus, RefundStatus, Reversal, ReversalStatus, Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_released, make_row
from tests.payments.test_reversal_amounts import make_due, there
from tests.payments.test_reversed import make_ours, make_sent
from tests.worker import queued

__all__ = ["there"]
NET = Money(630_000)


@pytest.fixture
def waiting(app) -> Transfer:
    """Pay that was not sent."""
    return make_released(make_row(people.ada()), begin(people.ben()))


def take_back(transfer: Transfer, gross: int, fee: int = 0) -> None:
    commands.take_back(subject=transfer.subject, contract=transfer.contract, business=transfer.payment.business, manager=transfer.manager,
                       gross=Money(gross), fee=Money(fee), key="decision:1")


def test_the_same_decision_takes_back_once(waiting):
    for _twice in range(2):
        take_back(waiting, 300_000, 30_000)
    assert (len(db.session.scalars(select(Reversal)).all()), waiting.amount) == (1, Money(360_000))


def test_a_decision_of_which_the_first_transfer_bears_nothing_is_known_again_too(waiting):
    other = make_released(make_row(people.ada()), waiting.manager)
    other.subject, waiting.reversed_minor = waiting.subject, waiting.amount_minor
    for _twice in range(2):
        take_back(waiting, 100)
    assert (db.session.scalars(select(Reversal)).one().operation, other.amount) == ("decision:1/1", Money(629_900))


@pytest.mark.parametrize(("gross", "fee"), [(630_001, 0), (0, 0), (100, 100)])
def test_more_than_was_released_and_nothing_at_all_is_refused(waiting, gross, fee):
    with pytest.raises(ledger.NotEnough):
        take_back(waiting, gross, fee)
    assert waiting.amount == NET


def test_another_managers_pay_for_the_same_is_left_alone(waiting):
    other = make_released(make_row(people.ada()), begin(people.eve()))
    other.subject = waiting.subject
    take_back(waiting, 630_000)
    assert (waiting.status, other.amount, other.status) == (TransferStatus.reversed, NET, TransferStatus.due)


@pytest.mark.parametrize(("status", "transfer_status"), [
    (ReversalStatus.due, TransferStatus.sending), (ReversalStatus.asking, TransferStatus.sent),
    (ReversalStatus.returned, TransferStatus.sent)])
def test_it_does_not_begin_while_it_is_being_sent_nor_twice(app, there, status, transfer_status):
    transfer = make_sent(NET)
    there(NET.minor)
    row = make_ours(transfer, 90_000, None, status)
    transfer.status = transfer_status
    reversals.begin_reversal(str(row.id))
    assert (row.status, row.attempt, queued()) == (status, 1, [])


def test_each_question_has_its_own_number(app, there):
    there(NET.minor)
    row = make_due(make_sent(NET), 90_000, attempt=1)
    reversals.begin_reversal(str(row.id))
    assert (row.status, row.attempt, [job.args for job in queued()]) == (ReversalStatus.asking, 2, [{"reversal_id": str(row.id)}])


def test_refused_twice_all_of_it_is_owed_whatever_was_asked_for(app):
    row = make_due(make_sent(NET), 90_000, attempt=2)
    row.asked_minor = 50_000
    reversals.begin_reversal(str(row.id))
    assert (row.status, row.reversed_minor, row.owed_minor) == (ReversalStatus.returned, 0, 90_000)
    assert books.owed_by(f"manager:{row.transfer.manager_id}") == Money(90_000)


def test_when_the_bank_has_decided_what_waited_for_that_payment_goes_on(app):
    transfer, other = make_sent(NET), make_sent(NET, people.eve(), "tr_2")
    waits = make_ours(transfer, 1, None, ReversalStatus.recovered)
    make_ours(transfer, 2, None, ReversalStatus.returned)
    make_ours(other, 3, None, ReversalStatus.recovered)
    reversals.resume(transfer.payment)
    assert [job.args for job in queued()] == [{"reversal_id": str(waits.id)}]


@pytest.mark.parametrize("outside", [False, True])
def test_what_goes_back_to_a_card_is_booked_in_what_stripe_took(app, outside):
    """Whether we asked for it or somebody did on Stripe's own pages."""
    payment = make_row(people.ada())
    if outside:
        refund = refunds._outside(payment, {"id": "re_1", "amount": 700, "currency": "bdt"})
    else:
        [refund] = commands.refund(subject=payment.subject, amount=Money(700), key="refund:1")
    refunds._apply(refund, {"id": "re_1", "status": "succeeded", "balance_transaction": {"amount": -6, "currency": "usd"}})
    [(posting, minor, currency)] = books.cash_postings("re_1")
    assert posting.key.startswith(refund.key)
    assert (minor, currency, refund.status, payment.status) == (-6, "USD", RefundStatus.succeeded, PaymentStatus.partly_refunded)
    assert books.held(payment.subject) == Money(699_300)
