"""Looking at Stripe for somebody who waits at a page."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.gateways import stripe
from marketplace.payments import queries


@dataclass(frozen=True)
class LookUp:
    """What Stripe has, or why there is nothing to show: it did not answer, or said that it has no such thing."""

    found: dict[str, Any] | None = None
    silent: bool = False


def look_up(stripe_id: str) -> LookUp:
    """One of Stripe's objects as it is now; asked once, within the time-out of the gateway."""
    try:
        return LookUp(stripe.thing(stripe_id, queries.stripe_account_of(stripe_id)))
    except stripe.Unanswered:
        return LookUp(silent=True)
    except stripe.Refused:
        return LookUp()
