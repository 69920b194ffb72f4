"""Reads of people and their sessions."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import contains_eager

from marketplace.accounts.models import FormerAddress, LinkPurpose, OneTimeLink, Person, RecoveryCode, Session, SignUp
from marketplace.core import clock, crypto
from marketplace.core.config import rule
from marketplace.core.db import db

HOME = timedelta(hours=rule("SAME_HOME_HOURS", 24, "hours between two sign-ins from one address that are taken for one home"))
SIGNED_IN = (select(Session).join(Session.person).options(contains_eager(Session.person))
             .where(Session.token_hash == bindparam("token_hash")))
"""What every page of somebody signed in asks, built once."""


def signed_in(token: str) -> Person | None:
    """The person whose living session has this token; one statement. Their `session` is set."""
    session = db.session.scalars(SIGNED_IN, {"token_hash": crypto.fingerprint(token)}).first()
    if session is None or not session.lives:
        return None
    session.person.session = session
    return session.person


def by_email(email: str) -> Person | None:
    """The person with this address, in whatever case."""
    return db.session.scalars(select(Person).where(Person.email == email)).first()


def former_addresses(person: Person) -> list[str]:
    """Addresses that a person left a short while ago and nobody else has taken."""
    taken = exists().where(Person.email == FormerAddress.email)
    query = select(FormerAddress.email).where(FormerAddress.person_id == person.id, FormerAddress.expires_at > clock.now(), ~taken)
    return list(db.session.scalars(query.distinct()))


def sessions_of(person: Person) -> list[Session]:
    """Where a person is signed in, most recently used first."""
    query = select(Session).where(Session.person_id == person.id).order_by(Session.seen_at.desc(), Session.id.desc())
    return [session for session in db.session.scalars(query) if session.lives]


def shared_place(person: Person, others: Sequence[Person]) -> str | None:
    """What the person and one of the others sign in from alike, a sign and no proof: the same kind of browser at the same address
    ("device"), or the same address within a day ("home"; mobile networks lend one address to many).

    Addresses inside a network (proxies, machines of ours) say nothing.
    """
    theirs = db.session.execute(_places([other.id for other in others])).all()
    met = [(one, other) for one in db.session.execute(_places([person.id])) for other in theirs
           if one.address == other.address and ip_address(one.address).is_global]
    if any(one.device == other.device for one, other in met):
        return "device"
    near = any(one.created_at - HOME <= other.seen_at and other.created_at - HOME <= one.seen_at for one, other in met)
    return "home" if near else None


def _places(people: Sequence[uuid.UUID]) -> Select:
    return select(Session.device, Session.address, Session.created_at, Session.seen_at).where(Session.person_id.in_(people))


def session_seen_by(reader: Any, session_id: uuid.UUID) -> Session | None:
    """One of the reader's own sessions."""
    return db.session.scalars(select(Session).where(Session.id == session_id, Session.person_id == reader.id)).first()


def link(token: str, *purposes: LinkPurpose, lock: bool = False) -> OneTimeLink | None:
    """The living link of a token for one of these purposes."""
    query = select(OneTimeLink).where(OneTimeLink.token_hash == crypto.fingerprint(token), OneTimeLink.purpose.in_(purposes),
                                      OneTimeLink.expires_at > clock.now())
    return db.session.scalars(_locked(query, lock)).first()


def sign_up_of_link(token: str, lock: bool = False) -> SignUp | None:
    """The living sign-up whose letter held this token."""
    query = select(SignUp).where(SignUp.token_hash == crypto.fingerprint(token), SignUp.expires_at > clock.now())
    return db.session.scalars(_locked(query, lock)).first()


def sign_up(sign_up_id: str | None) -> SignUp | None:
    """The sign-up a browser remembers, while it lives."""
    found = db.session.get(SignUp, uuid.UUID(sign_up_id)) if sign_up_id else None
    return found if found and found.expires_at > clock.now() else None


def recovery_codes_left(person: Person) -> int:
    """How many recovery codes still work."""
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person.id))


def staff() -> list[Person]:
    """Everybody of staff, by address."""
    return list(db.session.scalars(select(Person).where(func.cardinality(Person.staff_roles) > 0).order_by(Person.email)))


def address_key(email: str) -> str:
    """What counters are kept under: it does not tell the address."""
    return crypto.keyed("address", email.casefold())[:32]


def _locked(query: Select, lock: bool) -> Select:
    return query.with_for_update() if lock else query
