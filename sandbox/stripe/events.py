"""Events: what happened, as a snapshot; listed for 30 days and sent as signed webhooks."""

import hashlib
import hmac
import json
import time

from sandbox.stripe.lists import earliest, page
from sandbox.stripe.params import Params
from sandbox.stripe.store import API_VERSION, PLATFORM, Store, public

LISTED_SECONDS = 30 * 86_400
PLATFORM_EVENTS = frozenset({
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
    "checkout.session.expired", "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
    "payment_intent.processing", "charge.refunded", "refund.created", "refund.updated", "refund.failed",
    "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated", "transfer.created", "transfer.updated", "transfer.reversed",
    "payout.created", "payout.paid", "payout.failed", "payout.canceled", "payout.updated",
})  # fmt: skip
CONNECT_EVENTS = frozenset({
    "account.updated", "capability.updated", "payout.paid", "payout.failed", "payout.canceled", "payout.updated",
})  # fmt: skip


def emit(store: Store, kind: str, thing: dict, previous: dict | None = None) -> None:
    """Keep the event and send it to the endpoint that listens. `previous`: public fields as they were."""
    data = {"object": public(thing)} | ({"previous_attributes": public(previous)} if previous else {})
    is_sent = kind in (PLATFORM_EVENTS if store.account == PLATFORM else CONNECT_EVENTS)
    event = {
        "api_version": API_VERSION, "data": data, "livemode": False, "pending_webhooks": int(is_sent),
        "request": {"id": store.request.id, "idempotency_key": store.request.idempotency_key}, "type": kind,
    }  # fmt: skip
    if store.account != PLATFORM:
        event["account"] = store.account
    event = store.add("event", "evt", **event)
    if is_sent:
        send(store, event)


def send(store: Store, event: dict) -> None:
    """Deliver (again). Each attempt is signed anew, by wall time as Stripe does."""
    url, secret = _endpoint(store)
    body = json.dumps(event, indent=2).encode()
    store.world.webhooks.deliver(url, lambda: (_headers(body, secret), body), vendor="stripe", event=event["type"])


def signature(body: bytes, secret: str, moment: int) -> str:
    """The value of the Stripe-Signature header."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def index(store: Store, params: Params) -> dict:
    """GET /v1/events: the last 30 days, of this account alone."""
    single = params.text("type")
    types = params.texts("types") or ([single] if single else [])
    oldest = max(store.now() - LISTED_SECONDS + 1, earliest(params))
    found = [event for event in store.all("event", oldest) if not types or any(_fits(event["type"], kind) for kind in types)]
    return page(found, params, "/v1/events")


def _fits(kind: str, wanted: str) -> bool:
    """`charge.*` fits all charge events."""
    return kind.startswith(wanted[:-1]) if wanted.endswith("*") else kind == wanted


def _endpoint(store: Store) -> tuple[str, str]:
    settings, base = store.world.settings, f"{store.world.web_url}/webhooks/stripe"
    if store.account == PLATFORM:
        return base, settings["STRIPE_WEBHOOK_SECRET"]
    return f"{base}/connect", settings["STRIPE_CONNECT_WEBHOOK_SECRET"]


def _headers(body: bytes, secret: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": signature(body, secret, int(time.time())),
    }
