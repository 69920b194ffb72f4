"""Webhooks that Stripe signed."""
from __future__ import annotations

import time
from typing import Any

SIGNATURE_SECONDS = 300


class Forged(Exception):
    """A webhook that Stripe did not sign, or not now."""


def verified_event(body: bytes, signature: str, secret: str) -> dict[str, Any]:
    """The event in a webhook's body. Raises Forged unless Stripe signed these bytes within five minutes of now, wall time."""
    import stripe  # noqa: PLC0415 - loaded at first use

    try:
        event = stripe.Webhook.construct_event(body, signature, secret, tolerance=SIGNATURE_SECONDS)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise Forged(type(error).__name__) from error
    if _signed_at(signature) > time.time() + SIGNATURE_SECONDS:  # the library takes any time in the future
        raise Forged("signed in the future")
    return event.to_dict()


def _signed_at(signature: str) -> int:
    return int(dict(part.split("=", 1) for part in signature.split(",") if "=" in part)["t"])
