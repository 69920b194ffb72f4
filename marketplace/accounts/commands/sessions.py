"""Sessions: rows that a cookie names by a token of which only the hash is kept."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from marketplace.accounts.models import Person, Session
from marketplace.core import audit, clock, crypto
from marketplace.core.config import rule
from marketplace.core.db import db

SEEN_EVERY = timedelta(seconds=rule("SESSION_SEEN_SECONDS", 60, "how often at most it is written down that a session was used"))


def begin(person: Person, device: str, address: str, new_device: bool = False) -> str:
    """Sign this browser in; returns the token for its cookie, which is not kept here."""
    token = crypto.token()
    session = Session(person=person, token_hash=crypto.fingerprint(token), device=device[:60], address=address[:45], new_device=new_device,
                      expires_at=clock.now() + Session.lifetime(person))
    db.session.add(session)
    db.session.flush()
    person.session, person.token = session, token
    audit.record("session.begin", person, person, device=session.device, address=session.address)
    return token


def renew(person: Person) -> str:
    """A new token for the session in use, after its person has proven themselves again; the old one opens nothing."""
    token = crypto.token()
    person.session.token_hash, person.session.confirmed_at = crypto.fingerprint(token), clock.now()
    person.token = token
    return token


def notice_use(session: Session) -> None:
    """Keep the time of last use, roughly: a write for each request would cost more than it tells."""
    if clock.now() - session.seen_at >= SEEN_EVERY:
        session.seen_at = clock.now()


def end(session: Session, by: Person) -> None:
    """Sign one browser out; its cookie, and every copy of it, is worth nothing from now on."""
    audit.record("session.end", session.person, by, device=session.device)
    db.session.delete(session)


def end_all(person: Person, by: Person | None = None, but: Session | None = None) -> None:
    """Sign every browser of a person out, but perhaps one."""
    doomed = delete(Session).where(Session.person_id == person.id)
    db.session.execute(doomed.where(Session.id != but.id) if but else doomed)
    audit.record("session.end_all", person, by)
