"""Who owes the platform something."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import Account, AccountKind, Entry, Transaction


def debtors() -> list[tuple[str, Money]]:
    """Businesses and managers (`kind:id`) that owe something, the largest debt first."""
    query = select(Account.owner, Account.balance_minor, Account.currency).where(Account.kind == AccountKind.receivable,
                                                                                 Account.balance_minor > 0)
    rows = db.session.execute(query.order_by(Account.balance_minor.desc(), Account.id))
    return [(owner, Money(balance, currency)) for owner, balance, currency in rows]


def took_held(disputes: Sequence[str]) -> bool:
    """Whether one of these charge-backs (Stripe's ids) was paid, at least in part, from money that was still held."""
    kept = Account.kind.in_((AccountKind.held, AccountKind.ad_spend))
    taken = (select(Entry.id).join(Entry.account).join(Entry.transaction)
             .where(Transaction.verb == "charge_back", Transaction.stripe_id.in_(disputes), kept).limit(1))
    return db.session.scalar(taken) is not None
