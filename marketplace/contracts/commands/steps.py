"""What a change order does to the steps of its contract; all of them are locked. The money moves by `settle`, as ever."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import Person
from marketplace.contracts.commands import funding, settlements
from marketplace.contracts.models import ChangeKind, ChangeOrder, Milestone, MilestoneStatus
from marketplace.contracts.models.milestone import HELD
from marketplace.contracts.queries import open_request
from marketplace.contracts.queries.limits import LONGEST_MILESTONE_DAYS
from marketplace.core import audit, calendar, clock, i18n
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.payments.queries import payments_for

LEAST_STEP_MINOR = rule("LEAST_STEP_MINOR", 100_00, "the least a step costs, in minor units")
MOST_STEPS = rule("MOST_STEPS", 40, "the most steps a contract has")
NOT_NOW = _l("This step cannot be changed in this way any more.")
STAYS = _l("This step has a history, so it stays on record. Change it instead.")
PAYING_BEGAN = _l("Somebody has begun to pay for this step, so it stays on record. Change it instead.")


def check(kind: ChangeKind, milestone: Milestone | None, wish: dict[str, Any], steps: list[Milestone]) -> None:
    """Raises Invalid at a field for what cannot be, WrongState for a step that it cannot be done to."""
    if kind in (ChangeKind.add, ChangeKind.split) and len(steps) >= MOST_STEPS:
        raise WrongState(_("A contract has at most %(most)s steps.", most=i18n.number(MOST_STEPS)))
    if kind != ChangeKind.add and milestone is None:
        raise WrongState(NOT_NOW)
    if kind != ChangeKind.remove:
        _check_wish(wish)
    if milestone is not None:
        {ChangeKind.change: _check_change, ChangeKind.split: _check_split, ChangeKind.remove: _check_remove}[kind](milestone, wish)
    if kind == ChangeKind.remove and len(steps) == 1:
        raise WrongState(_l("It is the only step. End the contract instead."))


def carry_out(order: ChangeOrder, milestone: Milestone | None, steps: list[Milestone], by: Person) -> None:
    """Do what was accepted. Raises as `check`."""
    check(order.kind, milestone, order.details, steps)
    if milestone is None:
        _insert(order, steps[-1].position + 1)
    else:
        {ChangeKind.change: _change, ChangeKind.split: _split, ChangeKind.remove: _remove}[order.kind](order, milestone, by)


def _check_wish(wish: dict[str, Any]) -> None:
    if not wish["title"]:
        raise Invalid(_l("Give the step a name."), field="title")
    if not wish["amount_minor"] or wish["amount_minor"] < LEAST_STEP_MINOR:
        raise Invalid(_("A step costs at least %(least)s.", least=i18n.money(LEAST_STEP_MINOR)), field="amount_minor")
    if not wish["days"] or not 1 <= wish["days"] <= LONGEST_MILESTONE_DAYS:
        raise Invalid(_("A step takes at most %(most)s days.", most=i18n.number(LONGEST_MILESTONE_DAYS)), field="days")


def _check_change(milestone: Milestone, wish: dict[str, Any]) -> None:
    if (wish["title"], wish["amount_minor"], wish["days"]) == (milestone.title, milestone.amount_minor, milestone.days):
        raise Invalid(_l("Nothing has changed. Change something, or go back."))
    if milestone.status == MilestoneStatus.planned:
        if wish["amount_minor"] < milestone.prefunded_minor:
            raise Invalid(_l("So much is already held for this step; it cannot cost less."), field="amount_minor")
    elif milestone.status == MilestoneStatus.funded:
        _check_deadline(milestone, wish)
    else:
        raise WrongState(NOT_NOW)


def _check_deadline(milestone: Milestone, wish: dict[str, Any]) -> None:
    """Of paid-in work only the days change: nobody's money does."""
    if (wish["title"], wish["amount_minor"]) != (milestone.title, milestone.amount_minor):
        raise Invalid(_l("This step is paid in: only its days can change."), field="days")
    if _deadline(milestone, wish["days"]) <= clock.now():
        raise Invalid(_l("That day is over. The days count from when the step was paid in."), field="days")


