"""How held money was divided."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.contracts.models import Milestone, Settlement
from marketplace.core.db import db


def divided(milestone: Milestone) -> bool:
    """Whether a milestone's money did not all go one way at once."""
    parts = (milestone.released_minor, milestone.returned_minor, milestone.rolled_minor)
    return any(parts) and milestone.amount_minor not in parts


def settlements_of(milestone: Milestone) -> Sequence[Settlement]:
    """Each division of its money, oldest first."""
    query = select(Settlement).where(Settlement.milestone_id == milestone.id).options(joinedload(Settlement.next))
    return db.session.scalars(query.order_by(Settlement.id)).all()
