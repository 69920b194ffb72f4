"""The books searched: postings by whom they concern, sum and day; accounts by kind, owner and currency."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.core.clock import DHAKA
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.ledger.models import Account, AccountKind, Entry, Transaction

_WITH_ENTRIES = (selectinload(Transaction.entries).joinedload(Entry.account), joinedload(Transaction.of))


@dataclass(frozen=True)
class Search:
    """What is sought: `text` is `kind:id` of a subject, contract or party, a key or an id of Stripe's; `minor` the size of
    a leg in minor units; days are Dhaka's, both included. Empty finds everything.
    """

    text: str = ""
    minor: int | None = None
    first: date | None = None
    last: date | None = None


def transactions(search: Search, after: str | None) -> Page:
    """Postings, newest first."""
    return page(_sought(search), [Transaction.id], after)


def all_transactions(search: Search) -> Iterable[Transaction]:
    """The same without pages, read in portions."""
    return db.session.scalars(_sought(search).order_by(Transaction.id.desc()).execution_options(yield_per=500))


def accounts(kind: AccountKind | None, text: str, after: str | None) -> Page:
    """Accounts, the newest first: of one kind, or one owner or payment."""
    query = select(Account)
    if kind:
        query = query.where(Account.kind == kind)
    if text:
        query = query.where(or_(Account.owner == text, Account.source == text))
    return page(query, [Account.id], after)


def entries(account: Account, after: str | None) -> Page:
    """What moved on an account, newest first."""
    query = select(Entry).where(Entry.account_id == account.id).join(Entry.transaction)
    return page(query.options(contains_eager(Entry.transaction)), [Entry.id], after)


def _sought(search: Search) -> Select:
    query = select(Transaction).options(*_WITH_ENTRIES)
    if text := search.text.strip():
        columns = (Transaction.subject, Transaction.contract, Transaction.business, Transaction.manager, Transaction.stripe_id,
                   Transaction.key)
        query = query.where(or_(*(column == text for column in columns)))
    if search.first:
        query = query.where(Transaction.created_at >= _midnight(search.first))
    if search.last:
        query = query.where(Transaction.created_at < _midnight(search.last + timedelta(days=1)))
    if search.minor is not None:
        query = query.where(exists().where(Entry.transaction_id == Transaction.id, Entry.amount_minor == search.minor))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DHAKA)
