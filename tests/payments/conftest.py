"""Every test here speaks with the sandbox's Stripe, and leaves books that balance."""
from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from marketplace.core.db import db
from marketplace.ledger import queries as books
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


def sound_books() -> None:
    """Every transaction balances, debits equal credits, kept balances are the sums of their entries."""
    db.session.flush()
    db.session.execute(text("set constraints all immediate"))
    assert books.trial_balance().balanced
    assert books.discrepancies() == []
