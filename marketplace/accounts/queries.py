"""Reads of people and their sessions."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from marketplace.accounts.models import Person, Session
from marketplace.core import crypto
from marketplace.core.db import db


def signed_in(token: str) -> Person | None:
    """The person whose living session has this token; one statement. Their `session` is set."""
    query = select(Session).join(Session.person).options(contains_eager(Session.person))
    session = db.session.scalars(query.where(Session.token_hash == crypto.fingerprint(token))).first()
    if session is None or not session.lives:
        return None
    session.person.session = session
    return session.person


def by_email(email: str) -> Person | None:
    """The person with this address, in whatever case."""
    return db.session.scalars(select(Person).where(Person.email == email)).first()


def sessions_of(person: Person) -> list[Session]:
    """Where a person is signed in, most recently used first."""
    query = select(Session).where(Session.person_id == person.id).order_by(Session.seen_at.desc(), Session.id.desc())
    return [session for session in db.session.scalars(query) if session.lives]


def session_seen_by(reader: Any, session_id: uuid.UUID) -> Session | None:
    """One of the reader's own sessions."""
    return db.session.scalars(select(Session).where(Session.id == session_id, Session.person_id == reader.id)).first()
