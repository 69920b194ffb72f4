"""Stripe's webhooks: prove, store once, answer; the work is a job's."""
from __future__ import annotations

from flask import current_app, request

from marketplace.core.authorisation import machine
from marketplace.payments import commands
from marketplace.payments.models import Source
from marketplace.payments.views.blueprint import machines


@machines.post("/webhooks/stripe")
@machine
def create_platform_event() -> dict[str, bool]:
    """Events of our own account."""
    return _receive(Source.platform, current_app.extensions["settings"].stripe_webhook_secret)


@machines.post("/webhooks/stripe/connect")
@machine
def create_connect_event() -> dict[str, bool]:
    """Events of managers' accounts, signed with a secret of their own."""
    return _receive(Source.connect, current_app.extensions["settings"].stripe_connect_webhook_secret)


def _receive(source: Source, secret: str) -> dict[str, bool]:
    """The signature is over the bytes as they came."""
    return {"new": commands.receive(source, request.get_data(), request.headers.get("Stripe-Signature", ""), secret)}
