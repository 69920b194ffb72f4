"""A bank kept a part of a payment: what it left goes where it was decided, and Stripe's refusal stops nobody but finance."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.notifications.models import Notice
from marketplace.payments import commands
from marketplace.payments.models import Payment, PaymentStatus, RefundStatus
from tests import people
from tests.factories.payments import AMOUNT, make_paid
from tests.payments.test_debts import hear

KEPT = Money(300_000)
LEFT = AMOUNT - KEPT


@pytest.fixture
def payment(stripe_app, world, client) -> Payment:
    """A bank kept ৳3,000 of ৳7,000 that were held."""
    people.sam().language = "en"
    made = make_paid(world)
    identifier = world.do(f"charges/{made.stripe_charge_id}/dispute", amount=KEPT.minor)["id"]
    hear(world, client)
    world.do(f"disputes/{identifier}/decision", outcome="lost")
    hear(world, client)
    return made


def test_what_the_bank_left_is_held(payment):
    assert (payment.status, books.held(payment.subject)) == (PaymentStatus.lost, LEFT)


def test_it_is_asked_back_and_where_stripe_refuses_it_is_held_and_finance_told(payment, world, client):
    [refund] = commands.refund(subject=payment.subject, amount=LEFT, key="a")
    assert (refund.status, books.held(payment.subject)) == (RefundStatus.due, Money(0))
    hear(world, client)
    assert (refund.status, books.held(payment.subject), payment.status) == (RefundStatus.failed, LEFT, PaymentStatus.lost)
    assert "has been charged back; cannot issue a refund" in refund.failure
    assert [title for title in db.session.scalars(select(Notice.title)) if "refund" in title.lower()] != []


def test_where_stripe_takes_it_the_payment_stays_lost(payment, world, client, monkeypatch):
    """Stripe says that what is not disputed may be refunded; our sandbox says no, so its yes is said here."""
    [refund] = commands.refund(subject=payment.subject, amount=LEFT, key="a")
    answer = {"id": "re_1", "status": "succeeded", "balance_transaction": {"amount": -LEFT.minor, "currency": "bdt"}}
    monkeypatch.setattr(stripe, "create_refund", lambda wish, key: answer)
    hear(world, client)
    assert (refund.status, books.held(payment.subject), payment.status) == (RefundStatus.succeeded, Money(0), PaymentStatus.lost)
