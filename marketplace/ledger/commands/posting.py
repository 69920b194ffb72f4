"""How a posting is written: legs, one call of the database's function, and what its refusals mean."""
from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries
from marketplace.ledger.models import PLATFORM, AccountKind, Direction, Transaction

POST = text("select * from ledger_try(:key, :verb, :pending, :of, cast(:facts as jsonb), cast(:legs as jsonb), :at)")


class NotEnough(WrongState):
    """An account of other people's money would fall below zero."""

    message = _l("There is not enough held money for this.")


class AlreadyFinished(WrongState):
    """A pending posting was settled or voided before, or a posting reversed before, under another key."""


class KeyReused(Exception):
    """The key belongs to a posting of another content: a fault of the program, never of a person."""


REFUSALS: dict[str, Callable[[str], Exception]] = {
    "ck_ledger_accounts_never_below_zero": lambda _key: NotEnough(),
    "uq_ledger_transactions_of_id": lambda _key: AlreadyFinished(),
    "key_reused": KeyReused,
}
"""What the database's refusals mean to the caller."""


@dataclass(frozen=True)
class Posted:
    """A posting that is in the books. `fresh`: written now. `drawn`: the payments from which it took held money or ad money."""

    id: uuid.UUID
    fresh: bool
    drawn: list[tuple[str, Money]]


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
    """Write a posting and give its id."""
    return write(key, verb, legs, pending=pending, of=of, **facts).id


def write(key: str, verb: str, legs: list[Leg], *, pending: bool = False, of: str | None = None, **facts: str | None) -> Posted:
    """Write a posting by the database's own function; a refusal leaves the session usable."""
    values = {"key": key, "verb": verb, "pending": pending, "of": of, "at": clock.now(),
              "facts": json.dumps({name: value for name, value in facts.items() if value}),
              "legs": json.dumps([leg.as_json() for leg in legs if leg.amount])}
    done = db.session.execute(POST, values).one()
    if done.refused:
        raise REFUSALS[done.refused](key)
    return Posted(done.id, done.fresh, [(source, Money(minor, currency)) for source, minor, currency in done.drawn or ()])
