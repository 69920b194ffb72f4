"""What a dollar costs."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.boosts.models import ExchangeRate
from marketplace.core.db import db

_NEWEST = select(ExchangeRate).order_by(ExchangeRate.day.desc(), ExchangeRate.id.desc())


def newest_rate() -> ExchangeRate | None:
    """The newest day's, and of that day the last that was entered."""
    return db.session.scalars(_NEWEST.limit(1)).first()


def rates() -> Sequence[ExchangeRate]:
    """The last sixty, newest first."""
    return db.session.scalars(_NEWEST.options(joinedload(ExchangeRate.person)).limit(60)).all()
