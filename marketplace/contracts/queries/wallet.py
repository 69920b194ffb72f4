"""A person's money on both sides: the sums, also of what upper domains keep in the books, and each step whose money moves."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Person
from marketplace.businesses.models import Member
from marketplace.contracts import signals
from marketplace.contracts.models import Contract, Milestone, MilestoneStatus
from marketplace.contracts.models.milestone import HELD
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.paging import Page, page
from marketplace.ledger import queries as books
from marketplace.managers import queries as managers
from marketplace.managers.models import Manager

S = MilestoneStatus
HOLDING = (*HELD, S.disputed)


@dataclass(frozen=True)
class Sum:
    """One figure of the wallet, and what it means."""

    label: str
    amount: Money
    note: str


def wallet_of(person: Person, after: str | None) -> Page:
    """Every milestone whose money has moved or will, newest first."""
    begun = or_(Milestone.status != S.planned, Milestone.prefunded_minor > 0)
    query = (select(Milestone).join(Contract).where(or_(of_businesses(person), of_manager(person)), begun)
             .options(joinedload(Milestone.contract).joinedload(Contract.business),
                      joinedload(Milestone.contract).joinedload(Contract.manager)))
    return page(query, [Milestone.created_at, Milestone.id], after)


def wallet_sums(person: Person) -> list[Sum]:
    """Where a person's money stands now; a figure of nothing is left out."""
    beside = [one for _receiver, sums in signals.wallet_asked.send(person) for one in sums]
    return [one for one in (*_paid_in(person), *_owed(person), *beside) if one.amount]


def _paid_in(person: Person) -> list[Sum]:
    held, frozen, released, returned = _sums(of_businesses(person))
    return [Sum(_("Held for you"), held, _("your money, kept until you approve the work")),
            Sum(_("Of it disputed"), frozen, _("stays until the dispute is decided")),
            Sum(_("Released to managers"), released, _("of all you paid in, the fee in it")),
            Sum(_("Returned to you"), returned, _("to the cards it came from"))]


def _owed(person: Person) -> list[Sum]:
    manager = managers.manager_of(person)
    if manager is None:
        return []
    held, frozen, _released, _returned = _sums(of_manager(person))
    books_of = books.balances_of(f"manager:{manager.id}")
    none = Money(0)
    waiting, arriving = books_of.get("payable", none) + books_of.get("sending", none), books_of.get("arriving", none)
    sent = _("sent; 1–2 working days") if arriving > none else _("taken back after it was sent; your next pay makes up for it")
    return [Sum(_("Held for your work"), held, _("before the fee, until the businesses approve")),
            Sum(_("Of it disputed"), frozen, _("stays until the dispute is decided")),
            Sum(_("Yours, being sent"), waiting, _("released; each sum goes on its day")),
            Sum(_("On its way to your bank"), arriving, sent)]


def _sums(side: ColumnElement[bool]) -> list[Money]:
    """Held, disputed, released and returned of one side's milestones."""
    begun = Milestone.status.in_(HOLDING)
    held = Milestone.amount_minor - Milestone.released_minor - Milestone.returned_minor - Milestone.rolled_minor
    ahead = func.coalesce(func.sum(Milestone.prefunded_minor).filter(Milestone.status.in_((S.planned, S.funding))), 0)
    adrift = func.coalesce(func.sum(Milestone.adrift_minor), 0)
    columns: list[Any] = [func.coalesce(func.sum(held).filter(begun), 0) + ahead + adrift]
    columns += [func.coalesce(func.sum(part), 0) for part in (Milestone.frozen_minor, Milestone.released_minor, Milestone.returned_minor)]
    return [Money(int(value)) for value in db.session.execute(select(*columns).join(Contract).where(side)).one()]


def of_businesses(person: Person) -> ColumnElement[bool]:
    """Contracts of the businesses a person belongs to."""
    return Contract.business_id.in_(select(Member.business_id).where(Member.person_id == person.id))


def of_manager(person: Person) -> ColumnElement[bool]:
    """Contracts for which a person was hired."""
    return Contract.manager_id.in_(select(Manager.id).where(Manager.person_id == person.id))
