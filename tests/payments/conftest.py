"""Every test here speaks with the sandbox's Stripe, and leaves books that balance."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from marketplace.accounts.models import Person
from marketplace.businesses.models import Role
from marketplace.core.db import db
from marketplace.ledger import queries as books
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.factories.payouts import fin
from tests.sandbox_program import SandboxWorld, sandbox_program, speaking_to, world

__all__ = ["sandbox_program", "world"]


@pytest.fixture
def stripe_app(app: Flask, world: SandboxWorld) -> Iterator[Flask]:
    """The application at the sandbox; afterwards the books are looked at as a commit would."""
    with speaking_to(world, app):
        yield app
        sound_books()


@pytest.fixture
def committed_stripe(committed: Flask, world: SandboxWorld) -> Iterator[Flask]:
    """The same on a database of its own, with real commits."""
    with speaking_to(world, committed):
        yield committed
        sound_books()


@pytest.fixture
def machine_in_dhaka(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is not UTC."""
    with monkeypatch.context() as machine:
        machine.setenv("TZ", "Asia/Dhaka")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def finance(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of somebody of finance."""
    return people.sign_in(client, fin())


@pytest.fixture
def readers(app: Flask) -> dict[str, Person]:
    """Ada's business with an accountant and an approver; a manager; a stranger who is both; finance, and another of the team."""
    business = make_business(people.ada())
    nila, omar, vera = (people.person_named(name, f"{name[:4].lower()}@example.com") for name in ("Nila Khan", "Omar Ali", "Vera Roy"))
    vera.staff_roles = ["vetter"]
    make_member(business, nila, Role.finance)
    make_member(business, omar, Role.approver)
    make_business(people.eve())
    return {"ada": people.ada(), "nila": nila, "omar": omar, "ben": people.ben(), "eve": people.eve(), "fin": fin(), "vera": vera}


def seen(query: Callable[..., Any], readers: dict[str, Person], *ids: Any) -> set[str]:
    """Who of them gets a row."""
    return {name for name, reader in readers.items() if query(reader, *ids)}


def sound_books() -> None:
    """Every transaction balances, debits equal credits, kept balances are the sums of their entries."""
    db.session.flush()
    db.session.execute(text("set constraints all immediate"))
    assert books.trial_balance().balanced
    assert books.discrepancies() == []
