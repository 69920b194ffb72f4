"""Money to managers: due, held until it may go, sent once by the rail of their account. Unanswered means looking before trying again."""
from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.managers.models import Manager
from marketplace.payments import notices, queries, signals
from marketplace.payments.commands import debts, rails
from marketplace.payments.commands.gathering import gather
from marketplace.payments.commands.sending import may_go, put_back, set_aside, settle_at_stripe, why_it_waits
from marketplace.payments.models import Transfer, TransferStatus
from marketplace.payments.models.outgoing import PAGE_LOST

GATHER_AGAIN = timedelta(days=1)
"""How long a sum too small to go alone is left alone, unless the next one carries it."""


def release(*, manager: Manager, subject: str, contract: str, gross: Money, fee: Money, send_after: datetime,
            key: str | None = None, check_reason: str = "") -> Sequence[Transfer]:
    """Held money becomes a manager's, less the fee, and is sent after a moment: one transfer for each payment it came from.

    With a `check_reason` it waits besides until finance has looked (`pass_check`).

    The same key (the subject, unless told) once. Raises ledger.NotEnough when less is held.
    """
    operation = key or subject
    debt = debts.lock_debtor(manager)
    posting = ledger.release(f"release:{operation}", milestone=subject, contract=contract, manager=f"manager:{manager.id}", gross=gross,
                             fee=fee)
    signals.money_released.send(posting.id, manager=manager, subject=subject, contract=contract, gross=gross, fee=fee)
    if not posting.fresh and (known := _by_operation(operation)):
        return known
    transfers = _owed(operation, _net_parts(posting, gross, gross - fee), manager_id=manager.id, subject=subject,
                      contract=contract, send_after=send_after, check_reason=check_reason)
    debts.withhold(manager, transfers, debt, operation)
    return transfers


def reimburse(*, manager: Manager, milestone: str, contract: str, amount: Money, subject: str, send_after: datetime) -> Sequence[Transfer]:
    """Ad money of a milestone repays a manager who paid for ads, whole: no fee. `subject` names what it repays, once.

    Raises ledger.NotEnough when less is left.
    """
    posting = ledger.draw(f"draw:{subject}", milestone=milestone, contract=contract, manager=f"manager:{manager.id}", amount=amount)
    if not posting.fresh and (known := _by_operation(subject)):
        return known
    return _owed(subject, _net_parts(posting, amount, amount), manager_id=manager.id, subject=subject, contract=contract,
                 send_after=send_after)


@sweep
def send_what_is_due() -> None:
    """Transfers whose day has come and whose manager can be paid, and those left between our question and Stripe's answer."""
    due = Transfer.status.in_((TransferStatus.due, TransferStatus.failed)) | (
        (Transfer.status == TransferStatus.held) & Transfer.manager_id.in_(queries.payable_managers()))
    large = Transfer.gather_after.is_(None) | (Transfer.gather_after <= clock.now())
    unasked = due & (Transfer.send_after <= clock.now()) & (Transfer.check_reason == "") & ~Transfer.disputed & large
    query = select(Transfer.id, Transfer.status).where(or_(unasked, Transfer.status == TransferStatus.sending),
                                                       Transfer.manual_payout_id.is_(None))
    for transfer_id, status in db.session.execute(query.limit(500)):
        verb = carry_out_transfer if status == TransferStatus.sending else begin_transfer
        verb.later(transfer_id, once=f"{verb.__name__}:{transfer_id}")


@task
def begin_transfer(transfer_id: str) -> None:
    """Set the money aside, under this attempt's key, before Stripe is asked; or let it queue for finance; or hold it, visibly."""
    transfer = _locked(transfer_id)
    if not may_go(transfer) or transfer.manual_payout_id:
        return
    account = queries.payout_account(transfer.manager_id)
    if account is None or rails.of(account).problem(account):
        _hold(transfer)
    elif queries.payouts_stopped(transfer.manager_id):
        _wait_for_staff(transfer)
    elif rails.of(account).by_hand:
        transfer.account_id = account.id
        rails.of(account).send(transfer)
    elif gather(transfer, rails.of(account).least):
        set_aside(transfer, account)
        carry_out_transfer.later(transfer.id, once=f"carry_out_transfer:{transfer.id}")
    else:
        transfer.gather_after = clock.now() + GATHER_AGAIN


