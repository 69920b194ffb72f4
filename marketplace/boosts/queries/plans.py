"""Reads of boosts."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.access import queries as access
from marketplace.access.models import Grant, Right
from marketplace.boosts.models import Boost, BoostStatus
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract, Milestone, MilestoneStatus
from marketplace.contracts.models.contract import RUNNING
from marketplace.contracts.models.milestone import HELD
from marketplace.core.db import db


def boost_seen_by(reader: Any, boost_id: uuid.UUID) -> Boost | None:
    """A boost, for whoever sees its contract."""
    boost = db.session.get(Boost, boost_id, options=[joinedload(Boost.channel), joinedload(Boost.contract)])
    return boost if boost is not None and contracts.contract_seen_by(reader, boost.contract_id) else None


def boosts_of(contract_id: uuid.UUID) -> Sequence[Boost]:
    """The boosts of a contract, oldest first."""
    query = select(Boost).where(Boost.contract_id == contract_id).options(joinedload(Boost.channel))
    return db.session.scalars(query.order_by(Boost.id)).all()


def waiting_for_approval() -> Select:
    """(contract_id, since) of plans the business has not answered."""
    return select(Boost.contract_id, Boost.planned_at).where(Boost.status == BoostStatus.planned)


def spend_of(contract_id: uuid.UUID) -> int:
    """Cents that Meta has reported for all campaigns of a contract."""
    return int(db.session.scalar(select(func.coalesce(func.sum(Boost.spent_minor), 0)).where(Boost.contract_id == contract_id)) or 0)


def agreed_dollars(contract: Contract) -> int:
    """Cents for ads that the terms name."""
    return int((contract.terms.get("ads") or {}).get("dollars_minor") or 0)


def work_to_come(contract: Contract) -> bool:
    """Whether any step's work is still to be done, or to be looked at; steps that are not begun only while the contract runs."""
    steps = (*HELD, *((MilestoneStatus.planned, MilestoneStatus.funding) if contract.status in RUNNING else ()))
    disputed = and_(Milestone.status == MilestoneStatus.disputed, Milestone.disputed_from.in_(HELD))
    return _any_step(contract, or_(Milestone.status.in_(steps), disputed))


def work_was_paid(contract: Contract) -> bool:
    """Whether any of the work's money became the manager's."""
    return _any_step(contract, Milestone.released_minor > 0)


def _any_step(contract: Contract, such: ColumnElement[bool]) -> bool:
    return db.session.scalar(select(Milestone.id).where(Milestone.contract_id == contract.id, such).limit(1)) is not None


def holds_money(contract_id: uuid.UUID) -> bool:
    """Whether money is held for the contract's work."""
    return access.holds_money(db.session.get_one(Contract, contract_id))


def grants_to_boost(contract: Contract) -> list[Grant]:
    """Live grants of a contract that hold the right to boost."""
    return [grant for grant in access.live_grants(contract) if grant.allows(Right.boost)]
