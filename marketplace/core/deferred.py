"""Rows that nobody reads before their transaction ends wait for its end, and are then written together, a statement for each kind.

What is undone takes its rows with it: a savepoint its own, a transaction all.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from marketplace.core.db import db

KINDS: dict[str, Callable[[Session, list[Any]], None]] = {}
"""How the rows of a kind are written; in this order."""


def append(kind: str, row: Any) -> None:
    """Have this row written at the end of the transaction that is open now."""
    session = db.session()
    if not session.in_transaction():
        session.begin()  # a roll-back forgets only what belongs to a transaction
    session.info.setdefault("deferred", {}).setdefault(kind, []).append((_savepoints(session), row))


def write(session: Session, kind: str) -> None:
    """Write the rows of a kind now: somebody is about to read them."""
    if waiting := session.info.get("deferred", {}).pop(kind, None):
        KINDS[kind](session, [row for _, row in waiting])


@event.listens_for(Session, "before_commit")
def _write_at_the_end(session: Session) -> None:
    if not session.in_nested_transaction():
        session.flush()
        for kind in KINDS:
            write(session, kind)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What was undone is not written; a savepoint takes only its own rows with it."""
    deferred = session.info.pop("deferred", {})
    kept = {kind: [(within, row) for within, row in waiting if undone.nested and undone not in within]
            for kind, waiting in deferred.items()}
    if any(kept.values()):
        session.info["deferred"] = kept


def _savepoints(session: Session) -> list[SessionTransaction]:
    """Those that are open now, the innermost first."""
    found, transaction = [], session.get_nested_transaction()
    while transaction is not None and transaction.nested:
        found.append(transaction)
        transaction = transaction.parent
    return found
