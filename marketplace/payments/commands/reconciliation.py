"""Every balance transaction of Stripe against the books, daily and on demand; what does not agree is named."""
from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.payments import notices
from marketplace.payments.models import BalanceTransaction, Reconciliation

DAILY = timedelta(days=1)
READ_AGAIN = timedelta(days=2)
FIRST_READ = timedelta(days=3650)


def reconcile(by: Person | None = None) -> Reconciliation:
    """Ask for a comparison; a job makes it."""
    row = Reconciliation(person_id=by.id if by else None)
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
    """Read Stripe's list on, compare all of it with the books, and tell finance when something does not agree."""
    row = db.session.get_one(Reconciliation, uuid.UUID(reconciliation_id))
    if row.finished_at:
        return
    try:
        _read_on()
        balance = stripe.balance()
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    entries = db.session.scalars(select(BalanceTransaction)).all()
    row.findings, row.balances = _findings(entries), _balances(balance)
    row.checked, row.finished_at = len(entries), clock.now()
    if not row.agrees:
        notices.mismatch(row)


def _read_on() -> None:
    newest = db.session.scalar(select(func.max(BalanceTransaction.happened_at)))
    since = newest - READ_AGAIN if newest else clock.now() - FIRST_READ
    for entry in stripe.balance_transactions_since(since):
        db.session.execute(insert(BalanceTransaction).values(**_values(entry)).on_conflict_do_nothing())


def _values(entry: dict[str, Any]) -> dict[str, Any]:
    return {"stripe_id": entry["id"], "type": entry["type"], "source": entry["source"] or entry["id"], "amount_minor": entry["amount"],
            "fee_minor": entry["fee"], "net_minor": entry["net"], "currency": entry["currency"].upper(),
            "exchange_rate": entry["exchange_rate"], "happened_at": datetime.fromtimestamp(entry["created"], UTC),
            "created_at": clock.now()}


def _findings(entries: Any) -> list[dict[str, Any]]:
    """What differs, by Stripe's id of the thing behind it and currency."""
    theirs: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        theirs[entry.source, entry.currency] += entry.net_minor
    ours = books.cash_by_stripe_id()
    differing = [key for key in {*theirs, *ours} if theirs.get(key, 0) != ours.get(key, 0)]
    return [_finding(key, theirs, ours) for key in sorted(differing)]


def _finding(key: tuple[str, str], theirs: dict[tuple[str, str], int], ours: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {"stripe_id": key[0], "currency": key[1], "stripe": theirs.get(key), "books": ours.get(key), "what": _what(key, theirs, ours)}


def _what(key: tuple[str, str], theirs: dict[tuple[str, str], int], ours: dict[tuple[str, str], int]) -> str:
    """missing: Stripe has it, the books have not. extra: the other way round. currency, amount: both have it, differently."""
    if key in theirs and key in ours:
        return "amount"
    if any(other[0] == key[0] for other in (ours if key in theirs else theirs)):
        return "currency"
    return "missing" if key in theirs else "extra"


def _balances(balance: dict[str, Any]) -> list[dict[str, Any]]:
    """Stripe's balance beside ours, by currency."""
    theirs: dict[str, int] = defaultdict(int)
    for part in (*balance["available"], *balance["pending"]):
        theirs[part["currency"].upper()] += part["amount"]
    ours = {line.debit.currency: line.debit.minor - line.credit.minor for line in books.trial_balance().lines if line.kind == "stripe"}
    return [{"currency": code, "stripe": theirs.get(code, 0), "books": ours.get(code, 0)} for code in sorted({*theirs, *ours})]
