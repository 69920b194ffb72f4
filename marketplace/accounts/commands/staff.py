"""People of the team: made by an operator on the command line, never by default."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from marketplace.accounts import queries
from marketplace.accounts.commands import factors, links, sessions
from marketplace.accounts.models import LinkPurpose, Person, StaffRole
from marketplace.core import audit
from marketplace.core.config import rule
from marketplace.core.db import db

LASTS = timedelta(hours=rule("STAFF_LINK_HOURS", 24, "how long the first link of somebody of staff works, in hours"))


def create(email: str, name: str, roles: Sequence[StaffRole], fresh_factor: bool = False) -> str:
    """Make somebody staff, in exactly these roles; returns the token of a link to set their password. Whoever was signed
    in as them is signed out. `fresh_factor` forgets a lost second factor."""
    person = queries.by_email(email) or _new(email, name)
    person.staff_roles = sorted(set(roles))
    if fresh_factor:
        factors.forget(person)
    sessions.end_all(person)
    audit.record("person.make_staff", person, roles=person.staff_roles)
    return links.issue(person, LinkPurpose.join_staff, LASTS)


def set_roles(person: Person, roles: Sequence[StaffRole], by: Person) -> None:
    """Make a person staff in exactly these roles, none of them any more when empty; they sign in anew."""
    person.staff_roles = sorted(set(roles))
    sessions.end_all(person, by)
    audit.record("person.set_staff_roles", person, by, roles=person.staff_roles)


def _new(email: str, name: str) -> Person:
    """Somebody without a password, whom nothing but the link lets in."""
    person = Person(email=email, name=name, password_hash="")
    db.session.add(person)
    db.session.flush()
    return person
