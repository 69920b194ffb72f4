"""Reads of notices, always one's own."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.notifications.models import Notice, Preference


def notices_of(person: Any, after: str | None) -> Page:
    """What a person was told, newest first."""
    return page(select(Notice).where(Notice.person_id == person.id), [Notice.created_at, Notice.id], after)


def notice_seen_by(reader: Any, notice_id: uuid.UUID) -> Notice | None:
    """One of the reader's own notices."""
    return db.session.scalars(select(Notice).where(Notice.id == notice_id, Notice.person_id == reader.id)).first()


def count_unread(person: Any) -> int:
    """How many notices a person has not opened."""
    return db.session.scalar(select(func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None)))


def wants_letters(person: Any) -> bool:
    """Whether a person wants letters about what is not essential."""
    return bool(wanting_letters([person]))


def wanting_letters(people: Sequence[Any]) -> list[Any]:
    """Those of them who want letters about what is not essential."""
    query = select(Preference.person_id).where(Preference.person_id.in_([person.id for person in people]), ~Preference.letters)
    without = set(db.session.scalars(query)) if people else set()
    return [person for person in people if person.id not in without]
