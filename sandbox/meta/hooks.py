"""Webhooks of pages: the callback is verified once, then every change of a subscribed page is posted, signed."""

import hashlib
import hmac
import json
import secrets

import requests

from sandbox.meta.store import Store
from sandbox.webhooks import RefusedDelivery

TIMEOUT = 10


def callback_url(store: Store) -> str:
    return f"{store.world.web_url}/webhooks/meta"


def announce(store: Store, page_id: str, field: str, value: dict) -> None:
    """Post a change of the page when it is subscribed to that field."""
    subscription = store.collection("subscriptions").get(page_id)
    if not subscription or field not in subscription["fields"]:
        return
    change = {"value": value, "field": field}
    body = raw_body({"entry": [{"id": page_id, "time": int(store.now()), "changes": [change]}], "object": "page"})
    event = f"{field}.{value.get('item', '')}.{value.get('verb', '')}"
    store.world.webhooks.deliver(callback_url(store), lambda: _request(store, body), vendor="meta", event=event)


def raw_body(payload: dict) -> bytes:
    """JSON as Meta writes it: everything beyond ASCII escaped, and slashes too. The signature covers these bytes."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _request(store: Store, body: bytes) -> tuple[dict[str, str], bytes]:
    _verify_callback(store)
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(store.app_secret, body)}
    return headers, body


def _verify_callback(store: Store) -> None:
    """Ask the callback to repeat a challenge, once. RefusedDelivery until it does."""
    callbacks, url = store.collection("callbacks"), callback_url(store)
    if url in callbacks:
        return
    challenge = str(secrets.randbelow(10**9))
    asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": store.world.settings["META_WEBHOOK_TOKEN"]}
    answer = requests.get(url, params=asked, timeout=TIMEOUT, allow_redirects=False)
    _journal(store, url, answer.status_code)
    if answer.status_code != 200 or answer.text != challenge:
        raise RefusedDelivery("the callback did not repeat the challenge")
    callbacks[url] = {"verified": store.now()}


def _journal(store: Store, url: str, status: int) -> None:
    store.world.journal.record(
        "meta", "GET", url, direction="out", event="hub.challenge", parameters={"hub.mode": "subscribe"}, status=status,
        answer="",
    )  # fmt: skip
