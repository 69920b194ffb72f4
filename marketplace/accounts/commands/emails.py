"""Changing one's address: the new one confirms, the old one is told."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from marketplace.accounts import notices, queries
from marketplace.accounts.commands import links, sessions
from marketplace.accounts.models import FormerAddress, LinkPurpose, Person
from marketplace.core import audit, clock, limits
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import WrongState

FORMER = timedelta(days=rule("FORMER_ADDRESS_DAYS", 60, "days for which an address that was left still hears of where its person is paid"))
LASTS = timedelta(hours=rule("EMAIL_CHANGE_HOURS", 2, "how long the link that confirms a new address works, in hours"))


def ask_change(person: Person, email: str) -> None:
    """Send a link to the new address. Somebody else's address gets no letter, and the answer is the same."""
    limits.hit(f"email:{person.id}", 5, timedelta(hours=1))
    if queries.by_email(email) is None:
        notices.confirm_new_address(person, email, links.issue(person, LinkPurpose.change_email, LASTS, email))


def change(person: Person, token: str) -> None:
    """Take the address that the person's link proves; other browsers are signed out. Raises WrongState when it is over."""
    link = links.use(token, LinkPurpose.change_email)
    if link.person_id != person.id:
        raise WrongState(_l("This link belongs to another account. Sign in with that one and open it again."))
    old = person.email
    _take(person, link.email)
    db.session.add(FormerAddress(person_id=person.id, email=old, expires_at=clock.now() + FORMER))
    links.withdraw(person, LinkPurpose.reset_password)
    sessions.end_all(person, person, but=person.session)
    audit.record("person.change_email", person, person)
    notices.address_changed(person, old)


def _take(person: Person, email: str) -> None:
    try:
        with db.session.begin_nested():
            person.email, person.email_verified_at = email, clock.now()
    except IntegrityError as taken:
        raise WrongState(_l("This address has an account already.")) from taken
