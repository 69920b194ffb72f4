"""How Stripe is asked, and what each ending of a call means."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from stripe import StripeClient

CONNECT_SECONDS, READ_SECONDS = 3, 10
UNDECIDED = frozenset({409, 429})
"""Statuses below 500 that say nothing about the effect: the key is in use, or we asked too often."""
PAGE = 100
API, FILES = "https://api.stripe.com", "https://files.stripe.com"
"""Stripe takes files at another address; the sandbox takes all at one."""


class Refused(Exception):
    """Stripe said no, and would say so again. `code` is Stripe's, `reason` its sentence for operators."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class Declined(Refused):
    """The bank refused the card."""


class Unanswered(Exception):
    """No answer, or one that does not say whether it happened. Look before trying again."""


def own_settings() -> Any:
    """The application's settings: where Stripe is, and our secret."""
    return current_app.extensions["settings"]


def client() -> StripeClient:
    """Stripe's own client for the address and key of the settings."""
    settings = own_settings()
    return _made(settings.stripe_api_url, settings.stripe_secret_key)


@cache
def _made(address: str, secret_key: str) -> StripeClient:
    import stripe  # noqa: PLC0415 - loaded at first use

    stripe.enable_telemetry = False
    http = stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    places = {"api": address, "files": FILES if address == API else address}
    return stripe.StripeClient(secret_key, base_addresses=places, http_client=http, max_network_retries=0)


def write(call: Callable[[StripeClient], Any]) -> dict[str, Any]:
    """One write, tried once; its key makes a repetition the same write."""
    return asked(call).to_dict()


def read(call: Callable[[StripeClient], Any]) -> dict[str, Any]:
    """Reading twice harms nobody."""
    try:
        return asked(call).to_dict()
    except Unanswered:
        return asked(call).to_dict()


def pages(call: Callable[[StripeClient, dict[str, Any]], Any]) -> Iterator[dict[str, Any]]:
    """Everything a list holds, page after page."""
    page: dict[str, Any] = {"limit": PAGE}
    while True:
        found = read(lambda client, page=dict(page): call(client, page))
        yield from found["data"]
        if not found["has_more"]:
            return
        page["starting_after"] = found["data"][-1]["id"]


def since(moment: datetime) -> dict[str, int]:
    """From a moment on, as Stripe's lists are asked."""
    return {"gte": int(moment.timestamp())}


def asked(call: Callable[[StripeClient], Any]) -> Any:
    """The call's answer. Raises Refused, Declined or Unanswered."""
    import stripe  # noqa: PLC0415 - loaded at first use

    try:
        return call(client())
    except stripe.StripeError as error:
        raise _meaning(error, isinstance(error, stripe.CardError)) from error


def _meaning(error: Any, card: bool) -> Exception:
    """What Stripe's error means to a caller; without a status the connection failed."""
    status = error.http_status
    if status is None or status >= 500 or status in UNDECIDED:
        return Unanswered(f"{type(error).__name__} {status or ''}".strip())
    reason = str(error.user_message or error)[:300]
    return (Declined if card else Refused)(reason, error.code or "")
