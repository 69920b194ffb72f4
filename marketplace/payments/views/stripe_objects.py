"""Finance: one of Stripe's objects, asked for now."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import render_template

from marketplace.core.authorisation import allow
from marketplace.payments import commands, policies, queries
from marketplace.payments.views.blueprint import pages

LEFT_OUT = frozenset({"client_secret", "receipt_url", "hosted_invoice_url"})
MOMENTS = frozenset({"created", "arrival_date", "available_on", "expires_at"})


@pages.get("/staff/stripe/<stripe_id>")
@allow(policies.mend_money)
def stripe_object(stripe_id: str) -> str:
    """What Stripe says about it now, beside our own rows. A silent Stripe is said, and harms nothing."""
    thing = commands.look_up(stripe_id)
    return render_template("payments/stripe_object.html", stripe_id=stripe_id, thing=thing, rows=queries.stripe_objects(stripe_id),
                           pairs=[pair for name, value in (thing.found or {}).items() for pair in _pairs(name, value)])


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    """The plain fields of an object, one level deep; nothing that opens a door."""
    if name in LEFT_OUT or value in (None, "", [], {}):
        return []
    if isinstance(value, dict):
        plain = {key: inner for key, inner in value.items() if isinstance(inner, str | int) and key not in LEFT_OUT}
        return [(f"{name}.{key}", str(inner)) for key, inner in plain.items()]
    if isinstance(value, list):
        return [(name, f"{len(value)}")]
    return [(name, f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC" if name in MOMENTS else str(value))]
