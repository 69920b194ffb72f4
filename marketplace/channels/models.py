"""Pages a business connected, the consents they came from, sealed tokens, and what the platform told us."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.businesses.models import Brand, Business
from marketplace.core import clock
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful


class ChannelStatus(StrEnum):
    """Whether we may speak for a page."""

    connected = "connected"  # the platform takes our calls
    broken = "broken"  # the platform refuses the token; the owner has been told
    disconnected = "disconnected"  # ended by the owner, or by us once nobody needed it


class Problem(StrEnum):
    """Why a connection broke."""

    removed = "removed"  # the person took the app out of their Facebook settings
    expired = "expired"  # the platform's session is over
    signed_out = "signed_out"  # password changed or signed out everywhere
    checkpoint = "checkpoint"  # Facebook wants the person to confirm their account
    role_lost = "role_lost"  # the person has no role on the page any more
    unreadable = "unreadable"  # the platform does not know the token


S = ChannelStatus


class Channel(Identified, Stateful, Model):
    """A page as the platform knows it.

    `external_id` is the platform's. `consenter_id` is the platform's id of the person who agreed: pages of one consent
    share its fate. `controllers` are the people with full control as last read (`roles_read_at`; None: not allowed to
    read). `withdrawn_at`: the platform confirmed that our access is gone.
    """

    __tablename__ = "channels"
    __table_args__ = (
        UniqueConstraint("business_id", "platform", "external_id"),
        Index("uq_channels_live", "platform", "external_id", unique=True, postgresql_where=text("status <> 'disconnected'")),
        Index("ix_channels_connected", "checked_at", postgresql_where=text("status = 'connected'")),
        Index(None, "consenter_id"))
    KIND = "channel"
    TRANSITIONS = {
        "reconnect": {S.connected: S.connected, S.broken: S.connected, S.disconnected: S.connected},
        "break": {S.connected: S.broken},
        "disconnect": {S.connected: S.disconnected, S.broken: S.disconnected},
    }

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    brand_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Brand.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    platform: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    followers: Mapped[int | None]
    link: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[ChannelStatus] = mapped_column(enumerated(ChannelStatus), default=ChannelStatus.connected)
    problem: Mapped[Problem | None] = mapped_column(enumerated(Problem))
    consenter_id: Mapped[str] = mapped_column(String(40))
    tasks: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list)
    controllers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    roles_read_at: Mapped[datetime | None]
    connected_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    disconnected_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    business: Mapped[Business] = relationship()
    brand: Mapped[Brand | None] = relationship()

    @property
    def others_in_control(self) -> list[str]:
        """Names of those, besides the one who connected it, who can take the page away from its owner."""
        return [one["name"] for one in self.controllers if one["id"] != self.consenter_id]


class Consent(Identified, Model):
    """One walk to the platform's consent screen: used once, by the person and browser that began it, within minutes.

    `state` and `binding` are fingerprints. `candidates` are the pages the person works on; one with `ticked` false was
    not chosen on the platform's screen and cannot be connected. The person's token lies in the vault until `expires_at`.
    """

    __tablename__ = "channel_consents"
    __table_args__ = (Index(None, "expires_at"),)
    KIND = "channel_consent"

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    platform: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(64), unique=True)
    binding: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(Text)
    redirect_url: Mapped[str] = mapped_column(String(300))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    consenter_id: Mapped[str] = mapped_column(String(40), default="")
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    business: Mapped[Business] = relationship()

    @property
    def open(self) -> bool:
        """Whether a page may still be chosen from it."""
        return bool(self.used_at and self.consenter_id) and clock.now() < self.expires_at


class VaultEntry(Model):
    """The sealed secret of one connection (a channel's or a consent's id). Only `commands.vault` reads it.

    `wrapped_key` is the entry's own data key under the vault key named `wrapped_with`; `key_id` names the data key.
    """

    __tablename__ = "vault_entries"

    connection_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key_id: Mapped[uuid.UUID]
    wrapped_with: Mapped[str] = mapped_column(String(20), index=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class MetaEvent(Identified, Model):
    """A webhook of Facebook's as it came, stored once; `handled_at` is set together with its effect."""

    __tablename__ = "meta_events"
    __table_args__ = (Index("ix_meta_events_open", "created_at", postgresql_where=text("handled_at is null")),)
    KIND = "meta_event"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    handled_at: Mapped[datetime | None]
