"""Stripe's movements against the books, daily and on demand: only what is new is read and judged, what differs is a row.

A difference is looked at again by every comparison until somebody has repaired or explained it, or it is gone by itself.
Finance hears of each once.
"""
from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.payments import notices
from marketplace.payments.commands.comparison import Difference, differences
from marketplace.payments.models import BalanceTransaction, Mismatch, MismatchKind, MismatchStatus, Reconciliation

DAILY = timedelta(days=1)
READ_AGAIN = timedelta(days=2)
FIRST_READ = timedelta(days=3650)
SETTLED_FOR = timedelta(minutes=rule("RECONCILE_AFTER_MINUTES", 10, "minutes a movement is left alone before it is compared"))
AT_ONCE = 500
"""Things compared in one go: what memory holds at a time."""
ATTEMPTS = 5
"""How often the balance is asked for until nothing moves meanwhile."""
BALANCE = "balance"


def reconcile(by: Person | None = None, whole: bool = False) -> Reconciliation:
    """Ask for a comparison of what is new, or of everything; a job makes it."""
    row = Reconciliation(person_id=by.id if by else None, whole=whole)
    db.session.add(row)
    db.session.flush()
    compare.later(row.id, once=f"reconciliation:{row.id}")
    return row


@sweep
def reconcile_daily() -> None:
    """One comparison a day, whoever asked for others."""
    newest = db.session.scalar(select(func.max(Reconciliation.created_at)))
    if newest is None or newest < clock.now() - DAILY:
        reconcile()


@task
def compare(reconciliation_id: str) -> None:
    """Read Stripe's list on, judge what is new in it and in the books, and tell finance what nobody has seen before."""
    row = db.session.get_one(Reconciliation, uuid.UUID(reconciliation_id))
    if row.finished_at:
        return
    before = None if row.whole else _before()
    try:
        balance = _read(row.whole)
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    row.judged_until = clock.now() - SETTLED_FOR
    fresh = []
    for ids in _touched(before, row.judged_until):
        row.checked += len(ids)
        fresh += _judge(row, ids)
    fresh += _balance(row, balance)
    row.found, row.finished_at = _open_count(), clock.now()
    if fresh:
        notices.mismatches(row, fresh)


def judge_again(mismatch: Mismatch) -> list[Difference]:
    """What differs now about the thing of a mismatch, as `compare` would see it."""
    return list(differences([mismatch.stripe_id], clock.now()))


def _before() -> Reconciliation | None:
    """The newest comparison that has finished."""
    query = select(Reconciliation).where(Reconciliation.judged_until.is_not(None), Reconciliation.finished_at.is_not(None))
    return db.session.scalars(query.order_by(Reconciliation.judged_until.desc()).limit(1)).first()


def _read(whole: bool) -> dict[str, int] | None:
    """Store Stripe's new movements; its balance by currency at a moment when no other came in, None when there was no such moment."""
    _read_on(whole)
    for _attempt in range(ATTEMPTS):
        balance = stripe.balance()
        if not _read_on():
            return _by_currency(balance)
    return None


def _by_currency(balance: dict[str, Any]) -> dict[str, int]:
    theirs: dict[str, int] = defaultdict(int)
    for part in (*balance["available"], *balance["pending"]):
        theirs[part["currency"].upper()] += part["amount"]
    return theirs


def _read_on(whole: bool = False) -> int:
    """How many were new."""
    newest = None if whole else db.session.scalar(select(func.max(BalanceTransaction.happened_at)))
    since = newest - READ_AGAIN if newest else clock.now() - FIRST_READ
    return sum(_store(entry) for entry in stripe.balance_transactions_since(since))


def _store(entry: dict[str, Any]) -> int:
    stored = insert(BalanceTransaction).values(**_values(entry)).on_conflict_do_nothing().returning(BalanceTransaction.id)
    return int(db.session.scalar(stored) is not None)


def _values(entry: dict[str, Any]) -> dict[str, Any]:
    return {"stripe_id": entry["id"], "type": entry["type"], "source": entry["source"] or entry["id"], "amount_minor": entry["amount"],
            "fee_minor": entry["fee"], "net_minor": entry["net"], "currency": entry["currency"].upper(),
            "exchange_rate": entry["exchange_rate"], "happened_at": datetime.fromtimestamp(entry["created"], UTC),
            "created_at": clock.now()}


