"""Reads of channels, through the reader's eyes."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.businesses.models import Business, Member
from marketplace.channels.models import Channel, ChannelStatus, Consent
from marketplace.core.db import db


def channel_seen_by(reader: Any, channel_id: uuid.UUID) -> Channel | None:
    """A channel of a business the reader belongs to."""
    if not reader.is_authenticated:
        return None
    query = select(Channel).options(joinedload(Channel.business)).where(
        Channel.id == channel_id, Channel.business_id.in_(_own_businesses(reader)))
    return db.session.scalars(query).first()


def consent_seen_by(reader: Any, consent_id: uuid.UUID) -> Consent | None:
    """A consent of the reader's own that still works."""
    consent = db.session.get(Consent, consent_id) if reader.is_authenticated else None
    return consent if consent is not None and consent.person_id == reader.id and consent.open else None


def channels_of(business: Business) -> list[Channel]:
    """All of a business's pages, those that work first, then by name."""
    found = db.session.scalars(select(Channel).options(joinedload(Channel.brand)).where(Channel.business_id == business.id))
    return sorted(found, key=lambda channel: (list(ChannelStatus).index(channel.status), channel.name))


def usable(business: Business) -> list[Channel]:
    """Those that access can be given to."""
    return [channel for channel in channels_of(business) if channel.status == ChannelStatus.connected]


def channels_seen_by(reader: Any) -> Any:
    """Ids of the channels of the reader's businesses, as a subquery."""
    return select(Channel.id).where(Channel.business_id.in_(_own_businesses(reader)))


def connected_ids() -> list[uuid.UUID]:
    """Channels the platform answers for now."""
    return list(db.session.scalars(select(Channel.id).where(Channel.status == ChannelStatus.connected)))


def connected(platform: str, external_id: str) -> Channel | None:
    """The connected channel behind a platform's id."""
    query = select(Channel).where(Channel.platform == platform, Channel.external_id == external_id,
                                  Channel.status == ChannelStatus.connected)
    return db.session.scalars(query).first()


def among(ids: Any) -> list[Channel]:
    """The channels a subquery names, by name; it settles who sees them."""
    return list(db.session.scalars(select(Channel).where(Channel.id.in_(ids)).order_by(Channel.name, Channel.id)))


def by_id(channel_id: uuid.UUID | str) -> Channel:
    """For jobs, which act for nobody."""
    return db.session.get_one(Channel, uuid.UUID(str(channel_id)))


def _own_businesses(reader: Any) -> Any:
    return select(Member.business_id).where(Member.person_id == reader.id)
