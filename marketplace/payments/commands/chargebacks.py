"""The payer's bank takes a payment back. Each movement Stripe booked is posted once; the newest state is Stripe's own."""
from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.payments import notices, signals
from marketplace.payments.commands import debts, reversals
from marketplace.payments.models import Chargeback, ChargebackStatus, Payment

DECIDED = {"won": "win", "lost": "lose"}
"""Stripe's final states, and the action they are here."""


def sync_chargeback(payment: Payment, dispute_id: str) -> None:
    """Act on a dispute as Stripe shows it now, whatever order its events came in. Raises stripe.Unanswered."""
    dispute = stripe.dispute(dispute_id)
    lock(payment)
    chargeback = _row(payment, dispute)
    lock(chargeback)
    lock(payment.business)
    for entry in dispute["balance_transactions"]:
        _book(payment, dispute, entry)
    if payment.may("charge_back") and chargeback.status == ChargebackStatus.open:
        payment.move("charge_back", why=dispute["reason"])
        notices.charged_back(payment)
        signals.payment_charged_back.send(payment)
    _decide(payment, chargeback, DECIDED.get(dispute["status"]))


def _row(payment: Payment, dispute: dict[str, Any]) -> Chargeback:
    values = {"payment_id": payment.id, "stripe_dispute_id": dispute["id"], "amount_minor": dispute["amount"],
              "currency": dispute["currency"].upper(), "reason": dispute["reason"][:60], "status": ChargebackStatus.open,
              "created_at": clock.now()}
    db.session.execute(insert(Chargeback).values(**values).on_conflict_do_nothing())
    return db.session.scalars(select(Chargeback).where(Chargeback.stripe_dispute_id == dispute["id"])).one()


def _decide(payment: Payment, chargeback: Chargeback, action: str | None) -> None:
    if action and chargeback.may(action):
        chargeback.move(action)
        payment.move(action)
        signals.chargeback_decided.send(payment)
        reversals.resume(payment)


def _book(payment: Payment, dispute: dict[str, Any], entry: dict[str, Any]) -> None:
    """A withdrawal, its fee, or the money coming back; the fee is the platform's loss, won or lost."""
    business, key = f"business:{payment.business_id}", f"dispute:{entry['id']}"
    if entry["amount"] < 0:
        ledger.charge_back(key, source=payment.source, subject=payment.holder, contract=payment.contract, business=business,
                           amount=Money(dispute["amount"], dispute["currency"].upper()), stripe_id=dispute["id"],
                           settled=Money(-entry["amount"], entry["currency"].upper()))
    else:
        withdrawn = next(other for other in dispute["balance_transactions"] if other["amount"] < 0)
        ledger.win_back(key, charged_back=f"dispute:{withdrawn['id']}", stripe_id=dispute["id"])
        debts.even_out(payment.business, key)
    if entry["fee"]:
        ledger.pay_dispute_fee(f"{key}/fee", subject=payment.holder, contract=payment.contract, business=business,
                               fee=Money(entry["fee"], entry["currency"].upper()), stripe_id=dispute["id"])
