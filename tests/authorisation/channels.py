"""Who may open the pages of connected channels."""
from __future__ import annotations

from tests.authorisation.routes import Route
from tests.factories.businesses import make_business
from tests.factories.channels import make_channel, make_open_consent

MEMBER = {"visitor": 303, "ada": 200, "ben": 404, "eve": 404, "sam": 404}
MEMBER_ACTS = {**MEMBER, "ada": 303}
SIGNED_IN = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 303)
MACHINE = dict.fromkeys(SIGNED_IN, 403)


def _channel(world):
    return {"channel_id": world.channel.id}


def _other(world):
    return {"channel_id": world.other_channel.id}


def _consent(world):
    return {"consent_id": world.consent.id}


def _other_consent(world):
    return {"consent_id": world.other_consent.id}


def _business(world):
    make_business(world.ada)
    return {}


THINGS = {
    "channel": lambda world: make_channel(make_business(world.ada)),
    "other_channel": lambda world: make_channel(make_business(world.eve), external_id="200000000000002"),
    "consent": lambda world: make_open_consent(make_business(world.ada)),
    "other_consent": lambda world: make_open_consent(make_business(world.eve)),
}

ROUTES = [
    Route("channels.index", "GET", {**SIGNED_IN, "ada": 200}, ids=_business, statements=8),
    Route("channels.create_consent", "POST", MEMBER_ACTS, ids=_business),
    Route("channels.show_consent", "GET", SIGNED_IN, statements=8),
    Route("channels.new", "GET", MEMBER, ids=_consent, other=_other_consent, statements=8),
    Route("channels.create", "POST", {**MEMBER, "ada": 422}, ids=_consent, other=_other_consent, data={}),
    Route("channels.show", "GET", MEMBER, ids=_channel, other=_other, statements=10),
    Route("channels.create_disconnection", "POST", MEMBER_ACTS, ids=_channel, other=_other),
    Route("meta_webhooks.confirm", "GET", MACHINE, statements=2),
    Route("meta_webhooks.create_event", "POST", MACHINE),
]
