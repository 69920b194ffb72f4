"""Our own bank, from which staff pays by hand, is filled by Stripe's payouts to us: ordered at Stripe, recognised here."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments.models import BankPayout, PayoutStatus


def sync_bank_payout(payout_id: str, asked: bool = False) -> None:
    """Book a payout to our bank as Stripe shows it now, whatever order its events came in. Raises stripe.Unanswered.

    One that Stripe made by itself is left to finance (`asked`), for it may have taken held money along; reconciliation names it.
    """
    answer = stripe.payout(payout_id)
    if answer["automatic"] and not asked and _known(payout_id) is None:
        return
    payout = _row(answer)
    lock(payout)
    if not books.cash_postings(payout_id) and payout.status == PayoutStatus.pending:
        ledger.fund_bank(payout.key, amount=payout.amount, stripe_id=payout_id)
    if answer["status"] == "paid" and payout.may("pay"):
        payout.move("pay")
    elif answer["status"] in ("failed", "canceled") and payout.may("fail"):
        _came_back(payout, answer.get("failure_message") or answer["status"])


def _known(payout_id: str) -> BankPayout | None:
    return db.session.scalars(select(BankPayout).where(BankPayout.stripe_payout_id == payout_id)).first()


def _row(answer: dict[str, Any]) -> BankPayout:
    values = {"stripe_payout_id": answer["id"], "amount_minor": answer["amount"], "currency": answer["currency"].upper(),
              "status": PayoutStatus.pending, "automatic": answer["automatic"], "failure": "", "created_at": clock.now(),
              "arrives_on": datetime.fromtimestamp(answer["arrival_date"], UTC).date()}
    db.session.execute(insert(BankPayout).values(**values).on_conflict_do_nothing())
    return db.session.scalars(select(BankPayout).where(BankPayout.stripe_payout_id == answer["id"])).one()


def _came_back(payout: BankPayout, reason: str) -> None:
    """The bank refused it, or we called it off: it is on our balance at Stripe again. What finance adjusted, finance mends."""
    payout.move("fail", why=reason)
    payout.failure = reason[:300]
    if books.find(payout.key):
        ledger.reverse(f"{payout.key}/failed", of=payout.key, stripe_id=payout.stripe_payout_id)
