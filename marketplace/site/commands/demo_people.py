"""Invented people: how each joins, and the team."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pyotp

from marketplace.accounts.commands import factors, links, passwords, sign_ups
from marketplace.accounts.commands import staff as accounts_staff
from marketplace.accounts.models import Intention, LinkPurpose, Person, StaffRole
from marketplace.accounts.queries import by_email
from marketplace.core import clock, crypto
from marketplace.notifications.commands import want_letters

FOLDER = Path(__file__).parents[1] / "demo"
DOMAIN = "demo.example"
PASSWORD = "seven ripe mangoes"  # noqa: S105 - of invented people, in development only
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - likewise
T = TypeVar("T")


def read(name: str) -> dict[str, Any]:
    """One file of the demo data."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def address(key: str) -> str:
    """The e-mail address of an invented person."""
    return f"{key}@{DOMAIN}"


def ago(days: float, act: Callable[[], T]) -> T:
    """Do something as if it were so many days earlier; only this process's clock is moved."""
    clock.move(timedelta(days=-days))
    try:
        return act()
    finally:
        clock.move(timedelta(days=days))


def join(key: str, name: str, intends: Intention, days_ago: float) -> Person:
    """Sign somebody up and use their link, without a letter on its way."""
    return ago(days_ago, lambda: _join(key, name, intends))


def hire() -> dict[str, Person]:
    """The team, each with a password and a second factor, by key."""
    return {row["key"]: ago(90, lambda row=row: _hire(**row)) for row in read("people")["staff"]}


def quiet(person: Person) -> Person:
    """Send no letters while the past is being made up."""
    want_letters(person, False)
    return person


def _join(key: str, name: str, intends: Intention) -> Person:
    joining = sign_ups.sign_up(name, address(key), PASSWORD, "bn", intends)
    token = crypto.token()
    joining.token_hash = crypto.fingerprint(token)
    return quiet(sign_ups.confirm(token, None))


def _hire(key: str, name: str, roles: list[str]) -> Person:
    token = accounts_staff.create(address(key), name, [StaffRole(role) for role in roles])
    person = quiet(by_email(address(key)))
    passwords.reset(links.use(token, LinkPurpose.join_staff), PASSWORD)
    factors.turn_on(person, TOTP_SECRET, pyotp.TOTP(TOTP_SECRET).now())
    return person
