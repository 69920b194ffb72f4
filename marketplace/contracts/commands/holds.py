"""How long released money waits before it is sent."""
from __future__ import annotations

from datetime import datetime

from marketplace.contracts.models import Contract
from marketplace.core import calendar
from marketplace.core.config import rule

SILENCE_DAYS = rule("SILENCE_DAYS", 3, "days that money released by silence waits on top of the hold")
HOLD_DAYS_NEW = rule("HOLD_DAYS_NEW", 3, "days between release and sending, for new managers")
HOLD_DAYS_KNOWN = rule("HOLD_DAYS_KNOWN", 1, "days between release and sending, after HOLD_KNOWN_AFTER clean contracts")
HOLD_KNOWN_AFTER = rule("HOLD_KNOWN_AFTER", 3, "clean contracts after which the hold is shorter")
HOLD_NONE_AFTER = rule("HOLD_NONE_AFTER", 10, "clean contracts after which there is no hold")


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
