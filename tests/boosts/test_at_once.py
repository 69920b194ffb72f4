"""Two receipts are decided at the same moment: the second waits for the first, and together they never pass the pot."""
from __future__ import annotations

import threading
import uuid

from flask import Flask
from sqlalchemy import text

from marketplace.boosts import commands, queries
from marketplace.boosts.models import Draw
from marketplace.core.db import db
from marketplace.core.money import Money
from tests import people
from tests.factories.boosts import make_draw, make_funded_pot, make_running_boost

WAITING = text("select count(*) from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()")


def test_two_draws_at_once_never_pass_the_pot(committed):
    pot = make_funded_pot()
    make_running_boost(pot).spent_minor = 60_00
    first, second = [make_draw(pot, number, dollars_minor=30_00, vat_minor=4_50) for number in ("first", "second")]
    whole, business = queries.left_in(pot), people.ada()
    db.session.commit()
    commands.approve_draw(first, business)
    other, faults = approving(committed, second.id)
    while other.is_alive() and not waits():
        pass
    db.session.commit()
    other.join()
    assert faults == []
    assert first.amount > second.amount > Money(0)
    assert (first.amount + second.amount, queries.left_in(pot)) == (whole, Money(0))


def approving(app: Flask, key: uuid.UUID) -> tuple[threading.Thread, list[Exception]]:
    """Somebody approves it in a connection of their own; and what went wrong."""
    faults: list[Exception] = []

    def begin() -> None:
        with app.app_context():
            try:
                commands.approve_draw(db.session.get_one(Draw, key), people.ada())
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                faults.append(error)

    other = threading.Thread(target=begin)
    other.start()
    return other, faults


def waits() -> bool:
    """Whether somebody waits for a lock."""
    with db.engine.connect() as look:
        return bool(look.scalar(WAITING))
