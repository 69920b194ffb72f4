"""What every rail does to a transfer's row and the books: set aside, settle, put back."""
from __future__ import annotations

from datetime import timedelta

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.ledger import commands as ledger
from marketplace.payments import notices, signals
from marketplace.payments.commands.rails import Sent
from marketplace.payments.models import PayoutAccount, Transfer, TransferStatus

RETRY_HOURS = rule("TRANSFER_RETRY_HOURS", 6, "hours until a transfer that was refused is tried again")
WAITING = (TransferStatus.due, TransferStatus.held, TransferStatus.failed)


def may_go(transfer: Transfer) -> bool:
    """Whether it is owed and nobody has to look at it first; asks what has happened to its contract since, and remembers that."""
    transfer.reasons = [*transfer.reasons, *why_it_waits(transfer.contract)]
    return transfer.status in WAITING and not transfer.check_reason and not transfer.disputed


def why_it_waits(contract: str) -> list[str]:
    """What has happened to a contract for which the team decides before more is sent; mostly nothing."""
    return [reason for _receiver, reason in signals.payout_asked.send(contract) if reason]


def set_aside(transfer: Transfer, account: PayoutAccount, by: Person | None = None) -> None:
    """It is on its way to this account from now on, whatever the manager changes meanwhile. Raises ledger.NotEnough."""
    transfer.move("send", by=by)
    transfer.attempt, transfer.failure, transfer.account_id = transfer.attempt + 1, "", account.id
    ledger.begin_transfer(transfer.key, manager=f"manager:{transfer.manager_id}", milestone=transfer.subject,
                          contract=transfer.contract, amount=transfer.amount)


def settle_at_stripe(transfer: Transfer, sent: Sent) -> None:
    """Stripe has it in the manager's name."""
    leave(transfer)
    transfer.stripe_transfer_id = sent.reference
    signals.transfer_sent.send(transfer)
    ledger.settle_transfer(transfer.key, stripe_id=sent.reference, settled=sent.settled)


def leave(transfer: Transfer, by: Person | None = None) -> None:
    """It is not with us any more."""
    transfer.move("confirm", by=by)
    transfer.sent_at = clock.now()


def arrive(transfer: Transfer, by: Person | None = None) -> None:
    """The manager's bank has it."""
    transfer.move("arrive", by=by)
    transfer.arrived_at, transfer.came_back_at = clock.now(), None


def come_back(transfer: Transfer, action: str, by: Person | None = None, why: str = "") -> None:
    """The manager's bank sent it back."""
    transfer.move(action, by=by, why=why)
    transfer.arrived_at, transfer.came_back_at = None, clock.now()


def put_back(transfer: Transfer, reason: str, why: str, by: Person | None = None) -> None:
    """It was not sent: it stays owed, says why, and is tried again later."""
    ledger.void_transfer(transfer.key)
    transfer.move("fail", by=by, why=why)
    owe_again(transfer, reason)
    notices.transfer_failed(transfer)


def owe_again(transfer: Transfer, reason: str) -> None:
    """Wait for the next turn, with the reason of the last one."""
    transfer.failure, transfer.send_after = reason[:300], clock.now() + timedelta(hours=RETRY_HOURS)
    transfer.manual_payout_id = transfer.sent_at = None
