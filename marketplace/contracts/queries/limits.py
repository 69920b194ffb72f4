"""How long money may be held and work waited for, and when both sides are warned."""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, not_

from marketplace.contracts.models import Contract, ContractStatus, Milestone, MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.core import calendar, clock
from marketplace.core.config import rule

HELD_MOST_DAYS = rule("HELD_MOST_DAYS", 90, "days money may be held; then undelivered money returns and delivered money is released")
LONGEST_MILESTONE_DAYS = rule("LONGEST_MILESTONE_DAYS", 60, "days after funding by which a milestone's deadline must lie")
CHASE_DAYS = rule("UNDELIVERED_NOTICE_DAYS", 3, "days after the deadline at which both sides are told that nothing was handed in")
END_DAYS = rule("UNDELIVERED_END_DAYS", 7, "days after the deadline at which money returns, or what is on record counts as handed in")
FIRST_WARNING_DAYS = rule("HELD_FIRST_WARNING_DAYS", 80, "days of being held after which both sides are warned")
REVIEW_ROOM_DAYS = rule("REVIEW_ROOM_DAYS", 12, "days before the limit of held money by which waiting for work ends, for looking")
SECOND_WARNING_DAYS = rule("HELD_SECOND_WARNING_DAYS", 87, "days of being held after which both sides are warned again")


def limit_of(held_since: datetime) -> datetime:
    """The last moment at which money paid in then may be held; no clock's rest carries it past the limit."""
    return calendar.latest(held_since + timedelta(days=HELD_MOST_DAYS))


def days_of(milestone: Milestone) -> int:
    """Days from being paid in to its deadline."""
    return min(milestone.days, LONGEST_MILESTONE_DAYS)


def kept_until(milestone: Milestone) -> datetime:
    """Until when money of the step before waits for a step to be paid in: later its 90 days would end before the step's own do."""
    return limit_of(milestone.held_since) - timedelta(days=days_of(milestone) + END_DAYS)


def ends(milestone: Milestone) -> datetime | None:
    """When what is held of a step ends by itself at the latest; None while nothing is."""
    if milestone.held_since is None:
        return None
    return kept_until(milestone) if milestone.status == MilestoneStatus.planned else limit_of(milestone.held_since)


def waiting_ends(milestone: Milestone) -> datetime | None:
    """When waiting for undelivered work ends by itself; None while no deadline runs."""
    return calendar.deadline(END_DAYS, milestone.due_at) if milestone.due_at else None


def latest_due(milestone: Milestone) -> datetime:
    """The latest deadline an owner's delays lead to: what is on record is handed in while the business still can look."""
    return limit_of(milestone.held_since) - timedelta(days=END_DAYS + REVIEW_ROOM_DAYS)


def rests(milestone: Milestone) -> bool:
    """Whether its deadline waits for a paused contract. A manager who was late already does not stop it by pausing."""
    contract = milestone.contract
    if contract.status != ContractStatus.paused:
        return False
    return contract.paused_by is not Side.manager or milestone.due_at is None or milestone.due_at >= contract.paused_at


def resting() -> ColumnElement[bool]:
    """`rests`, asked of the database of milestones with their contracts."""
    late = and_(Contract.paused_by.is_not_distinct_from(Side.manager), Milestone.due_at < Contract.paused_at)
    return and_(Contract.status == ContractStatus.paused, not_(late))


def next_warning(milestone: Milestone) -> datetime | None:
    """The next warning after now; None when both are past, or nothing is held."""
    if milestone.held_since is None:
        return None
    moments = (calendar.deadline(days, milestone.held_since) for days in (FIRST_WARNING_DAYS, SECOND_WARNING_DAYS))
    return min((moment for moment in moments if moment > clock.now()), default=None)
