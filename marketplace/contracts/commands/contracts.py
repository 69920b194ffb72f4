"""How a contract ends: access stops at once, the hand-over list is worked through, and it closes when no money is left in it."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import notices, signals
from marketplace.contracts.commands import funding, parties, refunds
from marketplace.contracts.models import Contract, ContractStatus, HandoverItem, Milestone, MilestoneStatus, PartyCheck
from marketplace.contracts.models.milestone import HOLDING, working
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, owner
from marketplace.contracts.queries.bonuses import has_released_work
from marketplace.contracts.queries.locked import locked_steps
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep, task
from marketplace.ledger import queries as books
from marketplace.managers import commands as managers
from marketplace.payments import commands as payments

HANDOVER_DAYS = rule("HANDOVER_DAYS", 7, "days after which an open hand-over list waives itself")

LOOK_AGAIN = timedelta(days=1)


def end_contract(contract: Contract, person: Person, side: Side, reason: str) -> None:
    """End it. Access stops with this; nothing more is paid in: what is being paid is called off, what was kept for steps that will not
    begin returns. Other held money goes on by its own rules."""
    called_off = _call_off_payments(contract, person)
    for milestone in _ahead(contract):
        refunds.return_prefunded(milestone)
    contract.move("end", by=person, why=reason)
    contract.ended_at, contract.ended_by, contract.end_reason = clock.now(), side, reason
    contract.closes_at = calendar.deadline(HANDOVER_DAYS)
    signals.contract_ended.send(contract)
    notices.contract_ended(contract, called_off)
    close_when_settled(contract)


def _call_off_payments(contract: Contract, person: Person) -> bool:
    """Close the payment pages that are open; all payments are locked before the first step, as when money comes in."""
    under_way = [payment for milestone in _being_paid(contract) if (payment := funding.payment_under_way(milestone))]
    for payment in sorted(under_way, key=attrgetter("id")):
        lock(payment)
    still_open = [payment for payment in under_way if payment.may("cancel")]
    for payment in still_open:
        payments.cancel_checkout(payment, by=person)
    return bool(still_open)


def _being_paid(contract: Contract) -> Sequence[Milestone]:
    query = select(Milestone).where(Milestone.contract_id == contract.id, Milestone.status == MilestoneStatus.funding)
    return db.session.scalars(query).all()


def pause_contract(contract: Contract, person: Person, side: Side, reason: str) -> None:
    """Both sides rest: nothing new is paid in. What is held keeps its clocks, so that nobody's money waits for the other's rest."""
    contract.move("pause", by=person, why=reason)
    contract.paused_at, contract.paused_by, contract.pause_reason = clock.now(), side, reason
    notices.contract_paused(contract)


def resume_contract(contract: Contract, person: Person) -> None:
    """Work goes on; deadlines that rested move by the days of rest. Milestones are locked first, as everywhere."""
    waiting = [milestone for milestone in _under_way(contract) if limits.rests(milestone)]
    for milestone in waiting:
        milestone.owner_until = owner.counted_after(milestone, contract.paused_at)
    contract.move("resume", by=person)
    rested, contract.paused_at, contract.paused_by = clock.now() - contract.paused_at, None, None
    for milestone in waiting:
        milestone.due_at, milestone.chased_at = calendar.allowed(milestone.due_at + rested), None
    signals.contract_resumed.send(contract, rested=rested)
    notices.contract_resumed(contract)


def _ahead(contract: Contract) -> list[Milestone]:
    """Steps not begun with money in them, locked in order."""
    return locked_steps(contract.id, Milestone.status == MilestoneStatus.planned, Milestone.prefunded_minor > 0)


def _under_way(contract: Contract) -> list[Milestone]:
    """Milestones whose deadline runs, locked in order."""
    return locked_steps(contract.id, working(MilestoneStatus.funded, MilestoneStatus.changes_asked))


def tick_handover(item: HandoverItem, person: Person | None, waived: bool = False) -> None:
    """A line of the list is done, or the business waives it."""
    lock(item.contract)
    lock(item)
    if item.done_at is None:
        item.done_at, item.waived = clock.now(), waived
    db.session.flush()
    close_when_settled(item.contract)


def mark_access_revoked(contract: Contract) -> None:
    """Said by the access domain, once nothing is left that could be used."""
    item = db.session.scalars(select(HandoverItem).where(HandoverItem.contract_id == contract.id,
                                                         HandoverItem.code == "access_revoked")).one()
    tick_handover(item, None)


def close_when_settled(contract: Contract) -> None:
    """Close an ended contract that has an empty list and no money in it."""
    lock(contract)
    if contract.status == ContractStatus.ending and not open_items(contract) and not holds_money(contract):
        contract.move("close")
        contract.closed_at = clock.now()
        _judge(contract)
        signals.contract_closed.send(contract)
        notices.contract_closed(contract)


@task
def judge_cleared(check_id: str) -> None:
    """They are two different people: what has closed between them meanwhile is judged now."""
    check = db.session.get_one(PartyCheck, uuid.UUID(check_id))
    waiting = select(Contract).where(Contract.business_id == check.business_id, Contract.manager_id == check.manager_id,
                                     Contract.status == ContractStatus.closed, Contract.clean.is_(None)).order_by(Contract.id)
    for contract in db.session.scalars(waiting):
        lock(contract)
        _judge(contract)


@task
def note_lost_dispute(contract_id: str) -> None:
    """The manager lost a dispute: this contract is no clean one, also when it was counted as one before.

    A job, because contract and manager are locked before the books that a decision writes.
    """
    contract = db.session.get_one(Contract, uuid.UUID(contract_id))
    lock(contract)
    _count_clean(contract, -int(contract.clean or False))
    contract.clean = False


def _judge(contract: Contract) -> None:
    """Whether it counts as a clean one: work was released and no step given back. Not known while both sides may be the same people."""
    if contract.clean is None and not parties.may_be_alike(contract):
        contract.clean = has_released_work(contract) and not _anything(contract, (MilestoneStatus.refunded,))
        _count_clean(contract, int(contract.clean))


def _count_clean(contract: Contract, more: int) -> None:
    if more:
        lock(contract.manager)
        managers.record_work(contract.manager, clean_contracts=contract.manager.clean_contracts + more)


def open_items(contract: Contract) -> list[HandoverItem]:
    """What is left of the hand-over list."""
    return list(db.session.scalars(select(HandoverItem).where(HandoverItem.contract_id == contract.id, HandoverItem.done_at.is_(None))))


def holds_money(contract: Contract) -> bool:
    """Whether a milestone's money is still with us."""
    return _anything(contract, (*HOLDING, MilestoneStatus.approved)) or _keeps_ad_money(contract)


