"""Transfers that wait while what they pay for is disputed."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.payments.commands import rails
from marketplace.payments.commands.sending import WAITING
from marketplace.payments.models import Transfer


def hold_for_dispute(subject: str) -> None:
    """What has not been sent for a subject waits until `let_go`. One that is being sent is finished first.

    Locks transfers, so it is called before the subject itself is locked.
    """
    for transfer in locked_for(subject):
        if transfer.status in WAITING:
            leave_queue(transfer)
            transfer.disputed = True


def let_go(subject: str) -> None:
    """What waited for a dispute is sent when its day comes, or has come."""
    for transfer in locked_for(subject):
        transfer.disputed = False


def locked_for(subject: str) -> Sequence[Transfer]:
    """All transfers of a subject, locked, always in the same order."""
    db.session.flush()
    query = select(Transfer).where(Transfer.subject == subject).order_by(Transfer.id).with_for_update(of=Transfer, key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def leave_queue(transfer: Transfer) -> None:
    """Nobody of finance pays it by hand as it is; nobody has claimed it, or it would be sending."""
    if transfer.account:
        rails.of(transfer.account).cancel(transfer)
