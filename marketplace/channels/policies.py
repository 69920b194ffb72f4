"""Who may connect pages."""
from __future__ import annotations

from typing import Any

from marketplace.businesses import policies as businesses
from marketplace.businesses.models import Business
from marketplace.channels.models import Channel, Consent
from marketplace.core.authorisation import policy


@policy
def see_channel(person: Any, channel: Channel) -> bool:
    """See one page's connection: any member."""
    return businesses.belong(person, channel.business)


@policy
def connect(person: Any, business: Business) -> bool:
    """Begin a connection: an owner."""
    return businesses.manage(person, business)


@policy
def choose(person: Any, consent: Consent) -> bool:
    """Choose a page after consent: an owner of the business it was begun for."""
    return businesses.manage(person, consent.business)


@policy
def disconnect(person: Any, channel: Channel) -> bool:
    """End or renew a connection: an owner."""
    return businesses.manage(person, channel.business)
