"""Reads of files, through the reader's eyes."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.core import subjects
from marketplace.core.db import db
from marketplace.files.models import File, Purpose, Variant


@dataclass(frozen=True)
class Rendition:
    """One variant of a file somebody may see."""

    file: File
    variant: Variant


def file_seen_by(reader: Any, file_id: uuid.UUID) -> File | None:
    """Public files anybody sees; others whoever sent them, and whoever sees the subject they belong to.

    Papers of ours were sent by nobody: to be named on one is not enough when one no longer sees the money.
    """
    file = db.session.get(File, file_id)
    if file is None or file.public or reader.is_authenticated and file.person_id == reader.id and file.purpose != Purpose.receipt:
        return file
    return file if file.subject and subjects.load(file.subject, reader) is not None else None


def rendition_seen_by(reader: Any, file_id: uuid.UUID, variant: str) -> Rendition | None:
    """A variant the file has; None for others, as for files this reader may not see."""
    if variant not in set(Variant):
        return None
    file = file_seen_by(reader, file_id)
    return Rendition(file, Variant(variant)) if file and (file.drawn or variant == Variant.original) else None


def files_of(subject: Any) -> list[File]:
    """What belongs to a subject, oldest first."""
    query = select(File).where(File.subject == subjects.subject_of(subject)).order_by(File.id)
    return list(db.session.scalars(query))


def size_since(person: Person, moment: datetime) -> int:
    """Bytes this person's files since a moment take together."""
    query = select(func.coalesce(func.sum(File.size), 0)).where(File.person_id == person.id, File.created_at > moment,
                                                                      File.purpose != Purpose.receipt)
    return int(db.session.scalar(query))


def folders(candidates: Iterable[str]) -> set[str]:
    """Which of these folders of the store belong to a file."""
    return set(db.session.scalars(select(File.storage).where(File.storage.in_(list(candidates)))))