def _keeps_ad_money(contract: Contract) -> bool:
    """Whether money for ads has neither been drawn nor gone back."""
    milestones = [f"milestone:{key}" for key in db.session.scalars(select(Milestone.id).where(Milestone.contract_id == contract.id))]
    return any(books.held_for(milestones, contract.currency, ads=True).values())


@sweep
def waive_old_lists() -> None:
    """Hand-over lists whose days are over."""
    due = select(Contract.id).where(Contract.status == ContractStatus.ending, Contract.closes_at <= clock.now()).limit(200)
    for contract_id in db.session.scalars(due):
        waive_list.later(contract_id, once=f"handover:{contract_id}")


@task
def waive_list(contract_id: str) -> None:
    """The list waives itself; only closing had waited for it. While there is money in the contract it is looked at once a day."""
    contract = db.session.get_one(Contract, uuid.UUID(contract_id))
    for item in open_items(contract):
        tick_handover(item, None, waived=True)
    close_when_settled(contract)
    if contract.status == ContractStatus.ending:
        contract.closes_at = clock.now() + LOOK_AGAIN


def _anything(contract: Contract, statuses: tuple[MilestoneStatus, ...]) -> bool:
    query = select(Milestone.id).where(Milestone.contract_id == contract.id, Milestone.status.in_(statuses)).limit(1)
    return db.session.scalar(query) is not None
