"""What accounts have, and whether the books are sound."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, case, func, literal, or_, select, text

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import DEBIT_NORMAL, HOT, Account, AccountKind, Checkpoint, Direction, Entry, Transaction

BALANCE = select(func.sum(Account.balance_minor)).where(
    Account.kind == bindparam("kind"), Account.owner == bindparam("owner"), Account.currency == bindparam("currency"))


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


def held(milestone: str, currency: str = "BDT") -> Money:
    """What is held for a milestone now."""
    return _balance(AccountKind.held, milestone, currency)


def held_of(source: str, currency: str = "BDT") -> list[tuple[AccountKind, str, Money]]:
    """For what a payment is held, ad money first, and how much; nobody changes it until this transaction ends."""
    rows = db.session.execute(text("select kind, owner, balance_minor from ledger_lock_source(:source, :currency)"),
                              {"source": source, "currency": currency})
    return [(AccountKind(kind), owner, Money(balance, currency)) for kind, owner, balance in rows]


def sources_of(milestone: str, currency: str = "BDT", ads: bool = False) -> list[tuple[str, Money]]:
    """The payments that what is held for a milestone (`ads`: its ad money) came from, oldest first, and how much is left of each."""
    query = select(Account.source, Account.balance_minor).where(Account.kind == _kept(ads), Account.owner == milestone,
                                                                Account.currency == currency, Account.balance_minor > 0)
    return [(source, Money(balance, currency)) for source, balance in db.session.execute(query.order_by(Account.id))]


def held_by_source(source: str) -> list[tuple[AccountKind, str, Money]]:
    """What is still kept of a payment: as what, for what, and how much."""
    query = (select(Account.kind, Account.owner, Account.balance_minor, Account.currency)
             .where(Account.source == source, Account.balance_minor > 0))
    return [(kind, owner, Money(balance, currency)) for kind, owner, balance, currency in db.session.execute(query.order_by(Account.id))]


def ad_spend(milestone: str, currency: str = "BDT") -> Money:
    """What is left for ads."""
    return _balance(AccountKind.ad_spend, milestone, currency)


def ad_spend_of(owner: ColumnElement[str]) -> ScalarSelect[Any]:
    """What is left for ads of each row that another statement reads, null where nothing ever was; `owner`: its name in the books."""
    return select(func.sum(Account.balance_minor)).where(Account.kind == AccountKind.ad_spend, Account.owner == owner).scalar_subquery()


def payable(manager: str, currency: str = "BDT") -> Money:
    """What is owed to a manager and not yet on its way."""
    return _balance(AccountKind.payable, manager, currency)


def sending(manager: str, currency: str = "BDT") -> Money:
    """What is on its way to a manager, not yet confirmed by Stripe."""
    return _balance(AccountKind.sending, manager, currency)


def arriving(manager: str, currency: str = "BDT") -> Money:
    """What is at Stripe in a manager's name and not yet in their bank."""
    return _balance(AccountKind.arriving, manager, currency)


def balances_of(owner: str, currency: str = "BDT") -> dict[AccountKind, Money]:
    """What is kept in somebody's name, by kind, in one statement; kinds without an account are not in it."""
    query = select(Account.kind, func.sum(Account.balance_minor)).where(Account.owner == owner, Account.currency == currency)
    return {kind: Money(int(balance), currency) for kind, balance in db.session.execute(query.group_by(Account.kind))}


def owed_by(business: str, currency: str = "BDT") -> Money:
    """What a business owes the platform after charge-backs."""
    return _balance(AccountKind.receivable, business, currency)


def held_for(milestones: Iterable[str], currency: str = "BDT", ads: bool = False) -> dict[str, Money]:
    """What is held for each of many milestones (`ads`: kept for their ads), in one statement; absent means nothing ever was."""
    query = (select(Account.owner, func.sum(Account.balance_minor)).group_by(Account.owner)
             .where(Account.kind == _kept(ads), Account.owner.in_(list(milestones)), Account.currency == currency))
    return {owner: Money(int(balance), currency) for owner, balance in db.session.execute(query)}


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
    return db.session.scalars(select(func.coalesce(newest, 0) - func.coalesce(kept, 0))).one()


def cash_by_stripe_id() -> dict[tuple[str, str], int]:
    """What the books say moved on our balance at Stripe: (Stripe's id, currency) → minor units, out is negative."""
    query = (select(Transaction.stripe_id, Entry.currency, func.sum(_signed()).label("moved"))
             .join(Transaction.entries).join(Entry.account)
             .where(Account.kind == AccountKind.stripe).group_by(Transaction.stripe_id, Entry.currency))
    return {(row.stripe_id or "", row.currency): int(row.moved) for row in db.session.execute(query)}


def _kept(ads: bool) -> AccountKind:
    """Which of the two pots."""
    return AccountKind.ad_spend if ads else AccountKind.held


def _balance(kind: AccountKind, owner: str, currency: str) -> Money:
    return Money(int(db.session.scalar(BALANCE, {"kind": kind, "owner": owner, "currency": currency}) or 0), currency)


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
