"""Postings: found by their key, by whom they concern, and how they ended."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from marketplace.accounts.models import StaffRole
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.paging import Page, page
from marketplace.ledger.models import AccountKind, Direction, Entry, Transaction

_WITH_ENTRIES = (selectinload(Transaction.entries).joinedload(Entry.account), joinedload(Transaction.of))


def find(key: str) -> Transaction | None:
    """The posting under a key."""
    return db.session.scalars(select(Transaction).where(Transaction.key == key)).first()


def by_key(key: str) -> Transaction:
    """The posting under a key, with its entries. Raises NoResultFound."""
    query = select(Transaction).where(Transaction.key == key).options(*_WITH_ENTRIES)
    return db.session.scalars(query).one()


def amount_in(transaction: Transaction, kind: AccountKind) -> Money:
    """The amount of a posting's leg on an account of this kind."""
    entry = next(entry for entry in transaction.entries if entry.account.kind == kind)
    return Money(entry.amount_minor, entry.currency)


def parts_of(transaction: Transaction) -> list[tuple[str, Money]]:
    """The payments from which a posting took held money or ad money, and how much of each."""
    return [(entry.account.source, Money(entry.amount_minor, entry.currency)) for entry in transaction.entries
            if entry.account.kind in (AccountKind.held, AccountKind.ad_spend) and entry.direction == Direction.debit]


def outcome(key: str) -> str | None:
    """How a pending posting ended: "settled", "voided", or None while it is open."""
    begun = aliased(Transaction)
    query = select(Transaction.key).join(begun, Transaction.of_id == begun.id).where(begun.key == key)
    ended = db.session.scalar(query)
    return ended.rpartition("/")[2] if ended else None


def transactions(sought: str, after: str | None) -> Page:
    """Postings, newest first; `sought` is `kind:id` of a subject, contract or party, an id of Stripe's, or a key."""
    return page(_sought(sought), [Transaction.created_at, Transaction.id], after)


def all_transactions(sought: str) -> Iterable[Transaction]:
    """The same without pages, read in portions."""
    query = _sought(sought).order_by(Transaction.created_at.desc(), Transaction.id.desc())
    return db.session.scalars(query.execution_options(yield_per=500))


def transaction_seen_by(reader: Any, transaction_id: uuid.UUID) -> Transaction | None:
    """One posting with its entries and accounts, for finance."""
    if not (reader.is_authenticated and reader.is_staff(StaffRole.finance)):
        return None
    return db.session.scalars(select(Transaction).where(Transaction.id == transaction_id).options(*_WITH_ENTRIES)).first()


def finisher(transaction: Transaction) -> Transaction | None:
    """The posting that settled, voided or reversed this one."""
    return db.session.scalars(select(Transaction).where(Transaction.of_id == transaction.id)).first()


def _sought(sought: str) -> Select:
    query = select(Transaction).options(*_WITH_ENTRIES)
    columns = (Transaction.subject, Transaction.contract, Transaction.business, Transaction.manager, Transaction.stripe_id, Transaction.key)
    return query.where(or_(*(column == sought.strip() for column in columns))) if sought.strip() else query
