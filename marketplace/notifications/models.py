"""What a person was told, and whether they want it by mail too."""
from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Identified, Model


class Notice(Identified, Model):
    """One thing a person was told. `subject` is `kind:id` of what it is about, empty when it is about nothing in particular."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "person_id", "created_at", "id"),
                      Index("ix_notices_unread", "person_id", postgresql_where=text("read_at is null")))
    KIND = "notice"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(80), default="")
    read_at: Mapped[datetime | None]


class Preference(Model):
    """Whether a person wants letters about what is not essential; without a row they do."""

    __tablename__ = "notice_preferences"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    letters: Mapped[bool] = mapped_column(default=True)
