"""Postings: found by their key, by whom they concern, and how they ended."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import StaffRole
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import Account, AccountKind, Entry, Transaction

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


def transaction_seen_by(reader: Any, transaction_id: uuid.UUID) -> Transaction | None:
    """One posting with its entries and accounts, for finance."""
    if not (reader.is_authenticated and reader.is_staff(StaffRole.finance)):
        return None
    return db.session.scalars(select(Transaction).where(Transaction.id == transaction_id).options(*_WITH_ENTRIES)).first()


def account_seen_by(reader: Any, account_id: uuid.UUID) -> Account | None:
    """One account, for finance."""
    return db.session.get(Account, account_id) if reader.is_authenticated and reader.is_staff(StaffRole.finance) else None


def finisher(transaction: Transaction) -> Transaction | None:
    """The posting that settled, voided or reversed this one."""
    return db.session.scalars(select(Transaction).where(Transaction.of_id == transaction.id)).first()
