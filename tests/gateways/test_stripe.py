"""Each way a call to Stripe can end has one meaning."""
from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest

from marketplace.gateways import stripe
from marketplace.gateways.stripe import asking
from tests.payments.conftest import stripe_app  # noqa: F401 - the application at the sandbox
from tests.sandbox_program import sandbox_program, world  # noqa: F401 - the sandbox


@pytest.mark.parametrize("status", [500, 503, 409, 429])
def test_a_status_that_says_nothing_is_unanswered(stripe_app, world, status):  # noqa: F811
    world.fault(f"status:{status}", "/v1/refunds$", method="POST")
    with pytest.raises(stripe.Unanswered):
        stripe.create_refund({"charge": "ch_1"}, key="a")


@pytest.mark.parametrize("mode", ["drop_before", "drop_after_commit"])
def test_no_answer_is_unanswered(stripe_app, world, mode):  # noqa: F811
    world.fault(mode, "/v1/refunds$", method="POST")
    with pytest.raises(stripe.Unanswered):
        stripe.create_refund({"charge": "ch_1"}, key="a")


def test_what_stripe_does_not_know_is_refused_with_its_words(stripe_app, world):  # noqa: F811
    with pytest.raises(stripe.Refused, match="No such charge") as refusal:
        stripe.create_refund({"charge": "ch_1"}, key="a")
    assert refusal.value.code == "resource_missing"
    assert not isinstance(refusal.value, stripe.Declined)


def test_a_refused_card_is_declined(stripe_app, world):  # noqa: F811
    error = {"type": "card_error", "code": "card_declined", "message": "No."}
    world.fault("status:402", "/v1/refunds$", method="POST", body={"error": error})
    with pytest.raises(stripe.Declined, match="No"):
        stripe.create_refund({"charge": "ch_1"}, key="a")


def test_reading_is_tried_twice_and_writing_once(stripe_app, world):  # noqa: F811
    world.fault("status:500", "/v1/balance$", method="GET")
    assert stripe.balance()["object"] == "balance"
    world.fault("status:500", "/v1/refunds$", method="POST")
    with pytest.raises(stripe.Unanswered):
        stripe.create_refund({"charge": "ch_1"}, key="a")
    assert len(world.calls("POST", "/v1/refunds$")) == 1
    assert len(world.calls("GET", "/v1/balance$")) == 2


def test_writes_carry_our_key(stripe_app, world):  # noqa: F811
    with pytest.raises(stripe.Refused):
        stripe.create_refund({"charge": "ch_1"}, key="refund:1:1")
    assert [call["idempotency_key"] for call in world.calls("POST", "/v1/refunds$")] == ["refund:1:1"]


def test_a_list_is_read_to_its_end(stripe_app, world, monkeypatch):  # noqa: F811
    for _number in range(5):
        world.call("POST", "customers", email="a@example.com")
    monkeypatch.setattr(asking, "PAGE", 2)
    names = [one["id"] for one in asking.pages(lambda client, page: client.v1.customers.list(page))]
    assert len(set(names)) == 5


def test_a_silent_server_is_given_up_within_seconds(stripe_app, monkeypatch):  # noqa: F811
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(asking, "READ_SECONDS", 0.2)
        settings = stripe_app.extensions["settings"]
        stripe_app.extensions["settings"] = replace(settings, stripe_api_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(stripe.Unanswered):
            stripe.create_refund({"charge": "ch_1"}, key="a")
        assert time.monotonic() - began < 3
        stripe_app.extensions["settings"] = settings
    assert threading.active_count() < 50
