"""A boost: a post of the page shown to people for money, as both sides agreed."""
from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.access.models import Grant
from marketplace.accounts.models import Person
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class BoostStatus(StrEnum):
    """Where a boost is."""

    planned = "planned"  # the manager's plan; the business looks
    approved = "approved"  # agreed, exactly so; waits for the money
    funded = "funded"  # the money is held; may be launched
    running = "running"  # Meta shows it
    paused = "paused"  # Meta rests
    ended = "ended"  # over, or called off


B = BoostStatus
LIVE = (B.running, B.paused)
EDITABLE = (B.planned, B.approved, B.funded)


class Boost(Identified, Stateful, Model):
    """`post_id` is Meta's id of the post, `budget_minor` its lifetime budget in cents, over `days`. `planned_at`: since when the
    plan is as it is. `approved_hash` freezes what the business agreed to; nothing else is launched. `campaign_id` is Meta's;
    `spent_minor` (cents) what it last said.
    """

    __tablename__ = "boosts"
    __table_args__ = (Index(None, "contract_id", "id"),
                      Index("ix_boosts_live", "ends_at", postgresql_where=text("status in ('running', 'paused')")),
                      Index("ix_boosts_planned", "contract_id", "planned_at", postgresql_where=text("status = 'planned'")),
                      Index("ix_boosts_spend", "spend_read_at", postgresql_where=text("campaign_id <> ''")),
                      CheckConstraint("budget_minor > 0 and spent_minor >= 0 and days > 0", name="positive"))
    KIND = "boost"
    TRANSITIONS = {
        "edit": dict.fromkeys(EDITABLE, B.planned),
        "approve": {B.planned: B.approved},
        "fund": {B.approved: B.funded},
        "launch": {B.funded: B.running},
        "pause": {B.running: B.paused},
        "resume": {B.paused: B.running},
        "end": dict.fromkeys((*EDITABLE, *LIVE), B.ended),
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Grant.id))
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    status: Mapped[BoostStatus] = mapped_column(enumerated(BoostStatus), default=BoostStatus.planned)
    title: Mapped[str] = mapped_column(String(120))
    post_id: Mapped[str] = mapped_column(String(80))
    objective: Mapped[str] = mapped_column(String(20))
    audience: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    budget_minor: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[int]
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    account_id: Mapped[str] = mapped_column(String(80), default="")
    campaign_id: Mapped[str] = mapped_column(String(80), default="")
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    spent_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    spend_read_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(300), default="")
    contract: Mapped[Contract] = relationship()
    grant: Mapped[Grant] = relationship()
    channel: Mapped[Any] = relationship("Channel")

    @property
    def budget(self) -> Money:
        return Money(self.budget_minor, "USD")

    @property
    def spent(self) -> Money:
        return Money(self.spent_minor, "USD")

    @property
    def claims(self) -> int:
        """Cents of the ad money it may still use, or has used."""
        return self.spent_minor if self.status == B.ended else self.budget_minor

    @property
    def hash(self) -> str:
        """What an approval freezes: the post, the audience, the budget and the days."""
        parts = [str(self.channel_id), self.post_id, self.objective, self.audience, self.budget_minor, self.days]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