@task
def carry_out_transfer(transfer_id: str) -> None:
    """Look whether Stripe has this transfer; if not, ask for it; book the answer."""
    transfer = _locked(transfer_id)
    if transfer.status != TransferStatus.sending or transfer.account is None or rails.of(transfer.account).by_hand:
        return
    rail = rails.of(transfer.account)
    try:
        settle_at_stripe(transfer, rail.find(transfer) or rail.send(transfer))
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    except stripe.Refused as refusal:
        put_back(transfer, refusal.reason, refusal.code)


def pass_check(transfer: Transfer, by: Person, why: str) -> None:
    """Finance has looked at what made this transfer wait: it goes when its day has come, and no lost page is waited for.

    Raises WrongState when it does not wait for finance.
    """
    lock(transfer)
    if not transfer.finance_looks:
        raise WrongState()
    audit.record("transfer.pass_check", transfer, by, why=why, check_reason=transfer.check_reason)
    transfer.reasons = [reason for reason in transfer.reasons if reason == PAGE_LOST]
    if not transfer.reasons:
        notices.transfer_passed(transfer)


def retry_transfer(transfer: Transfer, by: Person) -> None:
    """Try a refused or held transfer now, not at the next turn."""
    lock(transfer)
    if transfer.status in (TransferStatus.failed, TransferStatus.held) and not transfer.manual_payout_id:
        audit.record("transfer.try_again", transfer, by)
        transfer.send_after = clock.now()
        begin_transfer.later(transfer.id, once=f"begin_transfer:{transfer.id}")


def _owed(operation: str, parts: Iterator[tuple[uuid.UUID, Money]], *, contract: str, check_reason: str = "",
          **values: Any) -> Sequence[Transfer]:
    """One transfer for each payment the money came from; it waits where the team decides about the contract."""
    reasons = [*filter(None, [check_reason]), *why_it_waits(contract)]
    transfers = [Transfer(operation=f"{operation}/{number}" if number else operation, payment_id=payment_id, amount_minor=part.minor,
                          currency=part.currency, contract=contract, reasons=reasons, **values)
                 for number, (payment_id, part) in enumerate(parts)]
    db.session.add_all(transfers)
    db.session.flush()
    return transfers


def _net_parts(posting: ledger.Posted, gross: Money, net: Money) -> Iterator[tuple[uuid.UUID, Money]]:
    """How much of what a manager gets comes from which payment; the parts sum to the whole, and none is nothing."""
    taken, given = Money(0, gross.currency), Money(0, gross.currency)
    for source, part in posting.drawn:
        taken += part
        so_far = Money(net.minor * taken.minor // gross.minor, net.currency)
        if so_far != given:
            yield uuid.UUID(source.removeprefix("payment:")), so_far - given
        given = so_far


def _by_operation(key: str) -> Sequence[Transfer]:
    same = or_(Transfer.operation == key, Transfer.operation.startswith(f"{key}/", autoescape=True))
    return db.session.scalars(select(Transfer).where(same).order_by(Transfer.id)).all()


def _hold(transfer: Transfer) -> None:
    """Nobody to pay yet: the manager is told once, and it goes as soon as Stripe takes money in their name."""
    if transfer.may("hold"):
        transfer.move("hold", why="no account that can be paid")
        notices.transfer_held(transfer)


def _wait_for_staff(transfer: Transfer) -> None:
    """Somebody looks who the manager is; they have been told."""
    if transfer.may("hold"):
        transfer.move("hold", why="payouts are stopped")


def _locked(transfer_id: str) -> Transfer:
    transfer = db.session.get_one(Transfer, uuid.UUID(transfer_id))
    lock(transfer)
    return transfer
