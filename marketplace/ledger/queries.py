"""Reads of the books."""
from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from marketplace.accounts.models import StaffRole
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.paging import Page, page
from marketplace.ledger.models import DEBIT_NORMAL, HOT, Account, AccountKind, Checkpoint, Direction, Entry, Transaction

VERBS = {
    "fund": _l("Money held"), "pay_fee": _l("Card fee"), "release": _l("Released"), "transfer": _l("Sending"),
    "transfer_settled": _l("Sent"), "transfer_voided": _l("Not sent"), "return_transfer": _l("Taken back"), "pay_out": _l("In the bank"),
    "refund": _l("Refund begun"), "refund_settled": _l("Refunded"), "refund_voided": _l("Refund failed"),
    "refund_returned": _l("Refund came back"), "charge_back": _l("Charged back"), "pay_dispute_fee": _l("Charge-back fee"),
    "absorb_refund": _l("Refunded at Stripe"), "reverse": _l("Reversed"),
}
"""What postings are called, to staff and parties."""


@dataclass(frozen=True)
class Line:
    """One kind of money in one currency, on its side of the trial balance."""

    kind: AccountKind
    debit: Money
    credit: Money


@dataclass(frozen=True)
class TrialBalance:
    """All kinds of money. The books are sound when debits equal credits in each currency."""

    lines: Sequence[Line]

    def currencies(self) -> list[str]:
        return sorted({line.debit.currency for line in self.lines})

    def debits(self, currency: str) -> Money:
        return Money(sum(line.debit.minor for line in self.lines if line.debit.currency == currency), currency)

    def credits(self, currency: str) -> Money:
        return Money(sum(line.credit.minor for line in self.lines if line.credit.currency == currency), currency)

    @property
    def balanced(self) -> bool:
        return all(self.debits(currency) == self.credits(currency) for currency in self.currencies())


@dataclass(frozen=True)
class StatementLine:
    """What one posting meant for a party: positive came to them (or stayed owed to them), negative went from them."""

    id: int
    at: datetime
    verb: str
    subject: str | None
    amount: Money
    balance: Money | None


def held(milestone: str, currency: str = "BDT") -> Money:
    """What is held for a milestone now."""
    return _balance(AccountKind.held, milestone, currency)


def held_and_kept(milestone: str, currency: str = "BDT") -> Money:
    """The same, and nobody changes it until this transaction ends."""
    return Money(db.session.scalar(select(func.ledger_lock(AccountKind.held.value, milestone, currency))) or 0, currency)


def ad_spend(milestone: str, currency: str = "BDT") -> Money:
    """What is left for ads."""
    return _balance(AccountKind.ad_spend, milestone, currency)


def payable(manager: str, currency: str = "BDT") -> Money:
    """What is owed to a manager and not yet on its way."""
    return _balance(AccountKind.payable, manager, currency)


def sending(manager: str, currency: str = "BDT") -> Money:
    """What is on its way to a manager, not yet confirmed by Stripe."""
    return _balance(AccountKind.sending, manager, currency)


def arriving(manager: str, currency: str = "BDT") -> Money:
    """What is at Stripe in a manager's name and not yet in their bank."""
    return _balance(AccountKind.arriving, manager, currency)


def owed_by(business: str, currency: str = "BDT") -> Money:
    """What a business owes the platform after charge-backs."""
    return _balance(AccountKind.receivable, business, currency)


def held_for(milestones: Iterable[str], currency: str = "BDT") -> dict[str, Money]:
    """What is held for each of many milestones, in one statement; absent means nothing ever was."""
    query = select(Account).where(Account.kind == AccountKind.held, Account.owner.in_(list(milestones)), Account.currency == currency)
    return {account.owner: Money(account.balance_minor, currency) for account in db.session.scalars(query)}


def stripe_clearing(currency: str = "BDT") -> Money:
    """What our balance at Stripe has to be."""
    return platform(AccountKind.stripe, currency)


def platform(kind: AccountKind, currency: str = "BDT") -> Money:
    """A platform-wide account: its last checkpoint and what came after."""
    accounts = _hot_balances().where(Account.kind == kind, Account.currency == currency)
    row = db.session.execute(accounts).first()
    return Money(int(row.balance) if row else 0, currency)


def trial_balance() -> TrialBalance:
    """Every kind of money by currency, each on its side."""
    kept = (select(Account.kind, Account.currency, func.sum(Account.balance_minor).label("balance"))
            .where(Account.kind.not_in(HOT)).group_by(Account.kind, Account.currency))
    rows = [*db.session.execute(kept), *db.session.execute(_hot_balances())]
    return TrialBalance([_line(row.kind, int(row.balance), row.currency) for row in sorted(rows, key=_order)])


def discrepancies() -> list[str]:
    """Accounts whose kept balance is not the sum of their entries; reads all entries. Sound books have none."""
    total = func.coalesce(func.sum(_signed()), 0)
    query = (select(Account.kind, Account.owner, Account.currency, Account.balance_minor, total.label("entries"))
             .outerjoin(Entry, Entry.account_id == Account.id).where(Account.kind.not_in(HOT))
             .group_by(Account.id).having(total != Account.balance_minor))
    return [f"{row.kind} {row.owner} {row.currency}: kept {row.balance_minor}, entries {row.entries}" for row in db.session.execute(query)]


