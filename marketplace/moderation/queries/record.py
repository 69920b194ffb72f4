"""The audit, searched."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Person, StaffRole
from marketplace.accounts.queries import by_email
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.moderation.models import AuditCheck


def search_audit(subject: str, actor: str, after: str | None) -> Page:
    """Acts on a subject, by an actor, or all; newest first. Each is `kind:id`, an e-mail address, or empty."""
    query = select(AuditEntry)
    if subject:
        query = query.where(AuditEntry.subject == _name(subject))
    if actor:
        query = query.where(AuditEntry.actor == _name(actor))
    return page(query, [AuditEntry.id], after, 50)


def names_of(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """The names of the people among actors and subjects, by `person:id`; one statement."""
    named = {name for entry in entries for name in (entry.actor, entry.subject) if name.startswith("person:")}
    people = db.session.execute(select(Person.id, Person.name).where(Person.id.in_([uuid.UUID(name[7:]) for name in named])))
    return {f"person:{key}": name for key, name in people}


def audit_checks() -> list[AuditCheck]:
    """The newest walks over the chain."""
    query = select(AuditCheck).options(joinedload(AuditCheck.person)).order_by(AuditCheck.created_at.desc()).limit(5)
    return list(db.session.scalars(query))


def audit_check_seen_by(reader: Any, check_id: uuid.UUID) -> AuditCheck | None:
    """One walk, for superadmins."""
    allowed = reader.is_authenticated and reader.is_staff(StaffRole.superadmin)
    return db.session.get(AuditCheck, check_id) if allowed else None


def _name(typed: str) -> str:
    """`kind:id` of what was typed: an address stands for its person."""
    person = by_email(typed) if "@" in typed else None
    return f"person:{person.id}" if person else typed
