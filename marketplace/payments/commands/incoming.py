"""What becomes of a payment. Nothing is believed that Stripe has not said to us when asked."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, crypto
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, task
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.payments import queries, signals
from marketplace.payments.commands import cards, debts, receipts, refunds
from marketplace.payments.models import Payment, PaymentStatus

OPEN = (PaymentStatus.pending, PaymentStatus.processing)
UNPAID = ("canceled", "requires_payment_method")
WAITS_FOR_PAYER = ("requires_action", "requires_confirmation")
"""How Stripe calls payment intents that bring nothing, and those for which somebody must act; without a page nobody does."""
LOOK_BACK = timedelta(days=40)


def look(payment: Payment, page_id: str | None = None) -> None:
    """Ask Stripe how the payment stands and act on it. Raises stripe.Unanswered. Safe to call any number of times.

    `page_id` is Stripe's page, where whoever calls knows it and we may not yet.
    """
    if payment.succeeded_at:
        return
    if page := _page_of(payment, page_id):
        lock_siblings(payment)
        apply(payment, page)


def charged(payment: Payment) -> dict[str, Any] | None:
    """Stripe's charge of the saved card of this payment, in the form of a page; None when it has none.

    Looked for far back: our clock may have been wrong when the row was made, and a charge that is not found is asked for.
    """
    customer = payment.card.stripe_customer_id  # type: ignore[union-attr]
    intents = stripe.intents_of(customer, payment.created_at - LOOK_BACK)
    found = next((intent["id"] for intent in intents if intent["metadata"].get("payment") == str(payment.id)), None)
    return as_page(stripe.intent(found)) if found else None


def as_page(intent: dict[str, Any]) -> dict[str, Any]:
    """A payment intent of a saved card as if it had been paid at a page of Checkout, which there was none of."""
    status = "paid" if intent["status"] == "succeeded" else "unpaid"
    return {"id": None, "status": "complete", "payment_status": status, "payment_intent": intent, "amount_total": intent["amount"],
            "currency": intent["currency"]}


def lock_siblings(payment: Payment) -> None:
    """Lock all payments for the same thing, always in the same order: the second finds the first, and none waits in a ring."""
    db.session.flush()
    query = select(Payment).where(Payment.subject == payment.subject).order_by(Payment.id).with_for_update(of=Payment, key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).all()


def look_or_leave(payment: Payment) -> None:
    """The same for somebody who waits at a page: when Stripe does not answer now, a job goes on asking."""
    try:
        look(payment)
    except (stripe.Unanswered, NotYet):
        look_again.later(payment.id, once=f"look:{payment.id}")


@task
def look_again(payment_id: str) -> None:
    """The same, until Stripe answers."""
    try:
        look(db.session.get_one(Payment, uuid.UUID(payment_id)))
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence


def apply(payment: Payment, page: dict[str, Any]) -> None:
    """Act on Stripe's page as it is now. The payment is locked, with its siblings."""
    if page["payment_status"] == "paid":
        _succeed(payment, page)
    elif page["status"] == "expired":
        end(payment, "expire")
    elif page["status"] == "complete" and payment.status in OPEN:
        _wait_for_bank(payment, page)


def end(payment: Payment, action: str, why: str = "") -> None:
    """Nothing was taken: the payment is over. Nothing happens to one that has ended."""
    if payment.may(action):
        payment.move(action, why=why)
        signals.payment_ended.send(payment)


def fail(payment: Payment, refusal: str) -> None:
    """The bank, or Stripe, said no for good; `refusal` is its word for why."""
    payment.refusal = refusal[:60]
    end(payment, "fail", why=refusal)


def _page_of(payment: Payment, page_id: str | None) -> dict[str, Any] | None:
    if payment.card_id:
        return charged(payment)
    page_id = payment.stripe_session_id or page_id
    return stripe.session(page_id) if page_id else None


