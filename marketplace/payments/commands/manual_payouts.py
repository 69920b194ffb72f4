"""Payouts by hand: one person of finance claims and pays, another one confirms; nobody pays themselves.

Money is set aside in the books when it is claimed, and settled when it is confirmed; in between it is being sent.
Locks: the payout, then its transfers by id, then what lies above, then the books.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db, lock, locked
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.forms import latin
from marketplace.files import commands as files
from marketplace.files.models import Purpose
from marketplace.ledger import commands as ledger
from marketplace.payments import notices, policies, queries, signals
from marketplace.payments.commands import rails
from marketplace.payments.commands.sending import arrive, come_back, leave, may_go, owe_again, put_back, set_aside
from marketplace.payments.models import AccountStatus, ManualPayout, ManualStatus, PayoutAccount, Transfer

NUMBER = re.compile(r"[A-Z0-9][A-Z0-9/-]{5,39}")


def claim(payout: ManualPayout, by: Person) -> None:
    """Pay this one now: the money is set aside, and nobody else can take it. Raises WrongState, NotAllowed."""
    _not_oneself(payout, by)
    lock(payout)
    _may_be_paid(payout)
    transfers = _still_due(payout)
    payout.amount_minor = sum(transfer.amount_minor for transfer in transfers)
    if payout.amount < rails.of(payout.account).least:
        raise WrongState(_l("This is less than one payout carries; it waits for more."))
    payout.move("claim", by=by)
    payout.claimed_by_id, payout.claimed_at = by.id, clock.now()
    for transfer in transfers:
        set_aside(transfer, payout.account, by=by)


def record_paid(payout: ManualPayout, by: Person, reference: str, paid_on: date, proof: BinaryIO, name: str | None) -> None:
    """Say that it was paid: under which number, when, and with what proof. Raises Invalid, WrongState, NotAllowed."""
    lock(payout)
    if payout.claimed_by_id != by.id:
        raise NotAllowed(_l("Only who has claimed this payout records it as paid."))
    if not payout.may("pay"):
        raise WrongState()
    _on_a_possible_day(payout, paid_on)
    _number_it(payout, reference)
    payout.paid_on = paid_on
    payout.proof_id = _kept(payout, by, proof, name)
    payout.move("pay", by=by, why=str(payout.reference))


def confirm(payout: ManualPayout, by: Person) -> None:
    """The second person found it on our statement: it has arrived. Raises NotAllowed for who paid, WrongState."""
    _second(payout, by)
    payout.move("confirm", by=by)
    _decided(payout, by)
    transfers = _transfers(payout)
    for transfer in transfers:
        leave(transfer, by=by)
        signals.transfer_sent.send(transfer)
    for transfer in transfers:
        arrive(transfer, by=by)
        signals.transfer_arrived.send(transfer)
    for transfer in transfers:
        ledger.settle_transfer(transfer.key)
        ledger.pay_out(_arrival(transfer), manager=f"manager:{transfer.manager_id}", amount=transfer.amount)
    notices.paid_by_hand(payout)


def refuse(payout: ManualPayout, by: Person, why: str) -> None:
    """It was not paid: the money is owed again. While it is only claimed, who claimed it says so; afterwards a second person."""
    lock(payout)
    if not policies.send_back_payout(by, payout):
        raise NotAllowed(_l("Who has claimed it gives it back; once it is recorded as paid, somebody else decides."))
    payout.move("refuse", by=by, why=why)
    _decided(payout, by, why)
    for transfer in _transfers(payout):
        put_back(transfer, why, why, by=by)


def record_return(payout: ManualPayout, by: Person, why: str) -> None:
    """It had been paid and came back to our bank: the money is owed again, once."""
    _not_oneself(payout, by)
    payout.move("return", by=by, why=why)
    _decided(payout, by, why)
    transfers = _transfers(payout)
    for transfer in transfers:
        come_back(transfer, "return", by=by, why=why)
        owe_again(transfer, why)
    for transfer in transfers:
        signals.transfer_came_back.send(transfer)
    for transfer in transfers:
        _book_return(transfer)
    notices.payout_returned(payout)


def leave_queue(account: PayoutAccount) -> None:
    """Nothing more is paid to this account by hand: what nobody has claimed waits elsewhere."""
    queued = select(ManualPayout).where(ManualPayout.account_id == account.id, ManualPayout.status == ManualStatus.queued)
    for payout in locked(queued.order_by(ManualPayout.id)):
        for transfer in _transfers(payout):
            rails.of(account).cancel(transfer)


def _may_be_paid(payout: ManualPayout) -> None:
    if not payout.may("claim"):
        raise WrongState(_l("Somebody else has taken this payout."))
    if payout.account.status != AccountStatus.current or queries.payouts_stopped(payout.manager_id):
        raise WrongState(_l("Nothing may be sent to this account now: it was changed, or the team has to look at it first."))


def _still_due(payout: ManualPayout) -> list[Transfer]:
    """What may go; what may not any more is no part of this payout."""
    transfers = _transfers(payout)
    for transfer in transfers:
        transfer.manual_payout_id = payout.id if may_go(transfer) else None
    return [transfer for transfer in transfers if transfer.manual_payout_id]


def _transfers(payout: ManualPayout) -> Sequence[Transfer]:
    """What a payout carries, locked, by id."""
    return locked(select(Transfer).where(Transfer.manual_payout_id == payout.id).order_by(Transfer.id))


def _on_a_possible_day(payout: ManualPayout, day: date) -> None:
    assert payout.claimed_at
    if not payout.claimed_at.astimezone(clock.DHAKA).date() <= day <= clock.today().date():
        raise Invalid(_l("It was paid between the day it was claimed and today."), field="paid_on")


def _number_it(payout: ManualPayout, reference: str) -> None:
    """The number as banks and bKash write it; one payment is never the proof of two. The unique index decides."""
    plain = "".join(latin(reference).split()).upper()
    if not NUMBER.fullmatch(plain):
        raise Invalid(_l("Write the number as the bank or bKash gives it: 6 to 40 letters and digits."), field="reference")
    try:
        with db.session.begin_nested():
            payout.reference = plain
    except IntegrityError as taken:
        raise Invalid(_l("This number proves another payout already. Look at your statement again."), field="reference") from taken


def _kept(payout: ManualPayout, by: Person, proof: BinaryIO, name: str | None) -> object:
    try:
        return files.store(proof, name, Purpose.evidence, by, subject=payout).id
    except Invalid as refusal:
        raise Invalid(refusal.message, field="proof") from refusal


def _decided(payout: ManualPayout, by: Person, why: str = "") -> None:
    payout.decided_by_id, payout.decided_at, payout.why = by.id, clock.now(), why[:300]


def _second(payout: ManualPayout, by: Person) -> None:
    lock(payout)
    if not policies.confirm_payout(by, payout):
        raise NotAllowed(_l("A second person of finance must confirm this, not the one who paid."))


def _not_oneself(payout: ManualPayout, by: Person) -> None:
    if not policies.pay_by_hand(by, payout):
        raise NotAllowed(_l("Nobody pays themselves."))


def _arrival(transfer: Transfer) -> str:
    return f"{transfer.key}/arrived"


def _book_return(transfer: Transfer) -> None:
    ledger.reverse(f"{transfer.key}/bounced", of=_arrival(transfer))
    ledger.return_transfer(f"{transfer.key}/returned", manager=f"manager:{transfer.manager_id}", milestone=transfer.subject,
                           contract=transfer.contract, amount=transfer.amount)
