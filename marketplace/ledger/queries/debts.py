"""Who owes the platform something."""
from __future__ import annotations

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import Account, AccountKind


def debtors() -> list[tuple[str, Money]]:
    """Businesses and managers (`kind:id`) that owe something, the largest debt first."""
    query = select(Account.owner, Account.balance_minor, Account.currency).where(Account.kind == AccountKind.receivable,
                                                                                 Account.balance_minor > 0)
    rows = db.session.execute(query.order_by(Account.balance_minor.desc(), Account.id))
    return [(owner, Money(balance, currency)) for owner, balance, currency in rows]
