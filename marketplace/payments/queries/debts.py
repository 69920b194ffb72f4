"""Reads of debts, charge-backs and money that is taken back, through the reader's eyes."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business, Role
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.paging import Page, page
from marketplace.ledger import queries as books
from marketplace.managers.models import Manager
from marketplace.payments.models import Chargeback, ChargebackStatus, Evidence, Payment, Reversal, ReversalStatus, Transfer


@dataclass(frozen=True)
class Debt:
    """What a business or a manager owes; `ref` is `kind:id`."""

    ref: str
    debtor: Business | Manager
    amount: Money


def debts() -> list[Debt]:
    """All debts, the largest first."""
    owed = books.debtors()
    known = {f"{row.KIND}:{row.id}": row for table in (Business, Manager) for row in _named(table, [ref for ref, _ in owed])}
    return [Debt(ref, known[ref], amount) for ref, amount in owed if ref in known]


def bank_decides(business_id: uuid.UUID) -> bool:
    """Whether a bank took back what was still held for this business's work, and has not decided: nothing is owed for it to be paid."""
    undecided = select(Chargeback.stripe_dispute_id).join(Chargeback.payment).where(
        Payment.business_id == business_id, Chargeback.status == ChargebackStatus.open)
    disputes = db.session.scalars(undecided).all()
    return bool(disputes) and books.took_held(disputes)


def team_looks(business_id: uuid.UUID) -> bool:
    """Whether a bank kept money that was held for this business's work, and the team has not let it go on."""
    return bool(db.session.scalar(select(exists().where(Chargeback.suspends, Chargeback.payment_id == Payment.id,
                                                        Payment.business_id == business_id))))


def debt_seen_by(reader: Any, kind: str, key: uuid.UUID) -> Debt | None:
    """One debt, for finance."""
    table = {"business": Business, "manager": Manager}.get(kind)
    debtor = db.session.get(table, key) if table and _is_finance(reader) else None
    amount = books.owed_by(f"{kind}:{key}")
    return Debt(f"{kind}:{key}", debtor, amount) if debtor and amount else None


def owing_business(reader: Any) -> Business | None:
    """The reader's business, when the reader pays for it."""
    business = businesses.business_of(reader)
    return business if business and businesses.role_in(reader, business.id) in {Role.owner, Role.finance} else None


def chargeback_seen_by(reader: Any, chargeback_id: uuid.UUID) -> Chargeback | None:
    """A charge-back for those who see the business's money, the manager whose work it was, and finance."""
    loaded = joinedload(Chargeback.payment).joinedload(Payment.business), joinedload(Chargeback.manager)
    row = db.session.scalars(select(Chargeback).where(Chargeback.id == chargeback_id).options(*loaded)).first()
    if row is None or not reader.is_authenticated:
        return None
    is_party = row.manager is not None and row.manager.person_id == reader.id
    money = businesses.role_in(reader, row.payment.business_id) in {Role.owner, Role.finance}
    return row if is_party or money or _is_finance(reader) else None


def chargebacks(after: str | None) -> Page:
    """All charge-backs, newest first."""
    query = select(Chargeback).options(joinedload(Chargeback.payment).joinedload(Payment.business))
    return page(query, [Chargeback.created_at, Chargeback.id], after)


def evidence_of(chargeback: Chargeback) -> Sequence[Evidence]:
    """What was said and shown, oldest first."""
    query = select(Evidence).where(Evidence.chargeback_id == chargeback.id).order_by(Evidence.id)
    return db.session.scalars(query.options(joinedload(Evidence.person), joinedload(Evidence.file))).all()


def reversal_seen_by(reader: Any, reversal_id: uuid.UUID) -> Reversal | None:
    """Money that is taken back, for finance."""
    return db.session.get(Reversal, reversal_id) if _is_finance(reader) else None


def reversals_under_way() -> Sequence[Reversal]:
    """Money that was to be taken back and is not the business's yet."""
    query = select(Reversal).where(Reversal.status != ReversalStatus.returned).order_by(Reversal.id.desc()).limit(50)
    return db.session.scalars(query.options(joinedload(Reversal.transfer).joinedload(Transfer.manager))).all()


def _named(table: type[Any], refs: Sequence[str]) -> Sequence[Any]:
    keys = [uuid.UUID(ref.partition(":")[2]) for ref in refs if ref.startswith(f"{table.KIND}:")]
    return db.session.scalars(select(table).where(table.id.in_(keys))).all() if keys else []


def _is_finance(reader: Any) -> bool:
    return reader.is_authenticated and reader.is_staff(StaffRole.finance)
