"""What the books say moved on our balance at Stripe, thing by thing, for comparing it with what Stripe says."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import aliased, selectinload

from marketplace.core.db import db
from marketplace.ledger.models import Account, AccountKind, Direction, Entry, Transaction

FEES = ("pay_fee", "pay_dispute_fee")
CASH_ID = func.coalesce(Transaction.stripe_id, Transaction.key)
"""Stripe's id of the thing behind a posting, else the posting's own key."""
_MOVED = case((Entry.direction == Direction.debit, Entry.amount_minor), else_=-Entry.amount_minor)


@dataclass(frozen=True)
class Booked:
    """What the books say moved for one thing in one currency: minor units, out is negative; `fee` is taken off it."""

    id: str
    currency: str
    net: int
    fee: int
    first: datetime
    last: datetime
    subject: str | None


def booked(ids: Sequence[str]) -> list[Booked]:
    """What moved for these things, summed."""
    fee = func.coalesce(func.sum(_MOVED).filter(Transaction.verb.in_(FEES)), 0)
    query = _cash(CASH_ID, Entry.currency, func.sum(_MOVED), fee, func.min(Transaction.created_at),
                  func.max(Transaction.created_at), func.max(Transaction.subject))
    rows = db.session.execute(query.where(_about(ids)).group_by(CASH_ID, Entry.currency))
    return [Booked(id_, currency, int(net), -int(fee), first, last, subject) for id_, currency, net, fee, first, last, subject in rows]


def moved_between(since: datetime | None, until: datetime) -> Select:
    """A query for the ids of what was booked on our balance after one moment and until another."""
    query = _cash(CASH_ID).where(Transaction.created_at <= until)
    return query.where(Transaction.created_at > since) if since else query


def cash_postings(id_: str) -> list[tuple[Transaction, int, str]]:
    """The postings of one thing that moved our balance and were not undone, newest first: how much each did, in which currency."""
    undoing = aliased(Transaction)
    moved = (_cash(Transaction.id, func.sum(_MOVED), Entry.currency).where(_about([id_]), Transaction.verb != "reverse")
             .where(~exists().where(undoing.of_id == Transaction.id)).group_by(Transaction.id, Entry.currency))
    sums: dict[uuid.UUID, tuple[int, str]] = {row[0]: (int(row[1]), row[2]) for row in db.session.execute(moved)}
    query = select(Transaction).where(Transaction.id.in_(sums)).order_by(Transaction.id.desc())
    rows = db.session.scalars(query.options(selectinload(Transaction.entries).joinedload(Entry.account)))
    return [(row, *sums[row.id]) for row in rows]


def _about(ids: Sequence[str]) -> ColumnElement[bool]:
    return Transaction.stripe_id.in_(ids) | (Transaction.stripe_id.is_(None) & Transaction.key.in_(ids))


def _cash(*columns: object) -> Select:
    legs = select(*columns).select_from(Entry).join(Entry.account).join(Entry.transaction)  # type: ignore[call-overload]
    return legs.where(Account.kind == AccountKind.stripe)
