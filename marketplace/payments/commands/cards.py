"""Cards that a business lets us keep: Stripe keeps the card, we its mask, until the business takes it off."""
from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.payments import notices, signals
from marketplace.payments.models import Card, CardStatus, Customer, Payment

WARNING_DAYS = rule("CARD_WARNING_DAYS", 30, "days before a saved card's end at which its business is told")


def customer_of(business: Business) -> str:
    """The business as Stripe knows it; made known to it first, once. Raises stripe.Unanswered and stripe.Refused."""
    db.session.execute(insert(Customer).values(business_id=business.id).on_conflict_do_nothing())
    customer = db.session.scalars(select(Customer).where(Customer.business_id == business.id)).one()
    if customer.stripe_customer_id is None:
        wish = {"name": business.name, "metadata": {"business": str(business.id)}}
        customer.stripe_customer_id = stripe.create_customer(wish, key=f"customer:{customer.id}")["id"]
    return customer.stripe_customer_id


def keep(payment: Payment, charge: dict[str, Any]) -> None:
    """Remember the card a payment was made with, as its payer wished. One that is known already is renewed."""
    mask, method = charge["payment_method_details"]["card"], charge["payment_method"]
    card = _known(payment.business_id, mask)
    if card:
        forget_method.later(card.stripe_payment_method_id, once=f"forget:{card.stripe_payment_method_id}")
        card.stripe_payment_method_id = method
    else:
        db.session.add(Card(
            business_id=payment.business_id, person_id=payment.person_id, brand=mask["brand"], last4=mask["last4"],
            expires_month=mask["exp_month"], expires_year=mask["exp_year"], stripe_customer_id=charge["customer"],
            stripe_payment_method_id=method))


def remove_card(card: Card, by: Person) -> None:
    """Take a card off: nothing is charged to it any more, here at once and at Stripe by a job."""
    card.move("remove", by=by)
    signals.card_removed.send(card)
    forget_method.later(card.stripe_payment_method_id, once=f"forget:{card.stripe_payment_method_id}")


@task
def forget_method(method_id: str) -> None:
    """Let Stripe forget a card; nothing happens to one it has forgotten."""
    try:
        with suppress(stripe.Refused):
            stripe.detach_payment_method(method_id, key=f"forget:{method_id}")
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence


@sweep
def warn_of_expiry() -> None:
    """Cards whose last month is near, each told once."""
    near = clock.today() + timedelta(days=WARNING_DAYS)
    ending = tuple_(Card.expires_year, Card.expires_month) <= (near.year, near.month)
    due = select(Card.id).where(Card.status == CardStatus.kept, Card.warned_at.is_(None), ending).limit(200)
    for card_id in db.session.scalars(due):
        warn_of_card.later(card_id, once=f"card:{card_id}")


@task
def warn_of_card(card_id: str) -> None:
    """Tell the business that a card ends."""
    card = db.session.get_one(Card, uuid.UUID(card_id))
    lock(card)
    if card.status == CardStatus.kept and card.warned_at is None:
        card.warned_at = clock.now()
        notices.card_expires(card)


def _known(business_id: uuid.UUID, mask: dict[str, Any]) -> Card | None:
    same = (Card.brand == mask["brand"], Card.last4 == mask["last4"], Card.expires_month == mask["exp_month"],
            Card.expires_year == mask["exp_year"])
    query = select(Card).where(Card.business_id == business_id, Card.status == CardStatus.kept, *same)
    return db.session.scalars(query.with_for_update(key_share=True)).first()
