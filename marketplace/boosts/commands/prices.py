"""What work usually costs, counted once a day from agreed contracts."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, insert, select

from marketplace.boosts import queries
from marketplace.boosts.models import PriceMedian
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.tasks import sweep, task

MEDIAN_FROM = rule("MEDIAN_FROM", 5, "contracts from which on a median price is shown; fewer would tell what one of them was")
MEDIAN_HOURS = rule("MEDIAN_HOURS", 24, "hours after which medians are counted anew")


@sweep
def read_prices_daily() -> None:
    """Once a day."""
    newest = db.session.scalar(select(func.max(PriceMedian.read_at)))
    if newest is None or newest <= clock.now() - timedelta(hours=MEDIAN_HOURS):
        read_prices.later(once="price-medians")


@task
def read_prices() -> None:
    """Count the medians by kind, trade and size, and of all trades together; forget those that are too few now."""
    db.session.execute(delete(PriceMedian))
    counted = {"kind": "", "trade": "", "size": 0, "contracts": 0, "median_minor": 0}  # says only when they were counted
    rows = [{**row, "read_at": clock.now()} for row in (counted, *queries.medians(least=MEDIAN_FROM))]
    db.session.execute(insert(PriceMedian), rows)
