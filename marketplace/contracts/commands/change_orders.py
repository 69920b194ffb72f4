"""Changing a running contract's steps: one side proposes, the other accepts just that, or says no, or nobody says anything."""
from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import notices
from marketplace.contracts.commands import steps
from marketplace.contracts.models import ChangeKind, ChangeOrder, Contract, ContractStatus, Milestone
from marketplace.contracts.models.change_order import snapshot
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import monthly
from marketplace.contracts.queries import milestones_of
from marketplace.contracts.queries.change_orders import open_order
from marketplace.contracts.queries.locked import locked_steps
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.tasks import sweep, task

CHANGE_ORDER_DAYS = rule("CHANGE_ORDER_DAYS", 7, "days until a proposed change of a contract that nobody answers lapses")


def propose(contract: Contract, person: Person, side: Side, kind: ChangeKind, wish: dict[str, Any], reason: str,
            milestone: Milestone | None = None) -> ChangeOrder:
    """Propose a change to the other side; `milestone` is the step it is about, None of a further one.

    `wish` has `title`, `amount_minor` and `days` as far as the kind has them. Raises Invalid for what cannot be, WrongState while
    another one waits for an answer, or the contract is not active or goes month by month.
    """
    lock(contract)
    _changeable(contract)
    if open_order(contract):
        raise WrongState(_l("Another change waits for an answer. It is answered or withdrawn first."))
    found = milestones_of(contract)
    steps.check(kind, milestone, wish, found)
    before = {"before": snapshot(milestone)} if milestone else {}
    order = ChangeOrder(contract=contract, milestone=milestone, person_id=person.id, by_side=side, kind=kind, details=wish | before,
                        reason=reason, expires_at=calendar.deadline(CHANGE_ORDER_DAYS))
    db.session.add(order)
    db.session.flush()
    notices.change_proposed(order)
    return order


def accept(order: ChangeOrder, person: Person, side: Side) -> None:
    """Carry it out, now and whole. Raises WrongState when the step is no longer as the proposal found it.

    Steps are locked before the contract, by id, as everywhere; they may move on by one.
    """
    found = _locked_steps(order)
    lock(order.contract)
    order.move("accept", by=person)
    _answers(order, side)
    _changeable(order.contract)
    milestone = next((row for row in found if row.id == order.milestone_id), None)
    if order.expires_at <= clock.now() or (snapshot(milestone) if milestone else {}) != order.before:
        raise WrongState(_l("This step has changed since the change was proposed. Propose it anew."))
    try:
        steps.carry_out(order, milestone, found, person)
    except Invalid as refusal:
        raise WrongState(refusal.message) from refusal
    notices.change_accepted(order)


def decline(order: ChangeOrder, person: Person, side: Side) -> None:
    """The other side says no; the steps stay as they are."""
    _answers(order, side)
    order.move("decline", by=person)
    notices.change_declined(order)


def withdraw(order: ChangeOrder, person: Person | None, side: Side) -> None:
    """Whoever proposed it takes it back."""
    if side is not order.by_side:
        raise NotAllowed()
    order.move("withdraw", by=person)
    notices.change_withdrawn(order)


def withdraw_open(contract: Contract) -> None:
    """The contract has ended: nobody answers any more."""
    if order := open_order(contract):
        order.move("withdraw", why="the contract ended")


@sweep
def lapse_change_orders() -> None:
    """Proposed changes whose time has passed."""
    due = select(ChangeOrder.id).where(ChangeOrder.status == "open", ChangeOrder.expires_at <= clock.now()).limit(200)
    for order_id in db.session.scalars(due):
        lapse_change_order.later(order_id, once=f"lapse-change:{order_id}")


@task
def lapse_change_order(order_id: str) -> None:
    """Nobody answered."""
    order = db.session.get_one(ChangeOrder, uuid.UUID(order_id))
    lock(order)
    if order.may("lapse") and order.expires_at <= clock.now():
        order.move("lapse")
        notices.change_lapsed(order)


def _changeable(contract: Contract) -> None:
    if contract.status != ContractStatus.active:
        raise WrongState(_l("The contract is not active, so nothing in it is changed."))
    if monthly(contract.terms):
        raise WrongState(_l("A contract that goes month by month has no steps to change. End it, and agree on a new one."))


def _locked_steps(order: ChangeOrder) -> list[Milestone]:
    """The contract's steps in their order, locked by id."""
    return sorted(locked_steps(order.contract_id), key=lambda row: row.position)


def _answers(order: ChangeOrder, side: Side) -> None:
    if side is not order.by_side.other:
        raise NotAllowed()