def _deadline(milestone: Milestone, days: int) -> datetime:
    """With so many days instead of its own: what a pause or a late owner added stays."""
    return calendar.allowed(milestone.due_at + timedelta(days=days - milestone.days))


def _check_split(milestone: Milestone, wish: dict[str, Any]) -> None:
    if milestone.status in HELD:
        rest = milestone.free.minor - wish["amount_minor"]
        if open_request(milestone):
            raise WrongState(_l("Somebody asked for the money of this step back. That is answered first."))
    elif milestone.status == MilestoneStatus.planned:
        rest = milestone.amount_minor - wish["amount_minor"]
        if rest < milestone.prefunded_minor:
            raise Invalid(_l("So much is already held for this step; it cannot cost less."), field="amount_minor")
    else:
        raise WrongState(NOT_NOW)
    if rest < LEAST_STEP_MINOR:
        raise Invalid(_("Leave at least %(least)s for the step itself.", least=i18n.money(LEAST_STEP_MINOR)), field="amount_minor")


def _check_remove(milestone: Milestone, _wish: dict[str, Any]) -> None:
    if milestone.status != MilestoneStatus.planned or milestone.prefunded_minor or milestone.held:
        raise WrongState(_l("Only a step that nothing was paid in for can be removed."))
    if payments_for(f"milestone:{milestone.id}"):
        raise WrongState(PAYING_BEGAN)


def _change(order: ChangeOrder, milestone: Milestone, by: Person) -> None:
    details = order.details
    if milestone.status == MilestoneStatus.funded:
        milestone.due_at, milestone.chased_at = _deadline(milestone, details["days"]), None
    milestone.title, milestone.amount_minor, milestone.days = details["title"], details["amount_minor"], details["days"]
    audit.record("milestone.change", milestone, by, before=order.before, why=order.reason)
    if milestone.status != MilestoneStatus.funded:
        _begin_if_paid(milestone)


def _split(order: ChangeOrder, milestone: Milestone, by: Person) -> None:
    """Of a paid-in step the part's money goes on with it, from the same payments and held as long."""
    part = Money(order.details["amount_minor"], milestone.currency)
    _move_on(milestone, 1)
    held = milestone.status in HELD
    if not held:
        milestone.amount_minor -= part.minor
    _insert(order, milestone.position + 1)
    audit.record("milestone.split", milestone, by, before=order.before, why=order.reason)
    if held:
        settlements.settle(milestone, to_next=part, by=by, why=order.reason)
    else:
        _begin_if_paid(milestone)


def _remove(order: ChangeOrder, milestone: Milestone, by: Person) -> None:
    """It never held anything: the row goes, the order and the audit remember it. What anything refers to stays."""
    audit.record("milestone.remove", milestone, by, before=order.before, why=order.reason)
    try:
        with db.session.begin_nested():
            db.session.execute(delete(Milestone).where(Milestone.id == milestone.id))
    except IntegrityError as referred:
        raise WrongState(STAYS) from referred
    order.milestone_id = None
    _move_on(milestone, -1)
    db.session.expunge(milestone)


def _begin_if_paid(milestone: Milestone) -> None:
    """What came from the step before may now be all of it."""
    if milestone.prefunded_minor and not milestone.to_fund:
        funding.begin_work(milestone, "fund_ahead")


def _insert(order: ChangeOrder, position: int) -> None:
    details = order.details
    db.session.add(Milestone(contract=order.contract, position=position, title=details["title"], amount_minor=details["amount_minor"],
                             currency=order.contract.currency, days=details["days"]))
    db.session.flush()


def _move_on(milestone: Milestone, by: int) -> None:
    """All later steps, in one statement: the order is looked at when it ends."""
    later = update(Milestone).where(Milestone.contract_id == milestone.contract_id, Milestone.position > milestone.position)
    db.session.flush()
    db.session.execute(later.values(position=Milestone.position + by))
