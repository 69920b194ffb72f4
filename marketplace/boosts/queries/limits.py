"""How long ads may run from ad money and receipts be taken for it, so that it is never held longer than any other money."""
from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.boosts.models import AdPot
from marketplace.contracts.queries.limits import HELD_MOST_DAYS, limit_of
from marketplace.core import calendar
from marketplace.core.config import rule

RECEIPT_DAYS = rule("RECEIPT_DAYS", 7, "days after the last boost in which receipts are still taken; then unspent ad money goes back")
DRAW_DAYS = rule("DRAW_DAYS", 3, "days the business has to look at a receipt; then it is approved by itself")
ADS_DAYS = HELD_MOST_DAYS - DRAW_DAYS - RECEIPT_DAYS
"""After so many days of being held no ads run from it any more: the last receipts come in, and are looked at, before its limit."""


def ads_end(funded_at: datetime) -> datetime:
    """The last moment at which ads may run from ad money that was paid in then."""
    return calendar.latest(funded_at + timedelta(days=ADS_DAYS))


def receipts_end(pot: AdPot) -> datetime:
    """When receipts are taken no more, if no more ads run from now on."""
    ends_at = calendar.deadline(RECEIPT_DAYS)
    return min(ends_at, calendar.latest(pot.funded_at + timedelta(days=ADS_DAYS + RECEIPT_DAYS))) if pot.funded_at else ends_at


def draw_due(pot: AdPot) -> datetime:
    """Until when a receipt that is handed in now is looked at; never beyond the pot's limit."""
    decide_by = calendar.deadline(DRAW_DAYS)
    return min(decide_by, limit_of(pot.funded_at)) if pot.funded_at else decide_by
