"""The money line: the five stations of a step's money, the same for both sides."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from marketplace.contracts.models import Milestone, MilestoneStatus


@dataclass(frozen=True)
class Station:
    """One of the five stops of a milestone's money; both sides see the same."""

    label: str
    amount: int | None
    currency: str
    at: datetime | None
    state: str
    note: str = ""


def money_line(milestone: Milestone) -> list[Station]:
    """Paid in → held → released → sent → arrived; a refund stops the line after held."""
    if milestone.status == MilestoneStatus.refunded:
        return _refunded_line(milestone)
    reached = _reached(milestone)
    gross, net = milestone.amount_minor, milestone.net.minor
    rows = [(_("Paid in"), gross, milestone.funded_at, ""), (_("Held"), gross, None, _("with us")),
            (_("Released to the manager"), net, milestone.approved_at, ""),
            (_("Sent"), net, milestone.released_at or milestone.send_after, ""),
            (_("In the manager's bank"), net, milestone.arrived_at, "" if milestone.arrived_at else _("1–2 working days after sending"))]
    return [Station(label, amount, milestone.currency, at, _state(index, reached), note)
            for index, (label, amount, at, note) in enumerate(rows)]


def _refunded_line(milestone: Milestone) -> list[Station]:
    return [Station(_("Paid in"), milestone.amount_minor, milestone.currency, milestone.funded_at, "done"),
            Station(_("Returned"), milestone.amount_minor, milestone.currency, milestone.refunded_at, "now",
                    _("to the card it came from, 5–10 days"))]


def _reached(milestone: Milestone) -> int:
    """The station where the money is now; -1 before it is paid in."""
    if milestone.arrived_at:
        return 5
    return {MilestoneStatus.planned: -1, MilestoneStatus.funding: 0, MilestoneStatus.approved: 2, MilestoneStatus.released: 3}.get(
        milestone.status, 1)


def _state(index: int, reached: int) -> str:
    return "done" if index < reached else "now" if index == reached else "later"