def entries_since_checkpoint() -> int:
    """How many entries are newer than the newest checkpoint, by their numbers."""
    newest = select(func.max(Entry.id)).scalar_subquery()
    kept = select(func.max(Checkpoint.entry_id)).scalar_subquery()
    return db.session.scalar(select(func.coalesce(newest, 0) - func.coalesce(kept, 0))) or 0


def find(key: str) -> Transaction | None:
    """The posting under a key."""
    return db.session.scalars(select(Transaction).where(Transaction.key == key)).first()


def by_key(key: str) -> Transaction:
    """The posting under a key, with its entries. Raises NoResultFound."""
    query = select(Transaction).where(Transaction.key == key).options(_WITH_ENTRIES)
    return db.session.scalars(query).one()


def amount_in(transaction: Transaction, kind: AccountKind) -> Money:
    """The amount of a posting's leg on an account of this kind."""
    entry = next(entry for entry in transaction.entries if entry.account.kind == kind)
    return Money(entry.amount_minor, entry.currency)


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
    return db.session.scalars(select(Transaction).where(Transaction.id == transaction_id).options(_WITH_ENTRIES)).first()


def finisher(transaction: Transaction) -> Transaction | None:
    """The posting that settled, voided or reversed this one."""
    return db.session.scalars(select(Transaction).where(Transaction.of_id == transaction.id)).first()


def statement(party: str, after: str | None = None) -> Page:
    """What each posting meant for a business or a manager, newest first (rows are StatementLines)."""
    found = page(_statement(party), [Entry.id], after)
    return Page([_statement_line(entry) for entry in found.rows], found.next)


def whole_statement(party: str) -> Iterable[StatementLine]:
    """The same, oldest first and all of it, read in portions."""
    query = _statement(party).order_by(Entry.id).execution_options(yield_per=500)
    return (_statement_line(entry) for entry in db.session.scalars(query))


def cash_by_stripe_id() -> dict[tuple[str, str], int]:
    """What the books say moved on our balance at Stripe: (Stripe's id, currency) → minor units, out is negative."""
    query = (select(Transaction.stripe_id, Entry.currency, func.sum(_signed()).label("moved"))
             .join(Entry, Entry.transaction_id == Transaction.id).join(Account, Entry.account_id == Account.id)
             .where(Account.kind == AccountKind.stripe).group_by(Transaction.stripe_id, Entry.currency))
    return {(row.stripe_id or "", row.currency): int(row.moved) for row in db.session.execute(query)}


_WITH_ENTRIES = selectinload(Transaction.entries).joinedload(Entry.account)


def _balance(kind: AccountKind, owner: str, currency: str) -> Money:
    query = select(Account.balance_minor).where(Account.kind == kind, Account.owner == owner, Account.currency == currency)
    return Money(db.session.scalar(query) or 0, currency)


def _signed() -> ColumnElement[int]:
    """An entry's amount on its account's normal side."""
    grows = or_(and_(Account.kind.in_(DEBIT_NORMAL), Entry.direction == Direction.debit),
                and_(Account.kind.not_in(DEBIT_NORMAL), Entry.direction == Direction.credit))
    return case((grows, Entry.amount_minor), else_=-Entry.amount_minor)


def _hot_balances() -> Select:
    """Kind, currency and balance of platform-wide accounts."""
    last = (select(Checkpoint.entry_id, Checkpoint.balance_minor).where(Checkpoint.account_id == Account.id)
            .order_by(Checkpoint.entry_id.desc()).limit(1).lateral("last"))
    total = func.coalesce(last.c.balance_minor, 0) + func.coalesce(func.sum(_signed()), 0)
    return (select(Account.kind, Account.currency, total.label("balance")).select_from(Account)
            .outerjoin(last, literal(True))
            .outerjoin(Entry, and_(Entry.account_id == Account.id, Entry.id > func.coalesce(last.c.entry_id, 0)))
            .where(Account.kind.in_(HOT)).group_by(Account.id, last.c.balance_minor))


def _line(kind: AccountKind, balance: int, currency: str) -> Line:
    nothing, amount = Money(0, currency), Money(abs(balance), currency)
    on_debit = (kind in DEBIT_NORMAL) == (balance >= 0)
    return Line(kind, amount if on_debit else nothing, nothing if on_debit else amount)


def _order(row: object) -> tuple[str, int]:
    return row.currency, list(AccountKind).index(row.kind)  # type: ignore[attr-defined]


def _sought(sought: str) -> Select:
    query = select(Transaction).options(_WITH_ENTRIES)
    columns = (Transaction.subject, Transaction.contract, Transaction.business, Transaction.manager, Transaction.stripe_id, Transaction.key)
    return query.where(or_(*(column == sought.strip() for column in columns))) if sought.strip() else query


def _statement(party: str) -> Select:
    """For a manager the entries of what is owed to them; for a business those that came from and went to their card."""
    own = (Account.kind == AccountKind.payable) & (Account.owner == party)
    card = (Account.kind == AccountKind.stripe) & (Transaction.business == party)
    query = select(Entry).join(Account, Entry.account_id == Account.id).join(Transaction, Entry.transaction_id == Transaction.id)
    return query.where(own if party.startswith("manager:") else card).options(joinedload(Entry.account), joinedload(Entry.transaction))


def _statement_line(entry: Entry) -> StatementLine:
    amount = Money(entry.amount_minor if entry.direction == Direction.credit else -entry.amount_minor, entry.currency)
    balance = None if entry.balance_after_minor is None else Money(entry.balance_after_minor, entry.currency)
    posting = entry.transaction
    return StatementLine(entry.id, posting.created_at, posting.verb, posting.subject, amount, balance)