def _touched(before: Reconciliation | None, until: datetime) -> Iterator[Sequence[str]]:
    """The things that moved at Stripe or in the books since the last comparison, and those that did not agree then; read in portions."""
    entry = BalanceTransaction
    theirs = select(entry.source).where(entry.happened_at <= until)
    if before:
        theirs = theirs.where((entry.happened_at > before.judged_until) | (entry.created_at > before.finished_at))
    ours = books.moved_between(before.judged_until if before else None, until)
    again = select(Mismatch.stripe_id).where(Mismatch.status == MismatchStatus.open, Mismatch.kind != MismatchKind.balance)
    return db.session.scalars(theirs.union(ours, again).execution_options(yield_per=AT_ONCE)).partitions()


def _judge(row: Reconciliation, ids: Sequence[str]) -> list[Mismatch]:
    """What differs now about these things. Gives what is new."""
    return _keep(row, ids, differences(ids, row.judged_until or clock.now()))


def _keep(row: Reconciliation, ids: Sequence[str], differing: Iterable[Difference]) -> list[Mismatch]:
    """Open what differs and is not known, follow what is, close what no longer does. Gives the new ones."""
    found = {(one.stripe_id, one.currency): one for one in differing}
    known, explained = _open_ones(ids), _explained(ids)
    fresh = [_open(row, one) for key, one in found.items() if key not in known and _what(one) not in explained]
    for key, mismatch in known.items():
        _update(mismatch, found.get(key))
    db.session.flush()
    return fresh


def _open_ones(ids: Sequence[str]) -> dict[tuple[str, str], Mismatch]:
    query = select(Mismatch).where(Mismatch.stripe_id.in_(ids), Mismatch.status == MismatchStatus.open)
    return {(row.stripe_id, row.currency): row for row in db.session.scalars(query)}


def _explained(ids: Sequence[str]) -> set[tuple[Any, ...]]:
    """What finance has found right as it is, with just these amounts."""
    query = select(Mismatch).where(Mismatch.stripe_id.in_(ids), Mismatch.status == MismatchStatus.explained)
    return {_what(Difference(row.stripe_id, row.currency, row.kind, row.ours_minor, row.theirs_minor, row.their_currency))
            for row in db.session.scalars(query)}


def _what(one: Difference) -> tuple[Any, ...]:
    return one.stripe_id, one.currency, one.kind, one.ours, one.theirs, one.their_currency


def _open(row: Reconciliation, found: Difference) -> Mismatch:
    mismatch = Mismatch(kind=found.kind, stripe_id=found.stripe_id, currency=found.currency, subject=found.subject, ours_minor=found.ours,
                        theirs_minor=found.theirs, their_currency=found.their_currency, status=MismatchStatus.open,
                        reconciliation_id=row.id)
    db.session.add(mismatch)
    return mismatch


def _update(mismatch: Mismatch, found: Difference | None) -> None:
    """It follows what is found, and ends when nothing is; not when nothing was said only because something moved a moment ago."""
    if found is None and (found := next(iter(judge_again(mismatch)), None)) is None:
        _end(mismatch)
        return
    mismatch.kind, mismatch.ours_minor, mismatch.theirs_minor = found.kind, found.ours, found.theirs
    mismatch.their_currency = found.their_currency


def _end(mismatch: Mismatch) -> None:
    mismatch.move("vanish")
    mismatch.closed_at = clock.now()


def _balance(row: Reconciliation, theirs: dict[str, int] | None) -> list[Mismatch]:
    """Both sides' sums for the page; a difference when Stripe's balance is not what its own list comes to."""
    if theirs is None:
        return []
    ours = {line.debit.currency: line.debit.minor - line.credit.minor for line in books.trial_balance().lines if line.kind == "stripe"}
    listed = _listed()
    row.balances = [{"currency": code, "stripe": theirs.get(code, 0), "books": ours.get(code, 0), "listed": listed.get(code, 0)}
                    for code in sorted({*theirs, *ours, *listed})]
    return _keep(row, [BALANCE], (Difference(BALANCE, one["currency"], MismatchKind.balance, one["listed"], one["stripe"])
                                  for one in row.balances if one["listed"] != one["stripe"]))


def _listed() -> dict[str, int]:
    """The sum of the movements Stripe has listed, by currency."""
    query = select(BalanceTransaction.currency, func.sum(BalanceTransaction.net_minor)).group_by(BalanceTransaction.currency)
    return {currency: int(net) for currency, net in db.session.execute(query)}


def _open_count() -> int:
    db.session.flush()
    return db.session.scalar(select(func.count()).where(Mismatch.status == MismatchStatus.open)) or 0
