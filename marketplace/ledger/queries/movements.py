"""What postings meant for one party: each change of what is theirs here, and what of it was a fee.

A business's own money is what is held for it, for ads, or on its way back to its card, less what it owes; a manager's is
what is owed to them, being sent, or at Stripe in their name, less what they owe.
"""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import HOT, Account, AccountKind, Direction, Entry, Transaction

KEPT = (AccountKind.held, AccountKind.ad_spend, AccountKind.refunding)
"""A business's money under the name of what it is for; whose it is, the posting that brought it says."""
COSTS = {"business": AccountKind.card_costs, "manager": AccountKind.fees}
"""What comes off on the way, by kind of party."""


@dataclass(frozen=True)
class Movement:
    """One posting as a party sees it.

    `change` of what is theirs here: positive came to them. `cost`: what card costs or fees took on the way, so that `change`
    + `cost` is the whole. `size`: how much went from one place of theirs to another or away. `undoes`: the verb of a
    posting that this one reverses.
    """

    id: uuid.UUID
    at: datetime
    verb: str
    undoes: str | None
    subject: str | None
    contract: str | None
    change: Money
    cost: Money
    size: Money


@dataclass(frozen=True)
class Release:
    """Held money that became a manager's: all of it, and the platform's fee in it."""

    at: datetime
    subject: str
    contract: str
    manager: str
    gross: Money
    fee: Money
    entry_id: int
    """The last entry of it: whatever came after, to the same accounts, has a higher one."""

    @property
    def net(self) -> Money:
        """What the manager gets."""
        return self.gross - self.fee


def movements(party: str, currency: str, since: datetime, until: datetime) -> Iterable[Movement]:
    """Each posting that moved a party's own money from one moment until before another, oldest first."""
    own, undone = _own(party), aliased(Transaction)
    mine, cost = own.c.id.is_not(None), Account.kind == COSTS[party.partition(":")[0]]
    sums = (_sum(_signed(), mine), _sum(_signed(), cost), _sum(Entry.amount_minor, and_(mine, Entry.direction == Direction.debit)))
    touching = select(Entry.transaction_id).where(Entry.account_id.in_(select(own.c.id)))
    columns = (Transaction.id, Transaction.created_at, Transaction.verb, undone.verb, Transaction.subject, Transaction.contract)
    query = (_legs(*columns, *sums)
             .outerjoin(undone, and_(Transaction.of_id == undone.id, Transaction.verb == "reverse"))
             .outerjoin(own, own.c.id == Entry.account_id)
             .where(Transaction.id.in_(touching), Entry.currency == currency, Transaction.created_at >= since,
                    Transaction.created_at < until)
             .group_by(Transaction.id, undone.verb).order_by(func.min(Entry.id)))
    return (_movement(row, currency) for row in db.session.execute(query))


def own_money(party: str, currency: str, moment: datetime) -> dict[AccountKind, Money]:
    """What was a party's own before a moment, by where it was; what they owe is negative. Their sum is the balance."""
    own = _own(party)
    query = (_legs(Account.kind, func.sum(_signed())).join(own, own.c.id == Account.id)
             .where(Entry.currency == currency, Transaction.created_at < moment).group_by(Account.kind))
    return {kind: Money(int(minor), currency) for kind, minor in db.session.execute(query)}


def parties_moved(since: datetime, until: datetime) -> list[tuple[str, str]]:
    """Whose own money moved from one moment until before another, each with the currency; reads all postings of that time."""
    query = (_legs(_party(), Entry.currency)
             .where(Transaction.created_at >= since, Transaction.created_at < until, Account.kind.not_in(HOT)).distinct())
    return sorted((party, currency) for party, currency in db.session.execute(query) if party)


def course_of(subject: str, currency: str = "BDT", until: int | None = None) -> dict[str, Money]:
    """What came to and went from the money held for a subject, by verb; its sum is what is still held.

    `until`: as it was after this entry, for those of one account have rising ids.
    """
    query = (_legs(Transaction.verb, func.sum(_signed()))
             .where(Account.kind == AccountKind.held, Account.owner == subject, Account.currency == currency).group_by(Transaction.verb))
    if until is not None:
        query = query.where(Entry.id <= until)
    return {verb: Money(int(minor), currency) for verb, minor in db.session.execute(query)}


def release_of(posting_id: uuid.UUID) -> Release:
    """What a release was, by its legs. Raises NoResultFound."""
    posting = db.session.get_one(Transaction, posting_id)
    minor = {kind: sum(entry.amount_minor for entry in posting.entries if entry.account.kind == kind)
             for kind in (AccountKind.held, AccountKind.fees)}
    currency = posting.entries[0].currency
    return Release(posting.created_at, str(posting.subject), str(posting.contract), str(posting.manager),
                   Money(minor[AccountKind.held], currency), Money(minor[AccountKind.fees], currency),
                   max(entry.id for entry in posting.entries))


def refunded_under(key: str) -> Money | None:
    """What left for a card when the refund begun under a key was settled; none when it was not."""
    query = _legs(Entry.amount_minor, Entry.currency)
    row = db.session.execute(query.where(Transaction.key == f"{key}/settled", Account.kind == AccountKind.refunding)).first()
    return Money(row.amount_minor, row.currency) if row else None


def currencies_of(party: str) -> list[str]:
    """The currencies a party's own money is, or was, in."""
    query = select(Account.currency).where(Account.id.in_(select(_own(party).c.id))).distinct()
    return sorted(db.session.scalars(query))


def begun_at() -> datetime | None:
    """When the oldest posting was made; none in empty books."""
    return db.session.scalar(select(Transaction.created_at).order_by(Transaction.id).limit(1))


def _legs(*columns: Any) -> Select[Any]:
    """Entries, each with its account and its posting."""
    return select(*columns).select_from(Entry).join(Entry.account).join(Entry.transaction)


def _own(party: str) -> CTE:
    """The accounts of a party's own money."""
    owned = and_(Account.owner == party, Account.kind != AccountKind.connected)  # the other side of what is arriving
    touched = select(Entry.account_id).join(Entry.transaction).where(Transaction.business == party)
    kept = and_(Account.kind.in_(KEPT), Account.id.in_(touched))
    return select(Account.id).where(or_(owned, kept) if party.startswith("business:") else owned).cte("own")


def _party() -> ColumnElement[str | None]:
    """Whose an account is; of money that is kept, the business of the first posting on it that names one."""
    entry, posting = aliased(Entry), aliased(Transaction)
    first: Select[Any] = (select(posting.business).join(entry, entry.transaction_id == posting.id)
                          .where(entry.account_id == Account.id, posting.business.is_not(None)).order_by(entry.id).limit(1))
    named = or_(Account.owner.startswith("manager:"), Account.owner.startswith("business:"))
    return case((named, Account.owner), (Account.kind.in_(KEPT), first.correlate(Account).scalar_subquery()))


def _signed() -> ColumnElement[int]:
    """In the party's favour: credits are theirs, debits went."""
    return case((Entry.direction == Direction.credit, Entry.amount_minor), else_=-Entry.amount_minor)


def _sum(amount: Any, where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(amount).filter(where), 0)


def _movement(row: Any, currency: str) -> Movement:
    id_, at, verb, undoes, subject, contract, *sums = row
    return Movement(id_, at, verb, undoes, subject, contract, *(Money(int(minor), currency) for minor in sums))
