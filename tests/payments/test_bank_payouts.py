"""Payouts to our own bank as Stripe tells of them, in any order and in its words."""
from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments.commands import bank, looking
from marketplace.payments.models import BankPayout, PayoutStatus

SENT = Money(500_000)
PAYOUT = {"id": "po_1", "automatic": False, "amount": SENT.minor, "currency": "bdt", "status": "pending", "arrival_date": 1_800_045_000}


@pytest.fixture
def told(app, monkeypatch):
    """What Stripe says of the payout; our balance there suffices."""
    ledger.fund("balance", milestone="milestone:x", contract="contract:1", business="business:1", amount=SENT + SENT, card_cost=Money(0),
                stripe_id="ch_1")
    answer = dict(PAYOUT)
    monkeypatch.setattr(stripe, "payout", lambda payout_id: answer | {"id": payout_id})
    return answer


def row() -> BankPayout | None:
    return db.session.query(BankPayout).one_or_none()


def in_bank() -> Money:
    return books.platform("bank")


@pytest.mark.parametrize(("status", "ours", "inside"), [
    ("pending", PayoutStatus.pending, SENT), ("in_transit", PayoutStatus.pending, SENT), ("paid", PayoutStatus.paid, SENT),
    ("failed", PayoutStatus.failed, Money(0)), ("canceled", PayoutStatus.failed, Money(0))])
def test_heard_of_for_the_first_time_at_any_point_of_its_life(told, machine_in_dhaka, status, ours, inside):
    told["status"] = status
    for _twice in range(2):
        bank.sync_bank_payout("po_1")
    assert (row().status, in_bank(), row().automatic, row().arrives_on) == (ours, inside, False, date(2027, 1, 15))


@pytest.mark.parametrize(("message", "why"), [("account closed", "account closed"), (None, "failed"), ("x" * 301, "x" * 300)])
def test_why_it_came_back_is_the_banks_word(told, message, why):
    told.update(status="failed", failure_message=message)
    bank.sync_bank_payout("po_1")
    assert row().failure == why


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_paid_and_then_sent_back_it_is_at_stripe_again(told, status):
    told["status"] = "paid"
    bank.sync_bank_payout("po_1")
    told["status"] = status
    bank.sync_bank_payout("po_1")
    assert (row().status, in_bank()) == (PayoutStatus.failed, Money(0))
    told["status"] = "paid"
    bank.sync_bank_payout("po_1")
    assert (row().status, in_bank()) == (PayoutStatus.failed, Money(0))


def test_one_that_stripe_made_by_itself_is_followed_once_finance_has_asked(told):
    told["automatic"] = True
    bank.sync_bank_payout("po_1")
    assert (row(), in_bank()) == (None, Money(0))
    assert looking.look_at({"object": "payout", "id": "po_1"})
    assert (row().automatic, in_bank()) == (True, SENT)
    told["status"] = "failed"
    bank.sync_bank_payout("po_1")
    assert (row().status, in_bank()) == (PayoutStatus.failed, Money(0))


def test_each_payout_is_its_own(told):
    told["automatic"] = True
    bank.sync_bank_payout("po_1", asked=True)
    bank.sync_bank_payout("po_2")
    assert in_bank() == SENT
    told["automatic"] = False
    bank.sync_bank_payout("po_2")
    assert in_bank() == SENT + SENT
    assert [one.stripe_payout_id for one in db.session.query(BankPayout).order_by(BankPayout.id)] == ["po_1", "po_2"]
