"""Reads of where our cash lies."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.paging import Page, page
from marketplace.ledger import queries as books
from marketplace.payments.models import BankPayout, PayoutStatus

STRIPE, BANK = "stripe", "bank"


@dataclass(frozen=True)
class Cash:
    """Our own cash in one currency, by the books: at Stripe, on its way to our bank, and in it."""

    at_stripe: Money
    on_the_way: Money
    in_bank: Money


def cash() -> list[Cash]:
    """Where it lies, by currency."""
    on_the_way = _on_the_way()
    found: dict[str, dict[str, Money]] = {}
    for line in books.trial_balance().lines:
        if line.kind in (STRIPE, BANK):
            found.setdefault(line.debit.currency, {})[line.kind] = line.debit - line.credit
    return [Cash(by_kind.get(STRIPE, Money(0, code)), way := on_the_way.get(code, Money(0, code)),
                 by_kind.get(BANK, Money(0, code)) - way) for code, by_kind in sorted(found.items())]


def bank_payouts(after: str | None) -> Page:
    """Stripe's payouts to our bank, newest first."""
    return page(select(BankPayout), [BankPayout.id], after)


def _on_the_way() -> dict[str, Money]:
    query = (select(BankPayout.currency, func.sum(BankPayout.amount_minor)).where(BankPayout.status == PayoutStatus.pending)
             .group_by(BankPayout.currency))
    return {code: Money(int(minor), code) for code, minor in db.session.execute(query)}
