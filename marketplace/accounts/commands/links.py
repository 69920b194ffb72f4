"""One-time links: random, kept as a hash, for one purpose, until they are used or too old."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from marketplace.accounts import queries
from marketplace.accounts.models import LinkPurpose, OneTimeLink, Person
from marketplace.core import clock, crypto
from marketplace.core.db import db
from marketplace.core.errors import WrongState


def issue(person: Person, purpose: LinkPurpose, lasts: timedelta, email: str | None = None) -> str:
    """A new link's token; an older link for the same purpose stops working. `email` is where it is sent."""
    withdraw(person, purpose)
    token = crypto.token()
    db.session.add(OneTimeLink(person=person, purpose=purpose, token_hash=crypto.fingerprint(token),
                               email=email or person.email, expires_at=clock.now() + lasts))
    return token


def use(token: str, *purposes: LinkPurpose) -> OneTimeLink:
    """Take a link; it cannot be taken again, by two at once either. Raises WrongState (409) when it is over."""
    link = queries.link(token, *purposes, lock=True)
    if link is None:
        raise WrongState(_l("This link was used already, or it is too old. Ask for a new one."))
    db.session.delete(link)
    return link


def withdraw(person: Person, *purposes: LinkPurpose) -> None:
    """Make a person's links for these purposes worthless."""
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.purpose.in_(purposes)))
