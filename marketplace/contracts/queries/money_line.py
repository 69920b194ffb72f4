"""Where a milestone's money is: the line that both sides see."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from flask_babel import gettext as _

from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.core import i18n
from marketplace.core.money import Money
from marketplace.payments.models import TransferStatus as T
from marketplace.payments.queries.pay import Part, Pay, pays_of

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


def line_of(milestone: Milestone) -> list[Station]:
    """The line of one milestone, with the transfers of what was released."""
    return money_line(milestone, pay_of(milestone))


def pay_of(milestone: Milestone) -> Pay:
    """Where what was released of a milestone is on its way to the bank."""
    return pays([milestone])[milestone.id]


def pays(milestones: Iterable[Milestone]) -> dict[uuid.UUID, Pay]:
    """The same of several, by milestone."""
    milestones = list(milestones)
    found = pays_of([f"milestone:{one.id}" for one in milestones if one.released_minor])
    return {one.id: found.get(f"milestone:{one.id}", Pay()) for one in milestones}


def money_line(milestone: Milestone, pay: Pay) -> list[Station]:
    """Paid in → held → released → sent → arrived, with what went back or on to the next step in its own place. What was released in
    parts is shown where each part is."""
    ahead = [_paid(milestone), _held(milestone), *_gone(milestone)]
    if milestone.status == S.refunded or (milestone.status == S.resolved and not milestone.released_minor):
        return [station for station in ahead if station.amount]
    return ahead + _to_the_manager(milestone, pay)


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


def _to_the_manager(milestone: Milestone, pay: Pay) -> list[Station]:
    """What the manager gets of what was released, or of what may still be."""
    gross = milestone.released_minor or milestone.amount_minor - milestone.returned_minor - milestone.rolled_minor
    net = gross - Money(gross, milestone.currency).share(milestone.contract.fee_bp).minor
    less = _("less the fee of %(amount)s", amount=i18n.money(gross - net, milestone.currency)) if net < gross else ""
    left = bool(pay.among(T.sent, T.arrived))
    state = "later" if not milestone.released_minor else "done" if left or milestone.held else "now"
    released = Station(_("Released to the manager"), net, milestone.currency, milestone.approved_at, state, less)
    return [released, *(_on_their_way(milestone, pay) if pay.parts else _still_to_come(milestone, net))]


def _still_to_come(milestone: Milestone, net: int) -> list[Station]:
    return [Station(_("To be sent"), net, milestone.currency, milestone.send_after, "later"),
            Station(_("In the manager's bank"), net, milestone.currency, None, "later", _("1–2 working days after sending"))]


def _on_their_way(milestone: Milestone, pay: Pay) -> list[Station]:
    """Sent, to be sent, arrived: each of the parts where it is. While something is held, that is where the money is now."""
    rows = [*_sent(milestone, pay), *_to_be_sent(milestone, pay), _in_the_bank(milestone, pay)]
    return [replace(row, state="done") if row.state == "now" and milestone.held else row for row in rows]


def _sent(milestone: Milestone, pay: Pay) -> list[Station]:
    left, at_stripe = pay.among(T.sent, T.arrived), pay.among(T.sent)
    at = max((part.sent_at for part in left if part.sent_at), default=None)
    state = "now" if at_stripe and not pay.waiting else "done"
    return [Station(_("Sent"), _sum(left), milestone.currency, at, state, _came_back(at_stripe))] if left else []


def _to_be_sent(milestone: Milestone, pay: Pay) -> list[Station]:
    waiting, left = pay.waiting, pay.among(T.sent, T.arrived)
    at = min((part.send_after for part in waiting), default=None)
    state = "now" if left else "later"
    return [Station(_("To be sent"), _sum(waiting), milestone.currency, at, state, _why_it_waits(pay))] if waiting else []


def _why_it_waits(pay: Pay) -> str:
    if came_back := _came_back(pay.waiting):
        return came_back
    if pay.looked_at:
        return _("when our team has had a look")
    if pay.stopped:
        return _("when our team has looked where the manager is paid")
    if pay.homeless:
        return _("as soon as the manager can be paid")
    if pay.among(T.failed):
        return _("it did not go through; we try again")
    return _("too little to go alone: with the next pay") if all(part.small for part in pay.waiting) else ""


def _came_back(parts: list[Part]) -> str:
    """The bank sent it back, and so who has it now."""
    back = max((part for part in parts if part.came_back_at), key=attrgetter("came_back_at"), default=None)
    if back is None:
        return ""
    if back.status == T.sent:
        return _("came back from the bank on %(day)s; goes again when the account is right", day=i18n.day(back.came_back_at))
    return _("came back from the bank on %(day)s; owed again", day=i18n.day(back.came_back_at))


def _in_the_bank(milestone: Milestone, pay: Pay) -> Station:
    there, rest = pay.among(T.arrived), _sum(part for part in pay.parts if part.status != T.arrived)
    at = max((part.arrived_at for part in there if part.arrived_at), default=None)
    more = _("%(amount)s more 1–2 working days after sending", amount=i18n.money(rest, milestone.currency)) if there and rest else ""
    return Station(_("In the manager's bank"), _sum(there) if there else rest, milestone.currency, at, "done" if there else "later",
                   more if there else _("1–2 working days after sending"))


def _sum(parts: Iterable[Part]) -> int:
    return sum(part.amount for part in parts)
