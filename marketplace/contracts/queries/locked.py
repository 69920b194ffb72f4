"""Steps that are written together: locked in the one order, by id, so that nobody waits in a ring."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from marketplace.contracts.models import Milestone
from marketplace.core.db import db


def locked_steps(contract_id: uuid.UUID, *which: Any) -> list[Milestone]:
    """A contract's steps, or those that fit, locked and read anew."""
    query = select(Milestone).where(Milestone.contract_id == contract_id, *which).order_by(Milestone.id)
    return list(db.session.scalars(query.with_for_update(of=Milestone, key_share=True).execution_options(populate_existing=True)))
