"""What may be claimed of a step now: held money, and what was released lately."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.contracts.models.milestone import HELD
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries.settlements import settlements_of
from marketplace.core import calendar, clock
from marketplace.core.money import Money
from marketplace.disputes.queries import limits

RELEASED = (MilestoneStatus.approved, MilestoneStatus.released)


@dataclass(frozen=True)
class Claimable:
    """What may be claimed of a milestone now: of held money until `held_until`, and of what was `released` lately; the first
    of that `until` then. Each side has so many `days` to answer.
    """

    held: Money
    released: Money
    days: int = limits.ANSWER_DAYS
    held_until: datetime | None = None
    until: datetime | None = None

    @property
    def most(self) -> Money:
        """Both together. A claim is one on held money first."""
        return self.held + self.released


def claimable(milestone: Milestone, side: Side) -> Claimable | None:
    """What this side may claim now, disputes there were left aside: held money either side, released money the business."""
    nothing = Money(0, milestone.currency)
    held = milestone.free if milestone.status in HELD else nothing
    if not held and milestone.status not in RELEASED:
        return None
    released, until = _released_lately(milestone) if side is Side.business else (nothing, None)
    until = until if released else None
    if held and (days := limits.answer_days(milestone)):
        return Claimable(held, released, days, limits.opens_until(milestone.held_since), until)
    return Claimable(nothing, released, until=until) if released else None


def held_too_long(milestone: Milestone) -> bool:
    """Whether what is held of it ends by itself before a dispute about it could be decided."""
    return milestone.status in HELD and bool(milestone.free) and not limits.answer_days(milestone)


def _released_lately(milestone: Milestone) -> tuple[Money, datetime | None]:
    """What was released within the days for claims, less what was taken back, and until when all of it can be claimed."""
    if milestone.approved_at is None or _claims_end(milestone.approved_at) < clock.now():
        return Money(0, milestone.currency), None
    parts = [one for one in settlements_of(milestone) if one.to_manager_minor]
    young = [one for one in parts if _claims_end(one.created_at) >= clock.now()]
    taken_back = sum(one.to_manager_minor for one in parts) - milestone.released_minor
    left = max(sum(one.to_manager_minor for one in young) - taken_back, 0)
    return Money(left, milestone.currency), min((_claims_end(one.created_at) for one in young), default=None)


def _claims_end(released_at: datetime) -> datetime:
    return calendar.deadline(limits.CLAIM_DAYS, released_at)
