"""Where pay is, part by part, and whether a bank decides about a business's held money."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.managers.commands import begin
from marketplace.payments import queries
from marketplace.payments.models import Chargeback, ChargebackStatus, Doubt, Payment, PayoutCheck, Transfer, TransferStatus
from marketplace.payments.queries.debts import bank_decides
from marketplace.payments.queries.pay import Part
from tests import people
from tests.factories.payments import make_chargeback, make_row
from tests.factories.payouts import make_bank, make_owed


def pay(transfer: Transfer) -> list[Part]:
    db.session.flush()
    return list(queries.pays_of([transfer.subject])[transfer.subject].parts)


def test_each_part_is_told_with_all_its_moments_the_oldest_first(app):
    moments = [clock.now() + timedelta(hours=hours) for hours in range(4)]
    first = make_owed(make_bank().manager, 100_000)
    second, gone, elsewhere = (make_owed(first.manager, minor) for minor in (200_000, 300_000, 400_000))
    second.subject = gone.subject = first.subject
    gone.status = TransferStatus.reversed
    db.session.flush()
    first.send_after, first.sent_at, first.arrived_at, first.came_back_at = moments
    first.reversed_minor, first.status, first.check_reason = 30_000, TransferStatus.arrived, "cash_out"
    assert pay(first) == [
        Part(70_000, TransferStatus.arrived, *moments, "cash_out", small=False, stopped=False),
        Part(200_000, TransferStatus.due, second.send_after, None, None, None, "", small=False, stopped=False)]
    assert [part.amount for part in pay(elsewhere)] == [400_000]


@pytest.mark.parametrize(("status", "gathers", "small"), [("due", True, True), ("due", False, False), ("held", True, False)])
def test_what_waits_for_more_is_small_while_it_is_due(app, status, gathers, small):
    transfer = make_owed(begin(people.ben()))
    transfer.status, transfer.gather_after = status, clock.now() if gathers else None
    assert [part.small for part in pay(transfer)] == [small]


def test_only_the_pay_of_whom_the_team_looks_at_is_stopped(app):
    account, other = make_bank(), make_bank(people.eve())
    mine, theirs = make_owed(account.manager), make_owed(other.manager)
    db.session.add(PayoutCheck(account=account, manager=account.manager, doubt=Doubt.not_me))
    assert [part.stopped for transfer in (mine, theirs) for part in pay(transfer)] == [True, False]


def take(payment: Payment, amount: Money) -> Chargeback:
    """The bank takes so much back."""
    chargeback = make_chargeback(payment, people.ben())
    ledger.charge_back(f"taken:{payment.id}", source=payment.source, subject=payment.subject, contract=payment.contract,
                       business=f"business:{payment.business_id}", amount=amount, stripe_id=chargeback.stripe_dispute_id)
    return chargeback


def test_a_bank_decides_about_what_it_took_of_held_money_until_it_has_decided(app):
    mine, theirs = make_row(people.ada()), make_row(people.eve())
    assert not bank_decides(mine.business_id)
    chargeback = take(mine, Money(100))
    assert (bank_decides(mine.business_id), bank_decides(theirs.business_id)) == (True, False)
    chargeback.status = ChargebackStatus.lost
    db.session.flush()
    assert not bank_decides(mine.business_id)


def test_what_a_bank_took_of_money_that_was_not_held_any_more_is_owed(app):
    payment = make_row(people.ada())
    ledger.begin_refund("gone", milestone=payment.subject, contract=payment.contract, business=f"business:{payment.business_id}",
                        amount=payment.amount, ad_spend=Money(0), source=payment.source)
    take(payment, Money(100))
    assert not bank_decides(payment.business_id)
