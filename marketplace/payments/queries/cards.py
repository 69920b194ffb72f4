"""Reads of saved cards."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.core.db import db
from marketplace.payments.models import Card, CardStatus


def cards_of(business_id: uuid.UUID) -> Sequence[Card]:
    """A business's saved cards, newest first."""
    query = select(Card).where(Card.business_id == business_id, Card.status == CardStatus.kept).order_by(Card.id.desc())
    return db.session.scalars(query).all()


def card_seen_by(reader: Any, card_id: uuid.UUID) -> Card | None:
    """A saved card, for those who spend for its business."""
    card = db.session.get(Card, card_id)
    role = businesses.role_in(reader, card.business_id) if card and reader.is_authenticated else None
    return card if role in {Role.owner, Role.finance} else None
