"""Signing in: password, then the second factor where there is one, then a session.

Guessing is slowed for each account and each address. Nobody can lock somebody else out with that: a browser this person
signed in with before has a count of its own, and a link by mail always works.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask_babel import lazy_gettext as _l

from marketplace.accounts import notices, queries
from marketplace.accounts.commands import factors, passwords, sessions
from marketplace.accounts.models import Person
from marketplace.core import clock, limits
from marketplace.core.config import rule
from marketplace.core.errors import Invalid, NotAllowed, TooMany

WINDOW = timedelta(minutes=rule("SIGN_IN_WINDOW_MINUTES", 15, "the window in which tries to sign in are counted, in minutes"))
PER_ACCOUNT = rule("SIGN_IN_TRIES_PER_ACCOUNT", 10, "tries on one account in the window, from browsers it does not know")
PER_DEVICE = rule("SIGN_IN_TRIES_PER_DEVICE", 10, "tries on one account in the window, from a browser it knows")
PER_ADDRESS = rule("SIGN_IN_TRIES_PER_ADDRESS", 60, "tries in the window from one network address; phones share theirs with many")

logger = structlog.get_logger()


@dataclass(frozen=True)
class Browser:
    """Where a request comes from. `mark` and `people` are of its signed device cookie: who signed in with it before."""

    address: str
    device: str
    mark: str = ""
    people: tuple[str, ...] = ()

    def knows(self, person: Person | None) -> bool:
        """Whether this person signed in with it before."""
        return person is not None and str(person.id) in self.people


def check_password(email: str, password: str, browser: Browser) -> Person:
    """Whose address and password these are. Raises Invalid, the same for an unknown address as for a wrong password,
    TooMany, or NotAllowed for somebody suspended."""
    person = queries.by_email(email)
    _slow_down(email, person, browser)
    if not passwords.matches(person, password):
        logger.warning("sign_in_failed", person=str(person.id) if person else None, address=browser.address)
        raise Invalid(_l("Address and password do not fit together. Look at both again."))
    if not person.is_active:
        raise NotAllowed(_l("This account is suspended. Write to us if you think that is a mistake."))
    passwords.rehash(person, password)
    return person


def enter(person: Person, browser: Browser) -> str:
    """Begin a session for somebody who has proven themselves; returns its token. A new device is told by mail."""
    new_device = person.signed_in_at is not None and not browser.knows(person)
    if new_device:
        notices.new_device(person, browser.device)
    person.signed_in_at = clock.now()
    limits.clear(_device_key(person, browser))
    return sessions.begin(person, browser.device, browser.address, new_device)


def confirm_again(person: Person, password: str, code: str | None) -> str:
    """Prove oneself again before something that matters; returns the session's new token. Raises Invalid, TooMany."""
    limits.hit(f"confirm:{person.id}", PER_ACCOUNT, WINDOW)
    if not passwords.matches(person, password):
        raise Invalid(_l("This is not your password."), field="password")
    if person.totp_since:
        factors.use_code(person, code or "")
    return sessions.renew(person)


def _slow_down(email: str, person: Person | None, browser: Browser) -> None:
    if browser.knows(person):
        return limits.hit(_device_key(person, browser), PER_DEVICE, WINDOW)
    account = limits.count(f"sign-in:{queries.address_key(email)}", WINDOW)
    if limits.count(f"sign-in:from:{browser.address}", WINDOW) > PER_ADDRESS or account > PER_ACCOUNT:
        raise TooMany(_l("Too many tries. Wait a quarter of an hour, or set a new password by mail."))
    return None


def _device_key(person: Person, browser: Browser) -> str:
    return f"sign-in:{browser.mark}:{person.id}"
