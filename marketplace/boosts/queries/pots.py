"""Reads of ad money and of what was drawn from it."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from marketplace.boosts.models import COUNTED, AdPot, Draw, DrawStatus
from marketplace.boosts.models.pot import OPEN
from marketplace.contracts import queries as contracts
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books


@dataclass(frozen=True)
class Drawn:
    """Where the ad money is: of what was paid in, what was drawn, what went back, what is left."""

    paid_in: Money
    drawn: Money
    returned: Money
    left: Money


def pot_of(contract_id: uuid.UUID) -> AdPot | None:
    """The ad money of a contract, when its manager's card pays Meta."""
    return db.session.scalars(select(AdPot).where(AdPot.contract_id == contract_id)).first()


def pot_of_milestone(milestone_id: uuid.UUID) -> AdPot | None:
    """The ad money that is paid in with a milestone."""
    return db.session.scalars(select(AdPot).where(AdPot.milestone_id == milestone_id)).first()


def pot_seen_by(reader: Any, pot_id: uuid.UUID) -> AdPot | None:
    """A pot, for whoever sees its contract."""
    pot = db.session.get(AdPot, pot_id)
    return pot if pot is not None and contracts.contract_seen_by(reader, pot.contract_id) else None


def draw_seen_by(reader: Any, draw_id: uuid.UUID) -> Draw | None:
    """A draw, for whoever sees its contract."""
    draw = db.session.get(Draw, draw_id, options=[joinedload(Draw.pot)])
    return draw if draw is not None and pot_seen_by(reader, draw.pot_id) else None


def draws_of(pot: AdPot) -> Sequence[Draw]:
    """What was asked for, newest first."""
    return db.session.scalars(select(Draw).where(Draw.pot_id == pot.id).order_by(Draw.id.desc())).all()


def counted_draws(pot: AdPot) -> Sequence[Draw]:
    """Those that were repaid, or will be."""
    return db.session.scalars(select(Draw).where(Draw.pot_id == pot.id, Draw.status.in_(COUNTED))).all()


def drawn_since(contract_id: uuid.UUID, since: datetime) -> int:
    """How many receipts of a contract were repaid, or will be, since then."""
    query = select(func.count()).select_from(Draw).join(AdPot).where(AdPot.contract_id == contract_id, Draw.status.in_(COUNTED),
                                                                     Draw.created_at >= since)
    return db.session.scalar(query) or 0


def asked_draws(pot: AdPot) -> Sequence[Draw]:
    """Those that wait for an answer."""
    return db.session.scalars(select(Draw).where(Draw.pot_id == pot.id, Draw.status == DrawStatus.asked)).all()


def awaits_answer(pot_id: Any) -> ColumnElement[bool]:
    """Whether a receipt of a pot waits for an answer."""
    return select(Draw.id).where(Draw.pot_id == pot_id, Draw.status == DrawStatus.asked).exists()


def pot_is_open(contract_id: Any) -> ColumnElement[bool]:
    """Whether receipts are taken for a contract."""
    return select(AdPot.id).where(AdPot.contract_id == contract_id, AdPot.status.in_(OPEN)).exists()


def left_in(pot: AdPot) -> Money:
    """What the ledger still keeps of it."""
    return books.ad_spend(pot.subject, pot.currency)


def money_of(pot: AdPot) -> Drawn:
    """Where the ad money is."""
    drawn = sum(draw.amount_minor for draw in counted_draws(pot))
    return Drawn(pot.paid_in, Money(drawn, pot.currency), pot.returned, left_in(pot))
