"""Reads of proposed changes of a contract."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from marketplace.contracts.models import ChangeOrder, Contract
from marketplace.contracts.queries import contract_seen_by
from marketplace.core.db import db


def change_order_seen_by(reader: Any, order_id: uuid.UUID) -> ChangeOrder | None:
    """A proposed change, for whoever sees its contract."""
    order = db.session.get(ChangeOrder, order_id)
    return order if order is not None and contract_seen_by(reader, order.contract_id) else None


def change_orders_of(contract: Contract) -> list[ChangeOrder]:
    """The newest thirty changes that were proposed, newest first."""
    query = select(ChangeOrder).where(ChangeOrder.contract_id == contract.id).order_by(ChangeOrder.id.desc()).limit(30)
    return list(db.session.scalars(query))


def open_order(contract: Contract) -> ChangeOrder | None:
    """The one that waits for an answer."""
    return db.session.scalars(select(ChangeOrder).where(ChangeOrder.contract_id == contract.id, ChangeOrder.status == "open")).first()