def _wait_for_bank(payment: Payment, page: dict[str, Any]) -> None:
    intent = page["payment_intent"] or {}
    if intent.get("status") in UNPAID or (payment.card_id and intent.get("status") in WAITS_FOR_PAYER):
        error = intent.get("last_payment_error") or {}
        fail(payment, error.get("decline_code") or error.get("code", ""))
    elif payment.may("process"):
        payment.move("process")


def _succeed(payment: Payment, page: dict[str, Any]) -> None:
    """Book the money, once. What nothing waits for any more goes back."""
    if payment.succeeded_at:
        return
    charge = _charge(payment, page)
    payment.card_key = _card_key(charge)
    waited_for = payment.status in OPEN and (payment.settles_debt or queries.paid_for(payment.subject) is None)
    payment.turned_away = waited_for and any(answer for _receiver, answer in signals.payer_asked.send(payment))
    payment.unclaimed = payment.turned_away or not waited_for
    payment.move("succeed" if payment.status in OPEN else "come_late")
    payment.succeeded_at = clock.now()
    payment.stripe_session_id, payment.stripe_payment_intent_id = page["id"], page["payment_intent"]["id"]
    (_give_back if payment.unclaimed else _take_in)(payment, charge)


def _give_back(payment: Payment, charge: dict[str, Any]) -> None:
    """Nothing waits for it, or whoever paid may not: it is in the books, and on its way back."""
    if payment.turned_away:
        signals.payment_ended.send(payment)
    _book(payment, charge)
    refunds.give_all_back(payment)


def _take_in(payment: Payment, charge: dict[str, Any]) -> None:
    receipts.order_receipt(payment)
    if payment.keep_card:
        cards.keep(payment, charge)
    signals.payment_succeeded.send(payment)
    (_settle_debt if payment.settles_debt else _book)(payment, charge)


def _card_key(charge: dict[str, Any]) -> str | None:
    """What Stripe says is the same for every use of one card number, under a key of ours; None where it says nothing."""
    mask = (charge.get("payment_method_details") or {}).get("card") or {}
    return crypto.keyed("card", mask["fingerprint"]) if mask.get("fingerprint") else None


def _settle_debt(payment: Payment, charge: dict[str, Any]) -> None:
    """A business pays what it owes; it is locked before the books are."""
    lock(payment.business)
    _book(payment, charge)
    debts.settle_payment(payment)


def _charge(payment: Payment, page: dict[str, Any]) -> dict[str, Any]:
    """The charge, with what Stripe booked for it. NotYet while Stripe has not booked it."""
    charge = page["payment_intent"]["latest_charge"]
    if not charge["balance_transaction"]:
        raise NotYet("Stripe has not booked the charge yet")
    if (page["amount_total"], page["currency"].upper()) != (payment.total.minor, payment.currency):
        raise ValueError(f"Stripe took {page['amount_total']} {page['currency']} for payment {payment.id}")
    return charge


def _book(payment: Payment, charge: dict[str, Any]) -> None:
    booked = charge["balance_transaction"]
    payment.stripe_charge_id = charge["id"]
    payment.settled_minor, payment.settled_currency = booked["amount"], booked["currency"].upper()
    nothing = Money(0, payment.currency)
    amount, ad_spend, card_cost = ((payment.total, nothing, nothing) if payment.unclaimed
                                   else (payment.amount, payment.ad_spend, payment.card_cost))
    ledger.fund(
        f"payment:{payment.id}", milestone=payment.holder, contract=payment.contract, business=f"business:{payment.business_id}",
        amount=amount, ad_spend=ad_spend, card_cost=card_cost, source=payment.source,
        stripe_id=charge["id"], settled=payment.settled(payment.total))
    ledger.pay_fee(f"payment:{payment.id}/fee", subject=payment.holder, contract=payment.contract,
                   fee=Money(booked["fee"], booked["currency"].upper()), stripe_id=charge["id"])
