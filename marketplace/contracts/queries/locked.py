"""Steps that are written together: locked in the one order, by id, so that nobody waits in a ring."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from marketplace.contracts.models import Milestone
from marketplace.core.db import locked


def locked_steps(contract_id: uuid.UUID, *which: Any) -> list[Milestone]:
    """A contract's steps, or those that fit, locked and read anew."""
    return list(locked(select(Milestone).where(Milestone.contract_id == contract_id, *which).order_by(Milestone.id)))
