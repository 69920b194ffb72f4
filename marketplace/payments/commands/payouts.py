"""From a manager's balance at Stripe to their bank. Stripe does it; we follow, so that both sides can see it arrive."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.payments import notices, signals
from marketplace.payments.commands.sending import arrive, come_back
from marketplace.payments.models import Payout, PayoutAccount, PayoutStatus, Transfer


def sync_payout(account: PayoutAccount, payout_id: str) -> None:
    """Act on a payout as Stripe shows it now, whatever order its events came in. Raises stripe.Unanswered."""
    answer = stripe.payout(payout_id, str(account.stripe_account_id))
    payout = _row(account, answer)
    lock(payout)
    if answer["status"] == "paid" and payout.may("pay"):
        _arrived(account, payout)
    elif answer["status"] in ("failed", "canceled") and payout.may("fail"):
        _came_back(payout, answer.get("failure_message") or answer["status"])


def _row(account: PayoutAccount, answer: dict[str, Any]) -> Payout:
    values = {"payout_account_id": account.id, "stripe_payout_id": answer["id"], "amount_minor": answer["amount"],
              "currency": answer["currency"].upper(), "created_at": clock.now(), "status": PayoutStatus.pending, "failure": ""}
    db.session.execute(insert(Payout).values(**values).on_conflict_do_nothing())
    return db.session.scalars(select(Payout).where(Payout.stripe_payout_id == answer["id"])).one()


def _arrived(account: PayoutAccount, payout: Payout) -> None:
    """The transfers this payout carried are in the bank."""
    carried = _carried(account, payout)
    payout.move("pay")
    for transfer in carried:
        arrive(transfer)
        transfer.payout_id = payout.id
    for transfer in carried:
        signals.transfer_arrived.send(transfer)
    for transfer in carried:
        ledger.pay_out(f"payout:{payout.id}:{transfer.id}", manager=f"manager:{transfer.manager_id}", amount=_left(transfer))


def _came_back(payout: Payout, reason: str) -> None:
    """The bank refused: what it carried is at Stripe again, once."""
    payout.move("fail", why=reason)
    payout.failure = reason[:300]
    carried = _transfers(Transfer.payout_id == payout.id)
    for transfer in carried:
        come_back(transfer, "bounce", why=reason)
        transfer.payout_id = None
    for transfer in carried:
        signals.transfer_came_back.send(transfer)
    for transfer in carried:
        ledger.reverse(f"payout:{payout.id}:{transfer.id}/failed", of=f"payout:{payout.id}:{transfer.id}")
    notices.payout_failed(payout)


def _carried(account: PayoutAccount, payout: Payout) -> Sequence[Transfer]:
    """Our transfers among what Stripe paid out."""
    entries = stripe.paid_out(payout.stripe_payout_id, str(account.stripe_account_id))
    sources = {entry["source"].get("source_transfer") for entry in entries if isinstance(entry["source"], dict)}
    return _transfers(Transfer.stripe_transfer_id.in_(sources - {None}), Transfer.status == "sent")


def _transfers(*conditions: Any) -> Sequence[Transfer]:
    return db.session.scalars(select(Transfer).where(*conditions).order_by(Transfer.id)).all()


def _left(transfer: Transfer) -> Money:
    return Money(transfer.amount_minor - transfer.reversed_minor, transfer.currency)
