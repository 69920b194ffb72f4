"""Until when a dispute is opened and decided, and how long its sides have: money may be held only so long."""
from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.contracts.models import Milestone
from marketplace.contracts.queries.limits import HELD_MOST_DAYS
from marketplace.core import calendar, clock
from marketplace.core.config import rule

CLAIM_DAYS = rule("DISPUTE_CLAIM_DAYS", 7, "days after release in which a dispute may still be opened")
ANSWER_DAYS = rule("DISPUTE_ANSWER_DAYS", 3, "days the other side of a dispute has to answer, and then as many its claimant to reply")
DECISION_DAYS = rule("DISPUTE_DECISION_DAYS", 5, "days the team has to decide a dispute once both sides had their time")
SECOND_DAYS = rule("DISPUTE_SECOND_DAYS", 2, "days the second mediator has when the first did not decide in time")
DECIDED_BY_DAY = rule("DISPUTE_DECIDED_BY_DAY", 85, "disputes about held money are decided by this day after it was paid in")
DAYS = {"claim": CLAIM_DAYS, "answer": ANSWER_DAYS, "decide": DECISION_DAYS, "second": SECOND_DAYS, "by": DECIDED_BY_DAY,
        "held": HELD_MOST_DAYS}
"""The clocks as people are told them."""


def last_decision(held_since: datetime) -> datetime:
    """The last moment to decide about money paid in then; no clock's rest carries it past its day."""
    return calendar.latest(held_since + timedelta(days=DECIDED_BY_DAY))


def decided_by(milestone: Milestone) -> datetime | None:
    """The last moment to decide about what is held of it; None where nothing was paid in."""
    return last_decision(milestone.held_since) if milestone.held_since else None


def opens_until(held_since: datetime, days: int = 1) -> datetime:
    """The last moment to open one in which each side has so many days, and then the team all of its own."""
    replied = calendar.latest(last_decision(held_since) - timedelta(days=DECISION_DAYS))
    return calendar.latest(replied - timedelta(days=days)) - timedelta(days=days)


def answer_days(milestone: Milestone) -> int:
    """How many days each side has for its answer about what is held; 0: it is too late for a dispute."""
    since = milestone.held_since
    if since is None:
        return ANSWER_DAYS
    return next((days for days in range(ANSWER_DAYS, 0, -1) if clock.now() <= opens_until(since, days)), 0)
