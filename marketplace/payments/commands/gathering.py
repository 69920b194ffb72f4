"""Sums too small to be sent alone go with the next transfer to the same manager, rather than being tried for ever."""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.payments.commands.sending import WAITING, why_it_waits
from marketplace.payments.models import Transfer, TransferStatus


def gather(transfer: Transfer, least: Money) -> bool:
    """Whether a transfer is large enough, with the small ones of its manager that wait; those become part of it.

    One transfer cannot carry more than the payment it comes from brought: what does not fit waits for another.
    """
    small = list(_fitting(transfer, least))
    if transfer.amount_minor + sum(one.amount_minor for one in small) < least.minor:
        return False
    for one in small:
        one.move("gather")
        one.gathered_into_id = transfer.id
        transfer.amount_minor += one.amount_minor
    return True


def gathered_in(transfer: Transfer) -> Sequence[Transfer]:
    """The small transfers that this one carries."""
    return db.session.scalars(select(Transfer).where(Transfer.gathered_into_id == transfer.id).order_by(Transfer.id)).all()


def _fitting(transfer: Transfer, least: Money) -> Iterator[Transfer]:
    room = _room(transfer)
    for one in _small_beside(transfer, least):
        if one.amount_minor <= room and not why_it_waits(one.contract):
            room -= one.amount_minor
            yield one


def _small_beside(transfer: Transfer, least: Money) -> Sequence[Transfer]:
    """Others that are due and nobody has to look at; one that somebody works on just now waits for the next time."""
    query = select(Transfer).where(
        Transfer.manager_id == transfer.manager_id, Transfer.id != transfer.id, Transfer.currency == transfer.currency,
        Transfer.status.in_(WAITING), Transfer.amount_minor < least.minor, Transfer.send_after <= clock.now(),
        Transfer.check_reason == "", ~Transfer.disputed, Transfer.manual_payout_id.is_(None))
    return db.session.scalars(query.order_by(Transfer.id).with_for_update(of=Transfer, skip_locked=True, key_share=True)).all()


def _room(transfer: Transfer) -> int:
    """What the payment brought and no transfer has taken. This one is among them, so there is a sum."""
    if transfer.payment is None:
        return 0
    sent = select(func.sum(Transfer.amount_minor - Transfer.reversed_minor)).where(
        Transfer.payment_id == transfer.payment_id, Transfer.status != TransferStatus.gathered)
    return transfer.payment.total.minor - int(db.session.scalar(sent))
