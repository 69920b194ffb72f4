"""What was uploaded; the bytes lie in the store under random names."""
from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated


class Purpose(StrEnum):
    """What an upload is for; decides its size, its types and whether it is drawn."""

    photo = "photo"  # the face of a person or brand
    portfolio = "portfolio"  # finished work a manager shows
    post = "post"  # a picture to be published on a channel
    evidence = "evidence"  # proof for staff or the other side: a picture or a PDF
    delivery = "delivery"  # what comes with a milestone: a picture or a PDF
    receipt = "receipt"  # a paper of ours, never uploaded


class Variant(StrEnum):
    """The sizes a picture is kept in."""

    original = "original"  # as sent, turned upright, at most 2,560 px, without metadata
    card = "card"  # at most 720 px, WebP
    thumb = "thumb"  # a square of 240 px, WebP


class File(Identified, Model):
    """One upload. `name` is for people only; `storage` is the random folder in the store.

    Private unless `public`: then its owner sees it, and whoever sees its `subject` (`kind:id`).
    """

    __tablename__ = "files"
    __table_args__ = (Index(None, "person_id", "created_at"), Index(None, "subject"))
    KIND = "file"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    subject: Mapped[str | None] = mapped_column(String(80))
    purpose: Mapped[Purpose] = mapped_column(enumerated(Purpose))
    name: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64))
    storage: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[bool] = mapped_column(default=False)

    @property
    def drawn(self) -> bool:
        """Whether it is a picture, shown in the page; everything else is only handed over as an attachment."""
        return self.width is not None
