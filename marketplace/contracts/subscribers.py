"""What contracts do when money moves below."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TypeVar

from marketplace.contracts import queries
from marketplace.contracts import signals as own
from marketplace.contracts.commands import (
    adrift,
    bonuses,
    change_orders,
    contracts,
    funding,
    milestones,
    parties,
    prorating,
    retainers,
    settlements,
)
from marketplace.contracts.models import Bonus, Contract, Milestone, MilestoneStatus, PartyCheck, Settlement
from marketplace.contracts.queries.bonuses import record_of_bonus
from marketplace.core.db import db, lock
from marketplace.payments import signals
from marketplace.payments.models import Card, Payment, Transfer
from marketplace.payments.queries import transfers_on_their_way, waiting_transfers

Row = TypeVar("Row", Milestone, Bonus)


@signals.payment_succeeded.connect
def on_payment_succeeded(payment: Payment) -> None:
    """The money is in: fund the milestone it is for, or have the bonus released."""
    if milestone := _milestone(payment.subject):
        funding.begin_work(milestone)
    if bonus := _bonus(payment.subject):
        bonuses.take_in(bonus)


@signals.payer_asked.connect
def on_payer_asked(payment: Payment) -> bool:
    """Whether the payment goes back at once: its contract has ended meanwhile, or both of its sides may be the same people."""
    step, bonus = _row(Milestone, payment.subject), _row(Bonus, payment.subject)
    if step and step.contract.ended_at:
        return True
    paid_for = step or bonus
    return paid_for is not None and parties.turn_away(paid_for.contract)


@signals.payment_ended.connect
def on_payment_ended(payment: Payment) -> None:
    """The payment expired, failed, was cancelled or turned away."""
    if (milestone := _milestone(payment.subject)) and milestone.status == MilestoneStatus.funding:
        _wait_as_before(milestone, payment)
    if (bonus := _bonus(payment.subject)) and bonus.may("give_up"):
        bonuses.give_up(bonus, payment)


@signals.record_wanted.connect
def on_record_wanted(payment: Payment) -> tuple[uuid.UUID, str] | None:
    """Its bank took a payment back: whose work it was, and what is on record of it."""
    if bonus := _row(Bonus, payment.subject):
        return bonus.contract.manager_id, record_of_bonus(bonus)
    milestone = _row(Milestone, payment.subject)
    return (milestone.contract.manager_id, queries.record_of(milestone)) if milestone else None


@signals.transfer_sent.connect
def on_transfer_sent(transfer: Transfer) -> None:
    """A transfer is sent: with the last one of an approved milestone, it is released."""
    if (milestone := _milestone(transfer.subject)) and not waiting_transfers(transfer.subject):
        settlements.mark_sent(milestone)
        contracts.close_when_settled(milestone.contract)


@signals.transfer_arrived.connect
def on_transfer_arrived(transfer: Transfer) -> None:
    """The bank has it, all of it."""
    if (milestone := _milestone(transfer.subject)) and milestone.released_at and not transfers_on_their_way(transfer.subject):
        milestones.mark_arrived(milestone)


@signals.transfer_came_back.connect
def on_transfer_came_back(transfer: Transfer) -> None:
    """The bank does not have it after all."""
    if milestone := _milestone(transfer.subject):
        milestones.mark_come_back(milestone, owed_again=transfer.sent_at is None)


@signals.held_moves.connect
def on_held_moves(payment: Payment) -> None:
    """Held money is about to move unasked: its steps, or its bonus, are locked before the books."""
    adrift.lock_steps(payment)
    _bonus(payment.subject)


@signals.held_moved.connect
def on_held_moved(payment: Payment) -> None:
    """Steps and bonuses say what the books hold for them."""
    adrift.look_at_steps(payment)
    _look_at_bonus(payment)


@signals.chargeback_decided.connect
def on_chargeback_decided(payment: Payment) -> None:
    """The bank has decided: what it kept is gone for good."""
    adrift.end_what_is_gone(payment)
    _look_at_bonus(payment)


@signals.refund_settled.connect
def on_refund_settled(refund: object) -> None:
    """A refund went through: an ended contract may now be empty."""
    if milestone := _milestone(refund.subject):  # type: ignore[attr-defined]
        contracts.close_when_settled(milestone.contract)


@signals.card_removed.connect
def on_card_removed(card: Card) -> None:
    """A saved card was taken off: no contract charges it any more."""
    retainers.revoke_all(card)


@own.milestone_funded.connect
def on_milestone_funded(milestone: Milestone) -> None:
    """A month that is paid in has its days, and the next one stands ready; where both sides signed in is remembered for reviews."""
    retainers.begin_month(milestone)
    parties.note_shared(milestone.contract)


@own.milestone_settled.connect
def on_milestone_settled(settlement: Settlement) -> None:
    """Where nothing is left, a proposal to divide it is overtaken."""
    if not settlement.milestone.held:
        prorating.withdraw(settlement.milestone)


@own.parties_cleared.connect
def on_parties_cleared(check: PartyCheck) -> None:
    """What closed between them while that was not known may count now; a job, for contracts are locked before their manager."""
    contracts.judge_cleared.later(check.id, once=f"judge-cleared:{check.id}")


@own.contract_resumed.connect
def on_contract_resumed(contract: Contract, rested: timedelta) -> None:
    """Months move by the days of rest."""
    retainers.rest(contract, rested)


@own.contract_ended.connect
def on_contract_ended(contract: Contract) -> None:
    """Nothing is charged for a contract that has ended, and nothing in it is changed."""
    change_orders.withdraw_open(contract)
    if retainer := queries.retainer_of(contract):
        retainers.revoke(retainer, None, why="the contract ended")


def _wait_as_before(milestone: Milestone, payment: Payment) -> None:
    if payment.turned_away:
        funding.turn_back(milestone, payment)
    elif payment.card_id:
        retainers.charge_ended(milestone, payment)
    else:
        funding.give_up_funding(milestone, payment)


def _look_at_bonus(payment: Payment) -> None:
    if bonus := _bonus(payment.subject):
        bonuses.look(bonus, payment)


def _milestone(subject: str) -> Milestone | None:
    """The milestone behind `milestone:<id>`, locked."""
    return _locked(_row(Milestone, subject))


def _bonus(subject: str) -> Bonus | None:
    """The bonus behind `bonus:<id>`, locked."""
    return _locked(_row(Bonus, subject))


def _row(table: type[Row], subject: str) -> Row | None:
    kind, _, key = subject.partition(":")
    return db.session.get(table, uuid.UUID(key)) if kind == table.KIND else None


def _locked(row: Row | None) -> Row | None:
    if row is not None:
        lock(row)
    return row
