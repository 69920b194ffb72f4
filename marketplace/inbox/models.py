"""Comments on a page's posts and our answers to them."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.access.models import Grant
from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful


class ReplyStatus(StrEnum):
    """Where an answer is."""

    held = "held"  # holds a number or a link: waits for the owner
    queued = "queued"  # on its way to the platform
    sent = "sent"  # under the comment
    unconfirmed = "unconfirmed"  # the platform did not answer; we look before trying again
    failed = "failed"  # the platform or the grant refused it
    stopped = "stopped"  # the owner did not let it go


S = ReplyStatus


class Comment(Identified, Model):
    """What somebody wrote under a post. `waiting`: nobody has answered and it is to be seen; `at` is the platform's time."""

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("channel_id", "external_id"), Index(None, "channel_id", "waiting", "at", "id"))
    KIND = "comment"

    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    external_id: Mapped[str] = mapped_column(String(80))
    post_external_id: Mapped[str] = mapped_column(String(80))
    parent_external_id: Mapped[str] = mapped_column(String(80), default="")
    from_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    permalink: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    waiting: Mapped[bool] = mapped_column(default=True)
    hidden: Mapped[bool] = mapped_column(default=False)
    removed: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None]
    channel: Mapped[Any] = relationship("Channel")

    @property
    def first_reply(self) -> timedelta | None:
        """How long the customer waited for the first answer."""
        return self.answered_at - self.at if self.answered_at else None


class Reply(Identified, Stateful, Model):
    """One answer of the page's to a comment: a manager's under a grant, or an owner's own, without one."""

    __tablename__ = "replies"
    __table_args__ = (Index(None, "comment_id"),
                      Index("ix_replies_look", "look_at", postgresql_where=text("status in ('queued', 'unconfirmed')")))
    KIND = "reply"
    TRANSITIONS = {
        "let_go": {S.held: S.queued},
        "stop": {S.held: S.stopped},
        "send": {S.queued: S.sent, S.unconfirmed: S.sent},
        "lose": {S.queued: S.unconfirmed, S.unconfirmed: S.unconfirmed},
        "fail": {S.queued: S.failed, S.unconfirmed: S.failed, S.held: S.failed},
    }

    comment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Comment.id))
    grant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Grant.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[ReplyStatus] = mapped_column(enumerated(ReplyStatus), default=ReplyStatus.queued)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    tries: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None]
    external_id: Mapped[str] = mapped_column(String(80), default="")
    sent_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(40), default="")
    comment: Mapped[Comment] = relationship()
    grant: Mapped[Grant | None] = relationship()
    person: Mapped[Person] = relationship()


class InboxLook(Model):
    """When a channel was last looked at for comments no webhook told of."""

    __tablename__ = "inbox_looks"

    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    at: Mapped[datetime]
