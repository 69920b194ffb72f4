"""Reads of bonuses."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.accounts.models import Person
from marketplace.contracts.models import Bonus, Contract, Milestone
from marketplace.contracts.queries import contract_seen_by, own
from marketplace.core.db import db


def bonus_seen_by(reader: Any, bonus_id: uuid.UUID) -> Bonus | None:
    """A bonus, for whoever sees its contract."""
    bonus = db.session.get(Bonus, bonus_id)
    return bonus if bonus is not None and contract_seen_by(reader, bonus.contract_id) else None


def bonuses_of(contract: Contract) -> list[Bonus]:
    """A contract's bonuses that were paid or are being paid, newest first."""
    query = select(Bonus).where(Bonus.contract_id == contract.id, Bonus.status != "unpaid").order_by(Bonus.id.desc()).limit(30)
    return list(db.session.scalars(query))


def bonuses_in_wallet(person: Person) -> list[Bonus]:
    """The person's newest bonuses on either side."""
    query = (select(Bonus).join(Bonus.contract).where(own(person, Contract), Bonus.status != "unpaid")
             .options(contains_eager(Bonus.contract).options(joinedload(Contract.business), joinedload(Contract.manager))))
    return list(db.session.scalars(query.order_by(Bonus.id.desc()).limit(20)))


def bonus_being_paid(contract: Contract) -> Bonus | None:
    """The one whose payment is under way."""
    return db.session.scalars(select(Bonus).where(Bonus.contract_id == contract.id, Bonus.status == "paying")).first()


def released_steps(contract: Contract) -> list[Milestone]:
    """The steps of which something was paid to the manager."""
    query = select(Milestone).where(Milestone.contract_id == contract.id, Milestone.released_minor > 0)
    return list(db.session.scalars(query.order_by(Milestone.position)))


def has_released_work(contract: Contract) -> bool:
    """Whether any of its work has been paid to the manager."""
    released = select(Milestone.id).where(Milestone.contract_id == contract.id, Milestone.released_minor > 0).limit(1)
    return db.session.scalar(released) is not None


def record_of_bonus(bonus: Bonus) -> str:
    """What a bonus was for, in English, as a bank reads it. Times are UTC."""
    contract = bonus.contract
    return "\n".join([
        f"A bonus from {contract.business.name} to {contract.manager.name}, given on {bonus.created_at:%Y-%m-%d %H:%M} beside the price of "
        f"released work under the contract “{contract.title}”: {bonus.currency} {bonus.amount_minor / 100:,.2f}.",
        *([f"The business wrote: {bonus.note}"] if bonus.note else [])])
