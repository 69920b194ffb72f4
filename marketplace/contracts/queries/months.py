"""What a month that ended early is worth: what was delivered of each line, or would have been by the days that passed."""
from __future__ import annotations

from fractions import Fraction

from flask_babel import lazy_gettext as _l

from marketplace.contracts import queries
from marketplace.contracts.models import Milestone, Month
from marketplace.contracts.models.retainer import monthly
from marketplace.core.errors import Invalid
from marketplace.core.money import Money


def ended_month(milestone: Milestone) -> Month | None:
    """The month a milestone is for, once its contract has ended; None of any other."""
    contract = milestone.contract
    return queries.month_of(milestone) if contract.ended_at and monthly(contract.terms) else None


def elapsed(month: Month) -> list[int]:
    """What would have been delivered of each line when the work stopped, by days; days of a pause do not count."""
    milestone, contract = month.milestone, month.milestone.contract
    stopped_at = contract.paused_at or contract.ended_at or month.ends_at
    left = (month.ends_at - max(stopped_at, month.starts_at)).days
    gone = Fraction(min(max(milestone.days - left, 0), milestone.days), milestone.days)
    return [int(line["count"] * gone) for line in contract.terms["lines"]]


def earned(milestone: Milestone, done: list[int]) -> Money:
    """The part of a month's price for what was delivered, less what was released already; at most what is free.

    Each line bears the same share of the price. Rounded down. Raises Invalid for more than was agreed.
    """
    counts = [line["count"] for line in milestone.contract.terms["lines"]]
    shares = list(map(Fraction, done, counts))
    if len(done) != len(counts) or not all(0 <= share <= 1 for share in shares):
        raise Invalid(_l("Write for each line how much of it was delivered, at most what was agreed."), field="done")
    unpaid = max(int(milestone.amount_minor * sum(shares) / len(counts)) - milestone.released_minor, 0)
    return min(Money(unpaid, milestone.currency), milestone.free)


def earned_unasked(milestone: Milestone) -> Money:
    """What becomes the manager's when a clock decides: all that is free; of a month that ended early what its days have earned."""
    month = ended_month(milestone)
    return earned(milestone, elapsed(month)) if month else milestone.free
