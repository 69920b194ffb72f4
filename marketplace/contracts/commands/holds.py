"""How long released money waits before it is sent, and what the team looks at before."""
from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.accounts.models import Person
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import side_of
from marketplace.contracts.queries.record import shows_work
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.payments.models import outgoing
from marketplace.payments.queries import paid_for

SILENCE_DAYS = rule("SILENCE_DAYS", 3, "days that money released by silence waits on top of the hold")
HOLD_DAYS_NEW = rule("HOLD_DAYS_NEW", 3, "days between release and sending, for new managers")
HOLD_DAYS_KNOWN = rule("HOLD_DAYS_KNOWN", 1, "days between release and sending, after HOLD_KNOWN_AFTER clean contracts")
HOLD_KNOWN_AFTER = rule("HOLD_KNOWN_AFTER", 3, "clean contracts after which the hold is shorter")
HOLD_NONE_AFTER = rule("HOLD_NONE_AFTER", 10, "clean contracts after which there is no hold")
CASH_OUT = timedelta(hours=rule("CASH_OUT_HOURS", 24, "hours after payment within which a release without recorded work is looked at"))


def send_after(contract: Contract, released_at: datetime, silent: bool = False) -> datetime:
    """When the hold of money released then is over: at once, or at the next moment a clock may end."""
    days = hold_days(contract) + (SILENCE_DAYS if silent else 0)
    return calendar.deadline(days, released_at) if days else released_at


def hold_days(contract: Contract) -> int:
    """Days between release and sending, by the manager's clean contracts."""
    clean = contract.manager.clean_contracts
    if clean >= HOLD_NONE_AFTER:
        return 0
    return HOLD_DAYS_KNOWN if clean >= HOLD_KNOWN_AFTER else HOLD_DAYS_NEW


def check_reason(milestone: Milestone, by: Person | None) -> str:
    """Why the team looks before it is sent: a side released money that has just come, with no work on record. A card could be turned
    into cash so. Mostly empty; what a clock releases, or the team decides, is not asked about.
    """
    asked = by is not None and _has_just_come(milestone) and side_of(by, milestone.contract) and not shows_work(milestone)
    return outgoing.CASH_OUT if asked else ""


def _has_just_come(milestone: Milestone) -> bool:
    """By when the card paid: held money that only went on from an earlier step is as old as it was."""
    fresh = clock.now() - CASH_OUT
    if milestone.funded_at is None or milestone.funded_at <= fresh:
        return False
    payment = paid_for(f"milestone:{milestone.id}")
    return any(at is not None and at > fresh for at in (milestone.held_since, payment and payment.succeeded_at))
