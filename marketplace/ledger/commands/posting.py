"""How a posting is written: legs, one call of the database's function, and what its refusals mean."""
from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries
from marketplace.ledger.models import PLATFORM, AccountKind, Direction, Transaction

POST = text("select id from ledger_post(:key, :verb, :pending, :of, cast(:facts as jsonb), cast(:legs as jsonb), :at)")


class NotEnough(WrongState):
    """An account of other people's money would fall below zero."""

    message = _l("There is not enough held money for this.")


class AlreadyFinished(WrongState):
    """A pending posting was settled or voided before, or a posting reversed before, under another key."""


class KeyReused(Exception):
    """The key belongs to a posting of another content: a fault of the program, never of a person."""


@dataclass(frozen=True)
class Leg:
    """One side of a posting before it is written."""

    kind: AccountKind
    owner: str
    direction: Direction
    amount: Money
    source: str | None = None

    def as_json(self) -> dict[str, Any]:
        leg = {"kind": self.kind, "owner": self.owner, "direction": self.direction,
               "currency": self.amount.currency, "amount": self.amount.minor}
        return leg if self.source is None else {**leg, "source": self.source}


def debit(kind: AccountKind, owner: str, amount: Money, source: str | None = None) -> Leg:
    """A leg on the debit side. Of held money without a source, the database takes the oldest first."""
    return Leg(kind, owner, Direction.debit, amount, source)


def credit(kind: AccountKind, owner: str, amount: Money, source: str | None = None) -> Leg:
    """A leg on the credit side."""
    return Leg(kind, owner, Direction.credit, amount, source)


def came_in(amount: Money, settled: Money | None) -> list[Leg]:
    """Money came to our balance at Stripe, changed into `settled` where Stripe keeps another currency."""
    if settled is None or settled.currency == amount.currency:
        return [debit(AccountKind.stripe, PLATFORM, amount)]
    return [debit(AccountKind.exchange, PLATFORM, amount), credit(AccountKind.exchange, PLATFORM, settled),
            debit(AccountKind.stripe, PLATFORM, settled)]


def went_out(amount: Money, settled: Money | None) -> list[Leg]:
    """Money left our balance at Stripe."""
    return [Leg(leg.kind, leg.owner, leg.direction.opposite, leg.amount) for leg in came_in(amount, settled)]


def mirrored(transaction: Transaction) -> list[Leg]:
    """The legs that undo a posting."""
    return [Leg(entry.account.kind, entry.account.owner, entry.direction.opposite, Money(entry.amount_minor, entry.currency),
                entry.account.source)
            for entry in transaction.entries]


def finish(begun: Transaction, outcome: str, legs: list[Leg], stripe_id: str | None = None) -> uuid.UUID:
    """End a pending posting under its own key. Raises AlreadyFinished when it ended otherwise before."""
    if not begun.pending:
        raise KeyReused(f"{begun.key} is not pending")
    facts = {"subject": begun.subject, "contract": begun.contract, "business": begun.business, "manager": begun.manager}
    return post(f"{begun.key}/{outcome}", f"{begun.verb}_{outcome}", legs, of=begun.key, stripe_id=stripe_id, **facts)


def reverse(key: str, of: str, stripe_id: str | None = None) -> uuid.UUID:
    """Mend a posted transaction by its mirror image. Raises AlreadyFinished when another key did so before."""
    wrong = queries.by_key(of)
    facts = {"subject": wrong.subject, "contract": wrong.contract, "business": wrong.business, "manager": wrong.manager}
    return post(key, "reverse", mirrored(wrong), of=of, stripe_id=stripe_id, **facts)


def post(key: str, verb: str, legs: list[Leg], *, pending: bool = False, of: str | None = None, **facts: str | None) -> uuid.UUID:
    """Write a posting by the database's own function, in a savepoint so that a refusal leaves the session usable."""
    values = {"key": key, "verb": verb, "pending": pending, "of": of, "at": clock.now(),
              "facts": json.dumps({name: value for name, value in facts.items() if value}),
              "legs": json.dumps([leg.as_json() for leg in legs if leg.amount])}
    try:
        with db.session.begin_nested():
            return db.session.execute(POST, values).scalar_one()
    except DBAPIError as error:
        raise _refusal(error, key) from error


def _refusal(error: DBAPIError, key: str) -> Exception:
    """What the database's refusal means to the caller; anything unknown stays what it is."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint == "ck_ledger_accounts_never_below_zero":
        return NotEnough()
    if constraint == "uq_ledger_transactions_of_id":
        return AlreadyFinished()
    if getattr(error.orig, "sqlstate", None) == "LG001":
        return KeyReused(key)
    return error
