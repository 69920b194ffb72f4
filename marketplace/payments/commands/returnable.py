"""What of released money can still be taken back from a manager: nothing twice, whichever decision comes first."""
from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import Select, func, select

from marketplace.core.db import db, locked
from marketplace.core.money import Money
from marketplace.managers.models import Manager
from marketplace.payments.commands.gathering import gathered_in
from marketplace.payments.commands.sending import WAITING
from marketplace.payments.models import Chargeback, Payment, Reversal, ReversalStatus, Transfer

OPEN = (ReversalStatus.due, ReversalStatus.asking)


def rooms(transfers: Sequence[Transfer]) -> Iterator[tuple[Transfer, int]]:
    """What each can give, those not yet sent first; what the manager owes by a fault of theirs is not taken a second time."""
    left = {transfer.payment_id: left_with(transfer.manager, transfer.payment).minor for transfer in transfers}
    for transfer in sorted(transfers, key=lambda one: one.status not in WAITING):
        room = min(_releasable(transfer), left[transfer.payment_id])
        left[transfer.payment_id] -= room
        yield transfer, room


def left_with(manager: Manager, payment: Payment) -> Money:
    """What a manager was paid of a payment and neither gave back, nor owes, by a decision or by a fault found after a charge-back."""
    paid = sum(_releasable(transfer) for transfer in db.session.scalars(_paid(manager.id, payment)))
    faults = select(func.coalesce(func.sum(Chargeback.fault_minor), 0))
    found = db.session.scalar(faults.where(Chargeback.payment_id == payment.id, Chargeback.manager_id == manager.id))
    return Money(max(0, paid - int(found)), payment.currency)


def lock_paid(manager_id: uuid.UUID | None, payment: Payment) -> None:
    """What a manager was paid of a payment stays as it is until this transaction ends."""
    locked(_paid(manager_id, payment))


def _paid(manager_id: uuid.UUID | None, payment: Payment) -> Select[tuple[Transfer]]:
    return select(Transfer).where(Transfer.payment_id == payment.id, Transfer.manager_id == manager_id).order_by(Transfer.id)


def _releasable(transfer: Transfer) -> int:
    """How much of what a transfer released has not been taken back yet, also where it was kept for debts."""
    rows = db.session.scalars(select(Reversal).where(Reversal.transfer_id == transfer.id)).all()
    taken = sum(row.net.minor if row.status in OPEN else row.owed_minor for row in rows)
    carried = sum(small.amount_minor for small in gathered_in(transfer))
    return transfer.amount_minor - carried + transfer.withheld_minor - transfer.reversed_minor - taken
