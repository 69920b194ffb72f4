"""Webhooks: signed, full, to the right endpoint, again until taken; and the sweep that finds what was missed."""

import json

import pytest
import stripe

from tests.sandbox.listener import Listener
from tests.sandbox.stripe.merchant import Merchant

PLATFORM, CONNECT = "/webhooks/stripe", "/webhooks/stripe/connect"


def heard(merchant: Merchant, listener: Listener, path: str = PLATFORM) -> list[str]:
    assert merchant.world.webhooks.wait_until_idle()
    return [json.loads(post.body)["type"] for post in listener.posts() if post.path == path]


def test_events_are_signed_for_the_sdk_to_verify(merchant: Merchant, listener: Listener):
    session = merchant.session(metadata={"payment": "1"})
    merchant.type_card(session)
    assert heard(merchant, listener) == ["payment_intent.succeeded", "checkout.session.completed"]
    post = listener.posts()[-1]
    event = stripe.Webhook.construct_event(post.body, post.headers["Stripe-Signature"], "whsec_sandbox_platform")
    assert event.data.object.id == session.id
    assert event.data.object.metadata["payment"] == "1"
    assert event.api_version == "2026-10-28.endive"
    assert event.to_dict() == merchant.api.events.retrieve(event.id).to_dict()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(post.body, post.headers["Stripe-Signature"], "whsec_sandbox_connect")


def test_connected_accounts_have_their_own_endpoint_and_secret(merchant: Merchant, listener: Listener):
    account = merchant.onboarded()
    assert heard(merchant, listener, CONNECT) == ["account.updated", "capability.updated"]
    assert heard(merchant, listener) == []
    post = listener.posts()[0]
    event = stripe.Webhook.construct_event(post.body, post.headers["Stripe-Signature"], "whsec_sandbox_connect")
    assert event.account == account


def test_signatures_use_wall_time_whatever_the_clock_says(merchant: Merchant, listener: Listener):
    merchant.world.advance(40 * 86_400)
    merchant.paid()
    assert heard(merchant, listener)
    post = listener.posts()[0]
    stripe.Webhook.construct_event(post.body, post.headers["Stripe-Signature"], "whsec_sandbox_platform", tolerance=300)


def test_a_refused_delivery_comes_again(merchant: Merchant, listener: Listener):
    listener.statuses = [500, 200]
    merchant.session()
    merchant.api.payment_intents.create({"amount": 100, "currency": "bdt", "payment_method": "pm_card_visa", "confirm": True})
    assert merchant.world.webhooks.wait_until_idle()
    merchant.world.advance(60)
    assert heard(merchant, listener) == ["payment_intent.succeeded"] * 2
    assert len({json.loads(post.body)["id"] for post in listener.posts()}) == 1


def test_faults_duplicate_and_drop(merchant: Merchant, listener: Listener):
    merchant.world.faults.add({"on": "webhook", "event": "payment_intent.succeeded", "mode": "duplicate", "copies": 3})
    merchant.world.faults.add({"on": "webhook", "event": "checkout.session.completed", "mode": "drop"})
    merchant.paid()
    assert heard(merchant, listener) == ["payment_intent.succeeded"] * 3
    assert merchant.events()[-1] == "checkout.session.completed", "a sweep still finds it"


def test_an_event_can_be_sent_again(merchant: Merchant, listener: Listener):
    merchant.paid()
    event = merchant.api.events.list({"type": "checkout.session.completed"}).data[0]
    merchant.control(f"events/{event.id}/resend")
    assert heard(merchant, listener).count("checkout.session.completed") == 2


def test_events_are_listed_by_type_for_thirty_days(merchant: Merchant):
    merchant.paid()
    listed = merchant.api.events.list({"types": ["payment_intent.*"]})
    assert [event.type for event in listed.data] == ["payment_intent.succeeded", "payment_intent.created"]
    merchant.world.advance(31 * 86_400)
    assert merchant.api.events.list().data == []


def test_a_call_that_was_undone_sends_nothing(merchant: Merchant, listener: Listener):
    charge = merchant.paid()
    heard(merchant, listener)
    before = len(listener.posts())
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.refunds.create({"charge": charge.id, "amount": 500_001})
    heard(merchant, listener)
    assert len(listener.posts()) == before
    assert merchant.api.charges.retrieve(charge.id).amount_refunded == 0
