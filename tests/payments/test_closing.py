"""A payment that is over, or was called off, leaves nothing at Stripe that could still be paid."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.payments import commands
from marketplace.payments.commands import checkout
from marketplace.payments.models import Card, PaymentStatus
from tests import people
from tests.factories.payments import AMOUNT, CANCEL, RETURN, make_paid, make_payment, make_row, new_subject
from tests.sandbox_program import DECLINED
from tests.worker import queued, run_jobs


@pytest.mark.parametrize(("status", "left", "closed"), [
    (PaymentStatus.pending, timedelta(), True), (PaymentStatus.pending, timedelta(minutes=1), False),
    (PaymentStatus.processing, timedelta(), False), (PaymentStatus.succeeded, timedelta(), False)])
def test_only_what_waits_for_its_payer_is_closed_at_its_time(app, status, left, closed):
    payment = make_row(people.ada())
    payment.status, payment.expires_at = status, clock.now() + left
    db.session.flush()
    checkout.expire_checkouts()
    assert [job.args for job in queued()] == [{"payment_id": str(payment.id)}] * closed


def test_a_payer_has_half_an_hour(app):
    assert timedelta(minutes=29) < checkout.deadline() - clock.now() <= timedelta(minutes=checkout.CHECKOUT_MINUTES)


def test_a_page_that_is_known_is_not_asked_for(stripe_app, world):
    payment = make_payment()
    asked = len(world.calls("GET", "/v1/"))
    checkout.mend_checkout(str(payment.id))
    assert len(world.calls("GET", "/v1/")) == asked


def test_for_a_payment_that_was_called_off_no_page_is_opened(stripe_app, world):
    world.fault("status:500", "/v1/checkout/sessions$", method="POST")
    payment = make_payment()
    commands.cancel_checkout(payment)
    checkout.mend_checkout(str(payment.id))
    assert world.call("GET", "checkout/sessions")["data"] == []


def test_a_page_of_which_we_did_not_hear_is_closed_too(stripe_app, world):
    world.fault("drop_after_commit", "/v1/checkout/sessions$", method="POST")
    payment = make_payment()
    commands.cancel_checkout(payment)
    checkout.close_page(str(payment.id))
    assert [page["status"] for page in world.call("GET", "checkout/sessions")["data"]] == ["expired"]


@pytest.fixture
def card(stripe_app, world):
    make_paid(world, keep_card=True)
    return db.session.query(Card).one()


def charge(card):
    return commands.charge_card(card=card, subject=new_subject(), contract="contract:1", business=card.business, person=people.ada(),
                                amount=AMOUNT, title="January", success_url=RETURN, cancel_url=CANCEL)


def test_a_charge_that_somebody_called_off_at_stripe_is_over_here(card, world):
    world.do(f"payment_methods/{card.stripe_payment_method_id}/card", number=DECLINED)
    world.fault("drop_after_commit", "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    intent = next(one for one in world.call("GET", "payment_intents")["data"] if one["metadata"].get("payment") == str(payment.id))
    world.call("POST", f"payment_intents/{intent['id']}/cancel")
    world.advance(timedelta(minutes=31))
    checkout.close_checkout(str(payment.id))
    assert payment.status == PaymentStatus.failed


def test_a_charge_that_was_paid_is_not_called_off_at_stripe(card, world):
    world.fault("drop_after_commit", "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    world.advance(timedelta(minutes=31))
    checkout.close_checkout(str(payment.id))
    assert (payment.status, world.calls("POST", "/cancel$")) == (PaymentStatus.succeeded, [])
    assert {call["parameters"]["customer"] for call in world.calls("GET", "/v1/payment_intents$")} == {card.stripe_customer_id}
