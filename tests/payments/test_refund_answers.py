"""What Stripe answers about a refund, word by word, and what the row becomes."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.payments import commands, queries
from marketplace.payments.commands import refunds
from marketplace.payments.models import PaymentStatus, Refund, RefundStatus
from tests import people
from tests.factories.payments import AMOUNT, make_paid, make_row
from tests.payments.test_trails_outgoing import two_payments
from tests.sandbox_program import REFUND_FAILS

HALF = Money(350_000)


@pytest.fixture
def refund(app) -> Refund:
    """One that Stripe is asked for."""
    [refund] = commands.refund(subject=make_row(people.ada()).subject, amount=HALF, key="refund:1")
    return refund


@pytest.mark.parametrize(("answer", "status", "failure"), [
    ({"status": "pending"}, RefundStatus.pending, ""), ({"status": "requires_action"}, RefundStatus.pending, ""),
    ({"status": "canceled"}, RefundStatus.failed, "canceled"), ({"status": "failed"}, RefundStatus.failed, "failed"),
    ({"status": "failed", "failure_reason": "lost_or_stolen_card"}, RefundStatus.failed, "lost_or_stolen_card"),
    ({"status": "failed", "failure_reason": "x" * 301}, RefundStatus.failed, "x" * 300)])
def test_each_word_of_stripes_means_one_thing(refund, answer, status, failure):
    refunds._apply(refund, {"id": "re_1"} | answer)
    assert (refund.status, refund.failure, refund.stripe_refund_id) == (status, failure, "re_1")
    assert books.held(refund.subject) == (AMOUNT if failure else AMOUNT - HALF)


def test_what_is_over_does_not_begin_again(refund):
    """An older answer may come later."""
    refunds._apply(refund, {"id": "re_1", "status": "failed"})
    refunds._apply(refund, {"id": "re_1", "status": "pending"})
    assert refund.status == RefundStatus.failed


@pytest.mark.parametrize(("found", "ours"), [
    ({"id": "re_known", "metadata": {}, "amount": 1}, True), ({"id": "re_2", "metadata": {"operation": "key"}, "amount": 1}, True),
    ({"id": "re_2", "metadata": {}, "amount": HALF.minor}, True), ({"id": "re_2", "metadata": {}, "amount": 1}, False),
    ({"id": "re_2", "metadata": {"operation": "other"}, "amount": HALF.minor}, False)])
def test_a_refund_at_stripe_is_ours_by_its_id_by_our_key_or_by_what_waits_for_just_this_amount(refund, found, ours):
    refund.stripe_refund_id = "re_known"
    if operation := found["metadata"].get("operation"):
        found["metadata"]["operation"] = refund.key if operation == "key" else operation
    assert (refunds._row_of(refund.payment, found | {"currency": "bdt"}) is refund) == ours


def test_what_stripe_has_decided_about_is_not_taken_for_another_refund_of_that_amount(refund):
    refunds._apply(refund, {"id": "re_1", "status": "pending"})
    made = refunds._row_of(refund.payment, {"id": "re_2", "metadata": {}, "amount": HALF.minor, "currency": "bdt"})
    assert (made is refund, made.outside) == (False, True)


def test_what_somebody_gave_back_on_stripes_pages_meanwhile_is_this_refund(stripe_app, world):
    """Stripe refuses it then, for nothing is left to refund; looking finds it, and what was given back besides."""
    _other_money_at_stripe, payment = make_paid(world), make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=AMOUNT, key="refund:1")
    for amount in (payment.amount, payment.card_cost):
        world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=amount.minor)
    refunds._refused(refund, stripe.Refused("Charge has already been refunded.", code="charge_already_refunded"))
    assert (refund.status, refund.outside, books.held(payment.subject)) == (RefundStatus.succeeded, False, Money(0))
    assert [row.outside for row in queries.refunds_of(payment)] == [False, True]


@pytest.mark.parametrize(("back", "status"), [
    (1, PaymentStatus.partly_refunded), (739_999, PaymentStatus.partly_refunded), (740_000, PaymentStatus.refunded)])
def test_a_payment_is_refunded_whole_when_its_work_and_its_ads_are(app, back, status):
    payment = make_row(people.ada())
    payment.ad_spend_minor = 40_000
    db.session.add(Refund(payment_id=payment.id, subject=payment.holder, operation="all", amount_minor=back, status=RefundStatus.succeeded))
    db.session.flush()
    refunds._count(payment)
    assert payment.status == status


def test_what_comes_back_in_another_currency_is_booked_in_both(stripe_app, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    _other_money_at_stripe, payment = make_paid(world), make_paid(world, card=REFUND_FAILS)
    [refund] = commands.refund(subject=payment.subject, amount=HALF, key="refund:1")
    refunds.send_refund(str(refund.id))
    world.advance(timedelta(seconds=31))
    commands.sync_refunds(payment)
    theirs = world.call("GET", "balance")
    assert refund.status == RefundStatus.failed
    assert books.stripe_clearing("USD").minor == sum(part["amount"] for kind in ("available", "pending") for part in theirs[kind]
                                                     if part["currency"] == "usd")


def test_what_is_tried_again_is_of_its_own_payment(app):
    payment, second = two_payments()
    made = commands.refund(subject=payment.subject, amount=Money(250_000), key="refund:1")
    for number, refund in enumerate(made):
        refunds._apply(refund, {"id": f"re_{number}", "status": "failed"})
    commands.retry_refund(made[1])
    assert books.sources_of(payment.subject) == [(payment.source, Money(100_000)), (second.source, Money(150_000))]


def test_a_question_that_got_through_is_known_by_its_operation(stripe_app, world):
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=HALF, key="refund:1")
    world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=1000, **{"metadata[operation]": "another"})
    assert refunds._found(refund) is None
    made = world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=1000, **{"metadata[operation]": refund.key})
    assert refunds._found(refund)["id"] == made["id"]
