"""The small cast: ada the business, ben the manager, eve the stranger (both), sam of staff. All have proven their addresses.

Each is made once in a test, however often it is asked for. Everybody's password is `PASSWORD`; sam's second factor is `TOTP`.
"""
from __future__ import annotations

from functools import cache

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import commands
from marketplace.accounts.commands import passwords, sessions
from marketplace.accounts.models import Person, StaffRole
from marketplace.core import clock, crypto
from marketplace.core.db import db

PASSWORD = "seven green mangoes"
TOTP = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


def ada() -> Person:
    """Acts for businesses."""
    person = person_named("Ada Rahman", "ada@example.com")
    commands.act_as_business(person)
    return person


def ben() -> Person:
    """A page manager."""
    person = person_named("Ben Das", "ben@example.com")
    commands.act_as_manager(person)
    return person


def eve() -> Person:
    """A stranger who is a business and a manager."""
    person = person_named("Eve Haque", "eve@example.com")
    commands.act_as_business(person)
    commands.act_as_manager(person)
    return person


def sam() -> Person:
    """Of staff, in every role, with a second factor."""
    person = person_named("Sam Akter", "sam@example.com")
    person.staff_roles = [StaffRole.superadmin]
    person.totp_secret, person.totp_since = crypto.seal("totp", TOTP.secret), person.totp_since or clock.now()
    return person


def person_named(name: str, email: str, **changes: object) -> Person:
    """The person of that address, made if need be, changed as told."""
    person = db.session.scalars(select(Person).where(Person.email == email)).first() or _new(name, email)
    for field, value in changes.items():
        setattr(person, field, value)
    db.session.flush()
    return person


def sign_in(client: FlaskClient, person: Person) -> FlaskClient:
    """Sign this browser in as the sign-in page would have; returns the browser."""
    token = sessions.begin(person, device="Test", address="127.0.0.1")
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token
    return client


def _new(name: str, email: str) -> Person:
    person = Person(name=name, email=email, password_hash=_hash(), language="en", email_verified_at=clock.now())
    db.session.add(person)
    return person


@cache
def _hash() -> str:
    """Argon2 is slow on purpose; once a run is enough."""
    return passwords.hashed(PASSWORD)
