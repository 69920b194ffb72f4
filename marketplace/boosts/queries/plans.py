"""Reads of boosts."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.access import queries as access
from marketplace.access.models import Grant, Right
from marketplace.boosts.models import Boost
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core.db import db


def boost_seen_by(reader: Any, boost_id: uuid.UUID) -> Boost | None:
    """A boost, for whoever sees its contract."""
    boost = db.session.get(Boost, boost_id, options=[joinedload(Boost.channel), joinedload(Boost.contract)])
    return boost if boost is not None and contracts.contract_seen_by(reader, boost.contract_id) else None


def boosts_of(contract_id: uuid.UUID) -> Sequence[Boost]:
    """The boosts of a contract, oldest first."""
    query = select(Boost).where(Boost.contract_id == contract_id).options(joinedload(Boost.channel))
    return db.session.scalars(query.order_by(Boost.id)).all()


def spend_of(contract_id: uuid.UUID) -> int:
    """Cents that Meta has reported for all campaigns of a contract."""
    return int(db.session.scalar(select(func.coalesce(func.sum(Boost.spent_minor), 0)).where(Boost.contract_id == contract_id)) or 0)


def agreed_dollars(contract: Contract) -> int:
    """Cents for ads that the terms name."""
    return int((contract.terms.get("ads") or {}).get("dollars_minor") or 0)


def holds_money(contract_id: uuid.UUID) -> bool:
    """Whether money is held for the contract's work."""
    return access.holds_money(db.session.get_one(Contract, contract_id))


def grants_to_boost(contract: Contract) -> list[Grant]:
    """Live grants of a contract that hold the right to boost."""
    return [grant for grant in access.live_grants(contract) if grant.allows(Right.boost)]
