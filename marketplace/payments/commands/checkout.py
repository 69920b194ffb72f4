"""Opening and closing Stripe's payment page. The row comes first, so that whatever happens later has a place to go."""
from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core import clock, pricing
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.payments import signals
from marketplace.payments.commands import cards, debts, incoming
from marketplace.payments.models import Payment, PaymentStatus

CHECKOUT_MINUTES = rule("CHECKOUT_MINUTES", 30, "minutes a business has to pay; Stripe allows no less than 30")
SPARE = timedelta(minutes=2)
"""Stripe closes its page a little after us: it refuses less than 30 minutes by its own clock."""


def start_checkout(*, subject: str, contract: str, business: Business, person: Person, amount: Money, title: str,
                   success_url: str, cancel_url: str, ad_spend: Money | None = None, ad_vat: Money | None = None, fee: Money | None = None,
                   keep_card: bool = False) -> Payment:
    """Store the payment and open Stripe's page for it; `checkout_url` is where the person goes.

    `ad_spend`, with its VAT (`ad_vat`) in it, is paid in beside `amount` and kept for ads; `fee` is what the platform
    will keep of `amount`, for the receipt. When Stripe does not answer, `checkout_url` is None,
    the payment stays pending and a job finds out. Raises Invalid when Stripe refuses, WrongState
    while the business owes what its bank took back.
    """
    if not subject.startswith("debt:"):
        debts.refuse_debtors(business)
    ads = ad_spend or Money(0, amount.currency)
    payment = Payment(
        subject=subject, contract=contract, business_id=business.id, person_id=person.id, title=title[:200],
        amount_minor=amount.minor, ad_spend_minor=ads.minor, ad_vat_minor=ad_vat.minor if ad_vat else 0,
        card_cost_minor=pricing.card_cost(amount + ads).minor, currency=amount.currency,
        fee_minor=fee.minor if fee else None, success_url=success_url, cancel_url=cancel_url, expires_at=deadline(), keep_card=keep_card)
    db.session.add(payment)
    db.session.flush()
    try:
        _open(payment)
    except stripe.Refused as refusal:
        raise Invalid(_l("The payment page could not be opened. Nothing was paid.")) from refusal
    except stripe.Unanswered:
        mend_checkout.later(payment.id, once=f"checkout:{payment.id}")
    return payment


def cancel_checkout(payment: Payment, by: Any = None) -> None:
    """Call a payment off. Money that comes all the same goes back by itself."""
    payment.move("cancel", by=by)
    signals.payment_ended.send(payment)
    close_page.later(payment.id, once=f"close:{payment.id}")


@task
def mend_checkout(payment_id: str) -> None:
    """Find the page Stripe may have opened without our hearing of it, or open one."""
    payment = _locked(payment_id)
    if payment.status != PaymentStatus.pending or payment.stripe_session_id:
        return
    try:
        found = _find(payment)
        if found:
            _record(payment, found)
        else:
            payment.expires_at = deadline()
            _open(payment)
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    except stripe.Refused as refusal:
        incoming.end(payment, "fail", why=refusal.reason)


@sweep
def expire_checkouts() -> None:
    """Payments whose time is over."""
    due = select(Payment.id).where(Payment.status == PaymentStatus.pending, Payment.expires_at <= clock.now())
    for payment_id in db.session.scalars(due.limit(500)):
        close_checkout.later(payment_id, once=f"close:{payment_id}")


@task
def close_checkout(payment_id: str) -> None:
    """Close Stripe's page, so that nobody can pay any more, and end the payment; or learn that it was paid."""
    payment = db.session.get_one(Payment, uuid.UUID(payment_id))
    if payment.expires_at > clock.now():
        return  # opened anew meanwhile
    page = _close(payment)
    incoming.lock_siblings(payment)
    if page is None:
        incoming.end(payment, "expire")
    else:
        incoming.apply(payment, page)


@task
def close_page(payment_id: str) -> None:
    """Close the page of a payment that was called off here; if it was paid meanwhile, the money goes back."""
    payment = db.session.get_one(Payment, uuid.UUID(payment_id))
    if page := _close(payment):
        incoming.lock_siblings(payment)
        incoming.apply(payment, page)


def _close(payment: Payment) -> dict[str, Any] | None:
    """The page, closed or finished; None when Stripe has none."""
    try:
        if payment.card_id:
            return _close_charge(payment)
        page_id = payment.stripe_session_id or (_find(payment) or {}).get("id")
        if page_id is None:
            return None
        with suppress(stripe.Refused):  # paid or closed already: what follows says which
            stripe.expire_session(page_id, key=f"close:{payment.id}")
        return stripe.session(page_id)
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence


def _close_charge(payment: Payment) -> dict[str, Any] | None:
    """The same of a charge without a page: what was not paid is called off at Stripe, too."""
    page = incoming.charged(payment)
    if page and page["payment_status"] != "paid":
        with suppress(stripe.Refused):
            stripe.cancel_intent(page["payment_intent"]["id"], key=f"close:{payment.id}")
        return incoming.charged(payment)
    return page


def _open(payment: Payment) -> None:
    """The key names this page of this payment: another deadline is another page."""
    _record(payment, stripe.create_session(_page(payment), key=f"checkout:{payment.id}:{int(payment.expires_at.timestamp())}"))


def _page(payment: Payment) -> dict[str, Any]:
    reference = {"payment": str(payment.id), "subject": payment.subject}
    payer, usage = _payer(payment)
    return {
        "mode": "payment", "client_reference_id": str(payment.id), "metadata": reference, **payer,
        "expires_at": int((payment.expires_at + SPARE).timestamp()),
        "line_items": list(_lines(payment)),
        "payment_intent_data": {"transfer_group": payment.contract, "metadata": reference, "description": payment.title, **usage},
        "success_url": stripe.own_address(f"/payments/{payment.id}/return"), "cancel_url": payment.cancel_url,
    }


def _payer(payment: Payment) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who pays, and what Stripe may do with the card afterwards: a card is kept for a customer, or not at all."""
    if payment.keep_card:
        return {"customer": cards.customer_of(payment.business)}, {"setup_future_usage": "off_session"}
    return {"customer_email": payment.person.email}, {}


def _lines(payment: Payment) -> Iterator[dict[str, Any]]:
    yield _line(payment, payment.title, payment.amount)
    for name, amount in (_l("Ad money"), payment.ad_spend - payment.ad_vat), (_l("VAT on ads"), payment.ad_vat):
        if amount:
            yield _line(payment, str(name), amount)
    yield _line(payment, str(_l("Card cost")), payment.card_cost)


def _line(payment: Payment, name: str, amount: Money) -> dict[str, Any]:
    price = {"currency": payment.currency.lower(), "unit_amount": amount.minor, "product_data": {"name": name}}
    return {"quantity": 1, "price_data": price}


def _record(payment: Payment, page: dict[str, Any]) -> None:
    payment.stripe_session_id, payment.checkout_url = page["id"], page["url"]


def _find(payment: Payment) -> dict[str, Any] | None:
    """Stripe's page for this payment, when there is one."""
    pages = stripe.sessions_since(payment.created_at - timedelta(minutes=5))
    return next((page for page in pages if page["client_reference_id"] == str(payment.id)), None)


def deadline() -> Any:
    """When a payment that begins now is over, if nobody has paid."""
    return clock.now() + timedelta(minutes=max(CHECKOUT_MINUTES, 30))


def _locked(payment_id: str) -> Payment:
    payment = db.session.get_one(Payment, uuid.UUID(payment_id))
    lock(payment)
    return payment
