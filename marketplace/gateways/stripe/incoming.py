"""A business's money at Stripe: pages, cards, charges, and what goes back."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from marketplace.gateways.stripe.asking import pages, read, since, write


def create_session(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Open a Checkout page."""
    return write(lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": key}))


def session(session_id: str) -> dict[str, Any]:
    """A Checkout page as it is now, with its payment, charge and balance transaction."""
    expand = ["payment_intent.latest_charge.balance_transaction"]
    return read(lambda client: client.v1.checkout.sessions.retrieve(session_id, {"expand": expand}))


def sessions_since(moment: datetime) -> Iterator[dict[str, Any]]:
    """Checkout pages opened since, newest first."""
    return pages(lambda client, page: client.v1.checkout.sessions.list({"created": since(moment), **page}))


def expire_session(session_id: str, key: str) -> dict[str, Any]:
    """Close a Checkout page that nobody has paid on. Refused when it is not open any more."""
    return write(lambda client: client.v1.checkout.sessions.expire(session_id, {}, {"idempotency_key": key}))


def create_customer(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Make a payer known, so that cards can be kept."""
    return write(lambda client: client.v1.customers.create(params, {"idempotency_key": key}))


def create_intent(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Charge a saved card at once. Declined when the bank refuses, or wants its customer to answer (`authentication_required`)."""
    return write(lambda client: client.v1.payment_intents.create(params, {"idempotency_key": key}))


def intents_of(customer_id: str, moment: datetime) -> Iterator[dict[str, Any]]:
    """A customer's payment intents since a moment, newest first, as `intent` gives them but for what is inside them."""
    wish = {"customer": customer_id, "created": since(moment)}
    return pages(lambda client, page: client.v1.payment_intents.list({**wish, **page}))


def intent(intent_id: str) -> dict[str, Any]:
    """A payment intent as it is now, with its charge and balance transaction."""
    return read(lambda client: client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge.balance_transaction"]}))


def cancel_intent(intent_id: str, key: str) -> dict[str, Any]:
    """Let nothing be paid on a payment intent any more. Refused when it was paid."""
    return write(lambda client: client.v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key}))


def detach_payment_method(method_id: str, key: str) -> dict[str, Any]:
    """Forget a saved card. Refused when it is forgotten already."""
    return write(lambda client: client.v1.payment_methods.detach(method_id, {}, {"idempotency_key": key}))


def create_refund(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Give money back to the card."""
    return write(lambda client: client.v1.refunds.create(params, {"idempotency_key": key}))


def refunds_of(charge_id: str) -> Iterator[dict[str, Any]]:
    """All refunds of a charge, with their balance transactions."""
    expand = ["data.balance_transaction"]
    return pages(lambda client, page: client.v1.refunds.list({"charge": charge_id, "expand": expand, **page}))
