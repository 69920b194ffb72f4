"""Where a milestone's money is: the line that both sides see."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.core import i18n
from marketplace.core.money import Money

S = MilestoneStatus


@dataclass(frozen=True)
class Station:
    """One stop of a milestone's money, its amount in minor units; both sides see the same."""

    label: str
    amount: int | None
    currency: str
    at: datetime | None
    state: str
    note: str = ""


def money_line(milestone: Milestone, looked_at: bool = False) -> list[Station]:
    """Paid in → held → released → sent → arrived, with what went back or on to the next step in its own place.

    `looked_at`: the team has a look before it is sent.
    """
    ahead = [_paid(milestone), _held(milestone), *_gone(milestone)]
    if milestone.status == S.refunded or (milestone.status == S.resolved and not milestone.released_minor):
        return [station for station in ahead if station.amount]
    return ahead + _to_the_manager(milestone, looked_at)


def _paid(milestone: Milestone) -> Station:
    state = {S.planned: "later", S.funding: "now"}.get(milestone.status, "done")
    return Station(_("Paid in"), milestone.amount_minor, milestone.currency, milestone.funded_at, state)


def _held(milestone: Milestone) -> Station:
    begun = milestone.status not in (S.planned, S.funding)
    state = "later" if not begun else "now" if milestone.held else "done"
    amount = milestone.held.minor or None if begun else milestone.amount_minor
    return Station(_("Held"), amount, milestone.currency, None, state, _held_note(milestone))


def _held_note(milestone: Milestone) -> str:
    if milestone.adrift_minor < 0:
        return _("%(amount)s taken by the payer’s bank, which decides", amount=i18n.money(-milestone.adrift_minor, milestone.currency))
    if milestone.adrift_minor > 0:
        return _("%(amount)s came back from the bank; we try again", amount=i18n.money(milestone.adrift_minor, milestone.currency))
    if milestone.frozen_minor:
        return _("%(amount)s of it disputed", amount=i18n.money(milestone.frozen_minor, milestone.currency))
    return _("with us") if milestone.held or milestone.status == S.planned else ""


def _gone(milestone: Milestone) -> list[Station]:
    """What left for elsewhere than the manager."""
    state = "done" if milestone.held or milestone.released_minor else "now"
    back = Station(_("Returned"), milestone.returned_minor, milestone.currency, milestone.refunded_at, state,
                   _("to the card it came from, 5–10 days"))
    on = Station(_("Kept for the next step"), milestone.rolled_minor, milestone.currency, None, "done")
    return [station for station in (back, on) if station.amount]


def _to_the_manager(milestone: Milestone, looked_at: bool) -> list[Station]:
    """What the manager gets of what was released, or of what may still be."""
    gross = milestone.released_minor or milestone.amount_minor - milestone.returned_minor - milestone.rolled_minor
    net = gross - Money(gross, milestone.currency).share(milestone.contract.fee_bp).minor
    less = _("less the fee of %(amount)s", amount=i18n.money(gross - net, milestone.currency)) if net < gross else ""
    rows = [(_("Released to the manager"), milestone.approved_at, less),
            (_("Sent") if milestone.released_at else _("To be sent"), milestone.released_at or milestone.send_after,
             _("when our team has had a look") if looked_at else ""),
            (_("In the manager's bank"), milestone.arrived_at, "" if milestone.arrived_at else _("1–2 working days after sending"))]
    reached = _reached(milestone)
    return [Station(label, net, milestone.currency, at, _state(milestone, index, reached), note)
            for index, (label, at, note) in enumerate(rows)]


def _state(milestone: Milestone, index: int, reached: int) -> str:
    """While a part is held, that is where the money is now; another part has been released all the same."""
    if index == reached:
        return "done" if milestone.held else "now"
    return "done" if index < reached else "later"


def _reached(milestone: Milestone) -> int:
    """Which of the manager's stations the money is at; -1 before the first."""
    if not milestone.released_minor:
        return -1
    return 3 if milestone.arrived_at else 1 if milestone.released_at else 0
