"""Released money that comes back: transfers that wait for a dispute, and decisions that take back what was paid.

A decision takes from transfers not yet sent, then from the manager's balance at Stripe as far as it goes; the rest is the
manager's debt, and the platform pays the business now. One row for each transfer, written first; each step once.
"""
from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core import audit
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.managers.models import Manager
from marketplace.payments import notices, signals
from marketplace.payments.commands import debts, refunds
from marketplace.payments.commands.returnable import OPEN, rooms
from marketplace.payments.commands.reversed import sync_reversals
from marketplace.payments.commands.sending import WAITING
from marketplace.payments.commands.waiting import leave_queue, locked_for
from marketplace.payments.models import PAID, Payment, PaymentStatus, Reversal, ReversalStatus, Transfer, TransferStatus

REACH = (("available", "pending"), ("available",))
"""How far Stripe is asked to reach into a manager's balance: first also for what is on its way there; then no more."""


def take_back(*, subject: str, contract: str, business: Business, manager: Manager, gross: Money, fee: Money, key: str) -> None:
    """A decision gives `gross` of what was released for a subject to the business: the platform returns `fee`, the manager the rest.

    What was not sent is taken at once; a job takes the rest and gives it all back to the card it came from. The same key
    once. Locks transfers, so it is called before the subject itself is locked. Raises ledger.NotEnough when less was released.
    """
    transfers = [transfer for transfer in locked_for(subject) if transfer.manager_id == manager.id]
    if _by_operation(key):
        return
    reversals = list(_planned(transfers, gross, fee, key))
    db.session.add_all(reversals)
    db.session.flush()
    for reversal in reversals:
        if reversal.transfer.status in WAITING:
            _take_unsent(reversal)
        else:
            begin_reversal.later(reversal.id, once=f"begin_reversal:{reversal.id}")


@sweep
def take_up_reversals() -> None:
    """Those whose job was lost or gave up, and those that had to wait for a transfer: by hand it may be under way for days."""
    may_go_on = or_(Reversal.status == ReversalStatus.asking, Transfer.status != TransferStatus.sending)
    query = select(Reversal.id, Reversal.status).join(Transfer).where(Reversal.status.in_(OPEN), may_go_on)
    for reversal_id, status in db.session.execute(query.limit(500)):
        verb = carry_out_reversal if status == ReversalStatus.asking else begin_reversal
        verb.later(reversal_id, once=f"{verb.__name__}:{reversal_id}")


@task
def begin_reversal(reversal_id: str) -> None:
    """Settle how much Stripe is asked for, before it is asked; what the manager does not have there becomes a debt."""
    reversal = _locked(reversal_id)
    transfer = reversal.transfer
    if reversal.status != ReversalStatus.due or transfer.status == TransferStatus.sending:
        return
    if transfer.status in WAITING:
        _take_unsent(reversal)
    elif _set_amount(reversal):
        reversal.move("ask")
        reversal.attempt += 1
        carry_out_reversal.later(reversal.id, once=f"carry_out_reversal:{reversal.id}")
    else:
        _recover(reversal, Money(0, reversal.currency))


@task
def carry_out_reversal(reversal_id: str) -> None:
    """Look whether Stripe has this reversal; if not, ask for it; book the answer. Refused, less is asked for."""
    reversal = _locked(reversal_id)
    if reversal.status != ReversalStatus.asking:
        return
    try:
        answer = _found(reversal) or stripe.create_reversal(str(reversal.transfer.stripe_transfer_id), _wish(reversal), key=reversal.key)
        reversal.stripe_reversal_id = answer["id"]
        sync_reversals(reversal.transfer)
        _recover(reversal, reversal.asked)
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    except stripe.Refused as refusal:
        reversal.move("refuse", why=refusal.code)
        reversal.failure = refusal.reason
        begin_reversal.later(reversal.id, once=f"begin_reversal:{reversal.id}")


def retry_reversal(reversal: Reversal, by: Person) -> None:
    """Go on from where it stands, now."""
    verb = {ReversalStatus.due: begin_reversal, ReversalStatus.asking: carry_out_reversal, ReversalStatus.recovered: give_back}
    if go_on := verb.get(reversal.status):
        audit.record("reversal.try_again", reversal, by)
        go_on.later(reversal.id, once=f"{go_on.__name__}:{reversal.id}")


def resume(payment: Payment) -> None:
    """The payer's bank has decided: what was taken back and waited for that goes on."""
    query = select(Reversal.id).join(Transfer).where(Transfer.payment_id == payment.id, Reversal.status == ReversalStatus.recovered)
    for reversal_id in db.session.scalars(query):
        give_back.later(reversal_id, once=f"give_back:{reversal_id}")


@task
def give_back(reversal_id: str) -> None:
    """Give the business what was taken back, when that could not be done at once."""
    reversal = _locked(reversal_id)
    if reversal.status == ReversalStatus.recovered:
        _give_back(reversal)


