"""Reads of businesses, through the reader's eyes."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Person
from marketplace.businesses.models import Brand, Business, Invitation, Member, Role
from marketplace.core import crypto
from marketplace.core.db import db, remembered

ROLE = select(Member.role).where(Member.business_id == bindparam("business_id"), Member.person_id == bindparam("person_id"))
MEMBERSHIPS = select(Member).options(joinedload(Member.person)).where(Member.business_id == bindparam("business_id")).order_by(Member.id)
"""What nearly every page of a business asks, built once."""


def business_of(person: Any) -> Business | None:
    """The business a person acts for: the one they joined first."""
    if not person.is_authenticated:
        return None
    query = select(Business).join(Member).where(Member.person_id == person.id).order_by(Member.id).limit(1)
    return db.session.scalars(query).first()


def own(reader: Any) -> Business | None:
    """The reader's own business, for pages whose address names none."""
    return business_of(reader)


def business_seen_by(reader: Any, business_id: uuid.UUID) -> Business | None:
    """A business its reader belongs to; staff see all."""
    if not reader.is_authenticated:
        return None
    query = select(Business).where(Business.id == business_id)
    if not reader.is_staff():
        query = query.where(Business.id.in_(select(Member.business_id).where(Member.person_id == reader.id)))
    return db.session.scalars(query).first()


@remembered
def role_in(person: Any, business_id: uuid.UUID) -> str | None:
    """What a person is in a business; None for a stranger."""
    if not person.is_authenticated:
        return None
    return db.session.scalar(ROLE, {"business_id": business_id, "person_id": person.id})


def members(business: Business, *roles: str) -> list[Person]:
    """The people of a business, those who joined first before others; only of these roles when any are named."""
    return [member.person for member in memberships(business) if not roles or member.role in roles]


def memberships(business: Business) -> list[Member]:
    """Members with their people, in the order they joined."""
    return list(db.session.scalars(MEMBERSHIPS, {"business_id": business.id}))


def member_seen_by(reader: Any, member_id: uuid.UUID) -> Member | None:
    """A member of a business the reader belongs to."""
    return _of_own_business(Member, reader, member_id)


def owners_of(business: Business) -> int:
    """How many owners there are; the last one stays."""
    return db.session.scalar(select(func.count()).where(Member.business_id == business.id, Member.role == Role.owner)) or 0


def brands(business: Business) -> list[Brand]:
    """The brands of a business, oldest first."""
    return list(db.session.scalars(select(Brand).where(Brand.business_id == business.id).order_by(Brand.id)))


def brand_seen_by(reader: Any, brand_id: uuid.UUID) -> Brand | None:
    """A brand of a business the reader belongs to."""
    return _of_own_business(Brand, reader, brand_id)


def invitations(business: Business) -> list[Invitation]:
    """Invitations that were not used yet, newest first."""
    query = select(Invitation).where(Invitation.business_id == business.id, Invitation.used_at.is_(None)).order_by(Invitation.id.desc())
    return [invitation for invitation in db.session.scalars(query) if invitation.open]


def invitation_seen_by(reader: Any, invitation_id: uuid.UUID) -> Invitation | None:
    """An invitation to a business the reader belongs to."""
    return _of_own_business(Invitation, reader, invitation_id)


def invitation_by_token(reader: Any, token: str) -> Invitation | None:
    """The invitation a link belongs to, also when it works no more; whoever holds the link sees it."""
    query = select(Invitation).options(joinedload(Invitation.business)).where(Invitation.fingerprint == crypto.fingerprint(token))
    return db.session.scalars(query).first()


def _of_own_business(model: Any, reader: Any, key: uuid.UUID) -> Any:
    if not reader.is_authenticated:
        return None
    own = select(Member.business_id).where(Member.person_id == reader.id)
    return db.session.scalars(select(model).where(model.id == key, model.business_id.in_(own))).first()
