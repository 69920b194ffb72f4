"""Passwords: Argon2id, of any script, kept exactly as typed but for Unicode's one form (NFC).

The only rules are length, and not being one that is tried first; nobody is made to change a good password.
"""
from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from marketplace.accounts import notices
from marketplace.accounts.commands import links, sessions
from marketplace.accounts.models import LinkPurpose, OneTimeLink, Person, SignUp
from marketplace.core import audit, clock, crypto
from marketplace.core.config import rule
from marketplace.core.errors import Invalid

SHORTEST = rule("PASSWORD_SHORTEST", 10, "characters a password has at least")
LONGEST = rule("PASSWORD_LONGEST", 128, "characters a password has at most")
COMMON = Path(__file__).parents[1] / "common_passwords.txt"
OUR_NAMES = ("dayitto", "দায়িত্ব")

# OWASP's second choice: 19 MiB, two passes, about 90 ms on our machines.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def change(person: Person, current: str, password: str) -> None:
    """Change one's own password; other browsers are signed out. Raises Invalid for `current` or `password`."""
    if not matches(person, current):
        raise Invalid(_l("This is not your password now."), field="current")
    _set(person, password)
    sessions.end_all(person, person, but=person.session)


def reset(link: OneTimeLink, password: str) -> Person:
    """Set a password by a link from the mail, which also proves the address; every browser is signed out."""
    person = link.person
    _set(person, password)
    person.email_verified_at = person.email_verified_at or clock.now()
    links.withdraw(person, LinkPurpose.reset_password, LinkPurpose.join_staff)
    sessions.end_all(person, person)
    return person


def matches(person: Person | SignUp | None, password: str) -> bool:
    """Whether this is the person's password. Takes as long for nobody, and for somebody without one."""
    kept = person.password_hash if person and person.password_hash else _nobody()
    try:
        HASHER.verify(kept, exact(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return bool(person and person.password_hash)


def rehash(person: Person, password: str) -> None:
    """Hash again what was hashed with weaker settings; call with a password that matched."""
    if HASHER.check_needs_rehash(person.password_hash):
        person.password_hash = hashed(password)


def fit(password: str, email: str = "") -> str:
    """The password when it may be used. Raises Invalid (field `password`)."""
    if reason := _unfit(exact(password), email):
        raise Invalid(reason, field="password")
    return password


def hashed(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(exact(password))


def exact(password: str) -> str:
    """One form for what two keyboards write differently; nothing else is changed."""
    return unicodedata.normalize("NFC", password)


def _set(person: Person, password: str) -> None:
    person.password_hash = hashed(fit(password, person.email))
    audit.record("person.change_password", person, person)
    notices.password_changed(person)


def _unfit(password: str, email: str) -> object | None:
    folded = password.casefold()
    if len(password) < SHORTEST:
        return _l("Use at least %(least)s characters. Three or four words are easy to keep in mind.", least=SHORTEST)
    if len(password) > LONGEST:
        return _l("Use at most %(most)s characters.", most=LONGEST)
    if any(name in folded for name in OUR_NAMES) or folded == email.casefold():
        return _l("This is too easy to guess here. Leave out our name and your own address.")
    return _l("Many people use this password, so it is tried first. Choose another one.") if _common(folded) else None


def _common(folded: str) -> bool:
    """Whether it is a well-known one, or one with only figures and marks added at its end."""
    bare = folded.rstrip("0123456789০১২৩৪৫৬৭৮৯!@#$%&*.?_- ")
    return any(crypto.fingerprint(text)[:16] in _list() for text in (folded, bare))


@cache
def _list() -> frozenset[str]:
    return frozenset(line for line in COMMON.read_text().splitlines() if not line.startswith("#"))


@cache
def _nobody() -> str:
    """A hash that nothing matches in practice, so that an unknown address costs the same time."""
    return hashed(crypto.token())