def _planned(transfers: Sequence[Transfer], gross: Money, fee: Money, key: str) -> Iterator[Reversal]:
    """A row for each transfer that has to give, those not yet sent first; the parts sum to the whole."""
    net, taken, given = gross - fee, 0, 0
    for number, (transfer, room) in enumerate(rooms(transfers)):
        part = min(room, net.minor - taken)
        if part:
            taken += part
            so_far = gross.minor * taken // net.minor
            yield Reversal(transfer=transfer, operation=f"{key}/{number}" if number else key, currency=gross.currency,
                           gross_minor=so_far - given, fee_minor=so_far - given - part)
            given = so_far
    if taken < net.minor or not net:
        raise ledger.NotEnough()


def _take_unsent(reversal: Reversal) -> None:
    """The transfer is smaller by what is taken back, or not sent at all."""
    transfer = reversal.transfer
    leave_queue(transfer)
    part = min(reversal.net, transfer.amount)
    transfer.amount_minor -= part.minor
    if not transfer.amount_minor:
        transfer.move("reverse")
    _recover(reversal, part)


def _set_amount(reversal: Reversal) -> int:
    """What Stripe is asked for, in both currencies; 0 when the manager's balance has nothing, or two amounts were refused."""
    transfer, kinds = reversal.transfer, REACH[reversal.attempt:reversal.attempt + 1]
    if not kinds or not transfer.stripe_transfer_id:
        return 0
    try:
        made = stripe.transfer(transfer.stripe_transfer_id)
        balance = stripe.balance(made["destination"])
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    there = sum(part["amount"] for kind in kinds[0] for part in balance[kind] if part["currency"].upper() == reversal.currency)
    before = transfer.reversed_minor + sum(other.asked_minor for other in _others(reversal))
    reversal.asked_minor = max(0, min(reversal.net.minor, transfer.amount_minor - before, there))
    reversal.stripe_minor = _share(made, transfer, before + reversal.asked_minor) - _share(made, transfer, before)
    reversal.stripe_currency = made["currency"].upper()
    return reversal.stripe_minor


def _others(reversal: Reversal) -> Sequence[Reversal]:
    """Other reversals of the same transfer that Stripe is asked for now."""
    query = select(Reversal).where(Reversal.transfer_id == reversal.transfer_id, Reversal.id != reversal.id)
    return db.session.scalars(query.where(Reversal.status == ReversalStatus.asking)).all()


def _share(made: dict[str, Any], transfer: Transfer, minor: int) -> int:
    """What so much of a transfer is in the currency Stripe sent it in, rounded down; the whole is the whole."""
    return made["amount"] * minor // transfer.amount_minor


def _wish(reversal: Reversal) -> dict[str, Any]:
    return {"amount": reversal.stripe_minor, "metadata": {"operation": reversal.key}}


def _found(reversal: Reversal) -> dict[str, Any] | None:
    """Stripe's reversal of this attempt, when our question got through and only the answer was lost."""
    answers = stripe.reversals_of(str(reversal.transfer.stripe_transfer_id))
    return next((answer for answer in answers if answer["metadata"].get("operation") == reversal.key), None)


def _recover(reversal: Reversal, paid: Money) -> None:
    """The platform holds it again: `paid` is what the manager had; the rest they owe. Then it goes to the business."""
    transfer, owed = reversal.transfer, reversal.net - paid
    ledger.take_back(reversal.subject, holder=reversal.subject, source=transfer.payment.source, subject=transfer.subject,
                     contract=transfer.contract, business=f"business:{transfer.payment.business_id}",
                     manager=f"manager:{transfer.manager_id}", paid=paid, owed=owed, fee=reversal.fee)
    reversal.reversed_minor = reversal.asked_minor if reversal.stripe_reversal_id else 0
    reversal.owed_minor = owed.minor
    reversal.move("recover")
    signals.released_taken_back.send(reversal)
    notices.taken_back(reversal)
    _give_back(reversal)


def _give_back(reversal: Reversal) -> None:
    """To the card it came from; against what their bank took, if it took the payment; while the bank decides, it waits."""
    payment = reversal.transfer.payment
    if payment.status in PAID:
        refunds.refund(subject=reversal.subject, amount=reversal.gross, key=reversal.subject)
        reversal.move("return")
    elif payment.status == PaymentStatus.lost:
        debts.settle_held(payment, reversal.subject, reversal.gross, reversal.subject)
        reversal.move("return")
    else:
        notices.reversal_waits(reversal)


def _by_operation(key: str) -> bool:
    same = or_(Reversal.operation == key, Reversal.operation.startswith(f"{key}/", autoescape=True))
    return db.session.scalar(select(Reversal.id).where(same).limit(1)) is not None


def _locked(reversal_id: str) -> Reversal:
    reversal = db.session.get_one(Reversal, uuid.UUID(reversal_id))
    lock(reversal.transfer)
    lock(reversal)
    return reversal
