"""Transfers that wait while what they pay for is disputed, or while the team decides about their contract."""
from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.db import locked
from marketplace.managers.models import Manager
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


def hold_contract(manager: Manager, contract: str, reason: str) -> None:
    """What has not been sent for a contract waits for the team, until `let_contract_go`. One that is being sent is finished first.

    Locks transfers, so it is called before milestones and the contract are locked. What is released later asks by `payout_asked`.
    """
    for transfer in locked_of(manager, contract):
        if transfer.status in WAITING:
            leave_queue(transfer)
            transfer.reasons = [*transfer.reasons, reason]


def let_contract_go(manager: Manager, contract: str, reason: str) -> None:
    """What waited for this reason is sent when its day comes, or has come, unless the team looks at it for another."""
    for transfer in locked_of(manager, contract):
        transfer.reasons = [one for one in transfer.reasons if one != reason]


def locked_of(manager: Manager, contract: str) -> Sequence[Transfer]:
    """All transfers of a contract, locked, always in the same order."""
    query = select(Transfer).where(Transfer.manager_id == manager.id, Transfer.contract == contract)
    return locked(query.order_by(Transfer.id))


def locked_for(subject: str) -> Sequence[Transfer]:
    """All transfers of a subject, locked, always in the same order."""
    return locked(select(Transfer).where(Transfer.subject == subject).order_by(Transfer.id))


def leave_queue(transfer: Transfer) -> None:
    """Nobody of finance pays it by hand as it is; nobody has claimed it, or it would be sending."""
    if transfer.account:
        rails.of(transfer.account).cancel(transfer)
