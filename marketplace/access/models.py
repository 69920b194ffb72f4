"""Grants of access to a page, and each use that was made of them."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.channels import queries as channels  # rows of the private tables are handed over by queries
from marketplace.contracts.models import Contract
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.managers.models import Manager


class Right(StrEnum):
    """What a grant may allow; ours, and finer than any platform's."""

    draft = "draft"  # write posts for approval
    publish = "publish"  # put approved posts on the page
    reply_public = "reply_public"  # answer comments
    reply_private = "reply_private"  # answer messages
    hide_comment = "hide_comment"  # hide and show comments
    read_insights = "read_insights"  # see figures
    boost = "boost"  # spend on ads


class GrantStatus(StrEnum):
    """Where a grant is."""

    proposed = "proposed"  # written down, the business has not agreed
    consented = "consented"  # the business agreed; it begins when money is held
    active = "active"  # may be used
    suspended = "suspended"  # nothing has been funded for two days, or the manager may be somebody else; begins again by itself
    expired = "expired"  # its day came
    revoked = "revoked"  # the business took it back, or the contract ended


class Outcome(StrEnum):
    """How a use ended."""

    begun = "begun"  # the call is under way, or whoever made it died
    done = "done"  # the platform did it
    failed = "failed"  # the platform refused; nothing happened
    unanswered = "unanswered"  # no answer: it may have happened
    refused = "refused"  # not within the grant; no call was made


S = GrantStatus
LIVE = (S.proposed, S.consented, S.active, S.suspended)
RIGHTS = {
    Right.draft: _l("Write posts"), Right.publish: _l("Publish approved posts"), Right.reply_public: _l("Answer comments"),
    Right.reply_private: _l("Answer messages"), Right.hide_comment: _l("Hide comments"), Right.read_insights: _l("See figures"),
    Right.boost: _l("Spend on boosts"),
}
DENIED = {
    Right.draft: _l("Cannot write posts"), Right.publish: _l("Cannot publish"), Right.reply_public: _l("Cannot answer comments"),
    Right.reply_private: _l("Cannot read or answer messages"), Right.hide_comment: _l("Cannot hide comments"),
    Right.read_insights: _l("Cannot see figures"), Right.boost: _l("Cannot spend on boosts"),
}
OFFERED = (Right.draft, Right.publish, Right.reply_public, Right.hide_comment, Right.boost)
"""Rights there is work for today; nobody is asked for more than can be used."""


class Grant(Identified, Stateful, Model):
    """Binds a contract, its seat and manager to a channel, with rights, from `starts_at` until `ends_at` (UTC).

    `evidence` is the checklist of its end: lines of step, moment and what the platform said. `settled_at`: the list is done.
    `doubted_at`: since when the manager may be somebody else; nothing is done under it until they have confirmed from the
    address we know, or finance has looked.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index("uq_grants_live", "contract_id", "channel_id", unique=True,
              postgresql_where=text("status in ('proposed', 'consented', 'active', 'suspended')")),
        Index("ix_grants_ends", "ends_at", postgresql_where=text("status in ('proposed', 'consented', 'active', 'suspended')")),
        Index(None, "manager_id"), Index(None, "channel_id"), Index(None, "contract_id"))
    KIND = "grant"
    TRANSITIONS = {
        "consent": {S.proposed: S.consented},
        "activate": {S.consented: S.active},
        "suspend": {S.active: S.suspended},
        "resume": {S.suspended: S.active},
        "renew": {S.consented: S.consented, S.active: S.active, S.suspended: S.suspended},
        "expire": dict.fromkeys(LIVE, S.expired),
        "revoke": dict.fromkeys(LIVE, S.revoked),
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    rights: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    status: Mapped[GrantStatus] = mapped_column(enumerated(GrantStatus), default=GrantStatus.proposed)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    consented_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(40), default="")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    settled_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship()
    manager: Mapped[Manager] = relationship()
    channel: Mapped[channels.Channel] = relationship()

    @property
    def live(self) -> bool:
        """Whether it may be used now or later."""
        return self.status in LIVE

    @property
    def checklist(self) -> list[tuple[datetime, str]]:
        """The evidence as (moment, step)."""
        return [(datetime.fromisoformat(line["at"]), line["step"]) for line in self.evidence]

    def allows(self, right: Right) -> bool:
        """Whether the right is among those given; says nothing about the status."""
        return right in self.rights


class LossStatus(StrEnum):
    """What is known of a page that was reported lost."""

    open = "open"  # the team looks; nothing more is paid out for the contract
    gone = "gone"  # the team has looked, and it is not back; payouts keep waiting
    back = "back"  # the business has it again; payouts go on


L = LossStatus
STANDING = (L.open, L.gone)
"""While one stands, nothing of its contract is sent."""


class PageLoss(Identified, Stateful, Model):
    """A business says that it has lost control of a page that was in the hands of a contract's manager. `due_at` (UTC): until
    when the team looks. `grant_id`: the access on whose page it was said.
    """

    __tablename__ = "page_losses"
    __table_args__ = (Index("uq_page_losses_standing", "contract_id", "channel_id", unique=True,
                            postgresql_where=text("status in ('open', 'gone')")),)
    KIND = "page_loss"
    TRANSITIONS = {
        "give_up": {L.open: L.gone},
        "bring_back": dict.fromkeys(STANDING, L.back),
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Grant.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    status: Mapped[LossStatus] = mapped_column(enumerated(LossStatus), default=LossStatus.open)
    due_at: Mapped[datetime]
    contract: Mapped[Contract] = relationship()
    channel: Mapped[channels.Channel] = relationship()
    grant: Mapped[Grant] = relationship()

    @property
    def manager(self) -> Manager:
        """One of the two sides."""
        return self.contract.manager

    @property
    def business_id(self) -> uuid.UUID:
        """The other one."""
        return self.contract.business_id


class AccessRequest(Identified, Model):
    """The manager of a contract asks for access to a page. `answered_at` (UTC): when the owner gave some."""

    __tablename__ = "access_requests"
    __table_args__ = (Index("uq_access_requests_open", "contract_id", unique=True, postgresql_where=text("answered_at is null")),)
    KIND = "access_request"

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    answered_at: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship()


class UseEntry(Identified, Model):
    """One use of a grant, written before the call and closed after it. `subject` is `kind:id` of what it was for."""

    __tablename__ = "grant_uses"
    __table_args__ = (Index(None, "grant_id", "at", "id"), Index(None, "subject"))
    KIND = "grant_use"

    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Grant.id))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    right: Mapped[Right] = mapped_column(enumerated(Right))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome] = mapped_column(enumerated(Outcome), default=Outcome.begun)
    note: Mapped[str] = mapped_column(String(300), default="")
