"""Posts of a contract."""
from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.access.models import Grant
from marketplace.accounts.models import Person
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.files.models import File

SLOT_MINUTES = rule("SLOT_MINUTES", 15, "minutes after its time within which a post counts as published on time")


class PostStatus(StrEnum):
    """Where a post is."""

    draft = "draft"  # the manager writes
    submitted = "submitted"  # waits for the business
    changes_asked = "changes_asked"  # the business wants something different
    approved = "approved"  # the business agreed to exactly this
    scheduled = "scheduled"  # goes out at its time
    publishing = "publishing"  # the platform is being asked
    published = "published"  # it is on the page
    failed = "failed"  # it is not on the page; `failure` says why
    unconfirmed = "unconfirmed"  # the platform did not answer; we look before trying again


class Failure(StrEnum):
    """Why a post is not on the page."""

    access_ended = "access_ended"  # the grant was revoked or has expired
    access_suspended = "access_suspended"  # nothing is funded
    access_doubted = "access_doubted"  # the manager may be somebody else
    right_missing = "right_missing"  # publishing is not among the rights
    channel_broken = "channel_broken"  # the page must be connected again
    not_allowed = "not_allowed"  # the platform says the page's owner may not do this
    refused = "refused"  # the platform does not take this post
    changed = "changed"  # not what was approved
    silence = "silence"  # the platform never answered


S = PostStatus
EDITABLE = (S.draft, S.changes_asked, S.submitted, S.approved, S.scheduled, S.failed)


class Post(Identified, Stateful, Model):
    """One post for one channel. `publish_at` is UTC. `approved_hash` freezes what the business agreed to.

    `look_at`: when a lost answer is looked for. `findings` are what the text rules see (a payment number, a link):
    such a post waits for the owner.
    """

    __tablename__ = "posts"
    __table_args__ = (
        Index(None, "contract_id", "publish_at"), Index(None, "channel_id", "publish_at"), Index(None, "channel_id", "external_id"),
        Index("ix_posts_submitted", "contract_id", "submitted_at", postgresql_where=text("status = 'submitted'")),
        Index("ix_posts_due", "publish_at", postgresql_where=text("status = 'scheduled'")),
        Index("ix_posts_look", "look_at", postgresql_where=text("status in ('publishing', 'unconfirmed')")))
    KIND = "post"
    TRANSITIONS = {
        "submit": {S.draft: S.submitted, S.changes_asked: S.submitted},
        "edit": dict.fromkeys(EDITABLE, S.draft),
        "ask_changes": {S.submitted: S.changes_asked, S.scheduled: S.changes_asked},
        "approve": {S.submitted: S.approved},
        "schedule": {S.approved: S.scheduled},
        "begin": {S.scheduled: S.publishing, S.unconfirmed: S.publishing},
        "publish": {S.publishing: S.published},
        "lose": {S.publishing: S.unconfirmed},
        "fail": {S.scheduled: S.failed, S.publishing: S.failed, S.unconfirmed: S.failed},
        "retry": {S.failed: S.scheduled},
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Grant.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    status: Mapped[PostStatus] = mapped_column(enumerated(PostStatus), default=PostStatus.draft)
    text: Mapped[str] = mapped_column(Text)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))
    publish_at: Mapped[datetime]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    note: Mapped[str] = mapped_column(String(2000), default="")
    submitted_at: Mapped[datetime | None]
    approved_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    approved_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None]
    external_id: Mapped[str] = mapped_column(String(80), default="")
    permalink: Mapped[str] = mapped_column(String(500), default="")
    published_at: Mapped[datetime | None]
    failure: Mapped[Failure | None] = mapped_column(enumerated(Failure))
    failure_detail: Mapped[str] = mapped_column(String(300), default="")
    contract: Mapped[Contract] = relationship()
    grant: Mapped[Grant] = relationship()
    file: Mapped[File | None] = relationship()
    channel: Mapped[Any] = relationship("Channel")

    @property
    def hash(self) -> str:
        """What an approval freezes: the text, the picture, the page and the time."""
        parts = [self.text, self.file.digest if self.file else "", str(self.channel_id), self.publish_at.timestamp()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def day(self) -> date:
        """Its day in Dhaka."""
        return self.publish_at.astimezone(clock.DHAKA).date()

    @property
    def slot(self) -> str:
        """Its mark in a week: kept, wait, planned or missed."""
        if self.status == PostStatus.published and self.published_at:
            return "kept" if self.published_at - self.publish_at <= timedelta(minutes=SLOT_MINUTES) else "missed"
        return {PostStatus.submitted: "wait", PostStatus.changes_asked: "wait", PostStatus.failed: "missed"}.get(self.status, "planned")
