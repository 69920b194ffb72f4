"""People as the team sees them."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Person, Session, StaffRole
from marketplace.businesses.models import Member
from marketplace.core import clock
from marketplace.core.audit import AuditEntry, history
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.managers.models import Manager
from marketplace.managers.queries import manager_of
from marketplace.moderation.models import Restriction, RestrictionStatus, RoleChange, RoleChangeStatus


@dataclass(frozen=True)
class Sheet:
    """All the team sees of one person."""

    manager: Manager | None
    memberships: list[Member]
    sessions: int
    restrictions: list[Restriction]
    role_change: RoleChange | None
    history: list[AuditEntry]

    @property
    def active(self) -> Restriction | None:
        """What keeps the person out now."""
        return next((one for one in self.restrictions if one.status == RestrictionStatus.active), None)


def person_seen_by(reader: Any, person_id: uuid.UUID) -> Person | None:
    """Anybody, for moderators."""
    return db.session.get(Person, person_id) if _is_staff(reader, StaffRole.moderator) else None


def restriction_seen_by(reader: Any, restriction_id: uuid.UUID) -> Restriction | None:
    """For moderators."""
    return db.session.get(Restriction, restriction_id) if _is_staff(reader, StaffRole.moderator) else None


def role_change_seen_by(reader: Any, change_id: uuid.UUID) -> RoleChange | None:
    """For superadmins."""
    return db.session.get(RoleChange, change_id) if _is_staff(reader, StaffRole.superadmin) else None


def search_people(words: str, kind: str, after: str | None) -> Page:
    """People whose name or address holds the words, newest first. `kind`: staff, suspended, or anybody."""
    query = select(Person)
    if words:
        query = query.where(or_(Person.name.icontains(words, autoescape=True), Person.email.icontains(words, autoescape=True)))
    if kind == "staff":
        query = query.where(func.cardinality(Person.staff_roles) > 0)
    elif kind == "suspended":
        query = query.where(Person.suspended_at.is_not(None))
    return page(query, [Person.created_at, Person.id], after)


def sheet(person: Person) -> Sheet:
    """One person's sheet; six statements."""
    memberships = db.session.scalars(select(Member).options(joinedload(Member.business)).where(Member.person_id == person.id)).all()
    sessions = db.session.scalar(select(func.count()).where(Session.person_id == person.id, Session.expires_at > clock.now())) or 0
    restrictions = db.session.scalars(select(Restriction).where(Restriction.person_id == person.id).order_by(Restriction.id.desc())).all()
    return Sheet(manager_of(person), list(memberships), sessions, list(restrictions), role_change_waiting(person), history(person, 30))


def role_change_waiting(person: Person) -> RoleChange | None:
    """The change of this person's roles that waits for its second opinion."""
    query = select(RoleChange).options(joinedload(RoleChange.asker)).where(
        RoleChange.person_id == person.id, RoleChange.status == RoleChangeStatus.asked)
    return db.session.scalars(query).first()


def role_changes() -> list[RoleChange]:
    """All that wait for a second opinion, oldest first."""
    query = (select(RoleChange).options(joinedload(RoleChange.asker), joinedload(RoleChange.person))
             .where(RoleChange.status == RoleChangeStatus.asked).order_by(RoleChange.id).limit(50))
    return list(db.session.scalars(query))


def _is_staff(reader: Any, role: StaffRole) -> bool:
    return reader.is_authenticated and reader.is_staff(role)
