"""What work usually costs, and where each taka of a price goes."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from marketplace.boosts.models import PriceMedian
from marketplace.core import pricing
from marketplace.core.db import db
from marketplace.core.money import Money

SIZES = {"management": (60, 90, 150), "boosting": (20, 50, 100)}
"""The upper ends of the groups of size: posts a month, dollars for ads. The last group is what is more."""
# What went on whole from a paid step (a split) is work of that step's days: neither its price nor its days count twice.
MEDIANS = text("""
with agreed as (
  select j.kind, j.trade, sum(m.amount_minor - m.rolled_minor) as price,
         sum(m.days) filter (where m.prefunded_minor < m.amount_minor) as days,
         coalesce((j.details->>'posts_a_week')::numeric, 0) * 30 / 7 as posts,
         coalesce((j.details->>'dollars_minor')::numeric, 0) / 100 as dollars
  from contracts c join jobs j on j.id = c.job_id join milestones m on m.contract_id = c.id
  where j.kind in ('management', 'boosting') group by c.id, j.id),
priced as (
  select kind, trade, price * 30 / greatest(days, 1) as unit, posts as size from agreed where kind = 'management'
  union all select kind, trade, price / dollars, dollars from agreed where kind = 'boosting' and dollars > 0),
grouped as (
  select kind, trade, unit,
         width_bucket(size - 0.000001, cast(case kind when 'management' then :posts else :dollars end as numeric[])) as size
  from priced)
select kind, coalesce(trade, '') as trade, size, count(*) as contracts,
       cast(percentile_disc(0.5) within group (order by unit) as bigint) as median_minor
from grouped group by grouping sets ((kind, size, trade), (kind, size))
having count(*) >= :least and (grouping(trade) = 1 or trade <> '')
""")


@dataclass(frozen=True)
class Split:
    """Where the money of a boost goes. `margin` is what an all-in rate takes beyond ads, VAT and the agreed charge."""

    cost: pricing.Cost
    rate_minor: int
    margin: Money | None


def medians(least: int) -> Iterator[dict[str, Any]]:
    """The median price of each kind, trade ("" is all) and group of size with at least so many agreed contracts."""
    values = {"least": least, "posts": list(SIZES["management"]), "dollars": list(SIZES["boosting"])}
    return ({**row} for row in db.session.execute(MEDIANS, values).mappings())


def size_of(kind: str, amount: int) -> int:
    """The number of the group of size that so many posts a month, or dollars, belong to."""
    return sum(amount > end for end in SIZES[kind])


def median_of(kind: str, trade: str, size: int) -> PriceMedian | None:
    """The trade's own median, else that of all trades; None while there are too few contracts."""
    own = db.session.get(PriceMedian, (kind, trade, size)) if trade else None
    return own or db.session.get(PriceMedian, (kind, "", size))


def usual_prices(kind: str, trade: str = "") -> Sequence[tuple[int | None, PriceMedian | None]]:
    """For each group of size, its upper end (None: more than the last) and its median."""
    ends = (*SIZES[kind], None)
    return [(end, median_of(kind, trade, number)) for number, end in enumerate(ends)]


def split(charge: Money, dollars: Money, rate_minor: int, all_in_minor: int | None = None) -> Split:
    """Where it goes: the charge, the ads at a rate, their VAT, the card; and what an all-in rate would take on top."""
    cost = pricing.total_cost(charge.minor, pricing.ad_spend(dollars, rate_minor).minor)
    margin = None if all_in_minor is None else pricing.ad_spend(dollars, all_in_minor) - cost.ads_get
    return Split(cost, rate_minor, margin)
