"""Connected pages: through Facebook's consent screen, or as rows where nothing is asked of Facebook."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business
from marketplace.channels import commands
from marketplace.channels.commands import vault
from marketplace.channels.models import Channel, Consent
from marketplace.core import clock, crypto
from marketplace.core.db import db
from sandbox.meta.seed import FARHANA, NAKSHI
from tests import people
from tests.facebook import Facebook
from tests.factories.businesses import make_business

NONCE = "the browser's own"


def make_consent(facebook: Facebook, business: Business | None = None, person: str = FARHANA, untick: tuple[str, ...] = ()) -> Consent:
    """Ada came back from Facebook, having agreed as this person."""
    business = business or make_business(people.ada())
    address = commands.begin_consent(business, people.ada(), NONCE, f"{facebook.world.listener.url}/channels/facebook/callback")
    db.session.flush()
    given = facebook.agree(address, person, untick)
    return commands.end_consent(people.ada(), NONCE, given["state"], given["code"])


def connect(facebook: Facebook, business: Business | None = None, page: str = NAKSHI, person: str = FARHANA, **more: Any) -> Channel:
    """A page connected as people do it."""
    consent = make_consent(facebook, business, person, **more)
    return commands.connect_page(consent, page, businesses.brands(consent.business)[0].id, people.ada())


def make_channel(business: Business | None = None, external_id: str = "200000000000001", **changes: Any) -> Channel:
    """A connected page of a business, with tokens Facebook does not know."""
    business = business or make_business(people.ada())
    values = {"name": "Nakshi Ghor", "platform": "facebook", "consenter_id": "100000000000001", "followers": 48_210,
              "person_id": businesses.members(business)[0].id, "brand_id": businesses.brands(business)[0].id,
              "controllers": [{"id": "100000000000001", "name": "Farhana Akter"}], "roles_read_at": clock.now(),
              "connected_at": clock.now(), "checked_at": clock.now()} | changes
    channel = Channel(business_id=business.id, external_id=external_id, **values)
    db.session.add(channel)
    db.session.flush()
    vault.keep(vault.Place(channel.platform, channel.external_id, channel.id), {"page": "EAAnothing", "user": "EAAnobody"})
    return channel


def make_open_consent(business: Business | None = None) -> Consent:
    """A consent with one ticked page, waiting for the choice."""
    business = business or make_business(people.ada())
    consent = Consent(
        business_id=business.id, person_id=businesses.members(business)[0].id, platform="facebook", state=crypto.token(),
        binding=crypto.token(), verifier="", redirect_url="", used_at=clock.now(), expires_at=clock.now() + timedelta(minutes=20),
        consenter_id="100000000000001", candidates=[{"id": NAKSHI, "name": "Nakshi Ghor", "followers": 48_210, "ticked": True}])
    db.session.add(consent)
    db.session.flush()
    vault.keep(vault.Place("facebook", consent.consenter_id, consent.id), {"user": "EAAnobody"})
    return consent
