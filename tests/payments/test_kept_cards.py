"""Which card is the same one again, and whose end is near enough to be told."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.payments.commands import cards
from marketplace.payments.models import Card, CardStatus
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import make_row
from tests.factories.retainers import make_saved_card
from tests.worker import queued

MASK = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}


@pytest.fixture
def payment(app):
    return make_row(people.ada())


@pytest.fixture
def card(payment):
    return make_saved_card(payment.business, stripe_payment_method_id="pm_old")


def keep(payment, **mask) -> None:
    cards.keep(payment, {"payment_method_details": {"card": MASK | mask}, "payment_method": "pm_new", "customer": "cus_1"})
    db.session.flush()


def kept() -> list[Card]:
    return list(db.session.scalars(select(Card).order_by(Card.id)))


def test_the_same_card_again_is_renewed_and_stripe_forgets_the_old_one(payment, card):
    keep(payment)
    assert (kept(), card.stripe_payment_method_id) == ([card], "pm_new")
    assert [job.args for job in queued()] == [{"method_id": "pm_old"}]


@pytest.mark.parametrize("mask", [{"brand": "amex"}, {"last4": "4243"}, {"exp_month": 11}, {"exp_year": 2035}])
def test_another_card_is_another_row(payment, card, mask):
    keep(payment, **mask)
    [_old, new] = kept()
    assert (new.business_id, new.person_id, new.stripe_customer_id) == (payment.business_id, payment.person_id, "cus_1")
    assert {"brand": new.brand, "last4": new.last4, "exp_month": new.expires_month, "exp_year": new.expires_year} == MASK | mask
    assert (card.stripe_payment_method_id, new.stripe_payment_method_id, queued()) == ("pm_old", "pm_new", [])


@pytest.mark.parametrize("changes", ["removed", "another business"])
def test_a_card_that_was_taken_off_or_is_anothers_is_not_the_same(payment, card, changes):
    if changes == "removed":
        card.status = CardStatus.removed
    else:
        card.business_id = make_business(people.eve()).id
    db.session.flush()
    keep(payment)
    assert len(kept()) == 2
    assert card.stripe_payment_method_id == "pm_old"


def month_of(days: int, months: int = 0) -> dict:
    """The month of a day from now, or one a few months later."""
    day = clock.today() + timedelta(days=days)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return {"expires_year": year, "expires_month": month + 1}


@pytest.mark.parametrize(("months", "told"), [(0, True), (1, False), (12, False), (-1, True), (-12, True)])
@pytest.mark.parametrize("later", [0, 90])
def test_a_card_is_warned_of_when_its_last_month_is_near(app, later, months, told):
    """In one of the two the month after next is of the same year."""
    clock.move(timedelta(days=later))
    card = make_saved_card(make_business(people.ada()), **month_of(cards.WARNING_DAYS, months))
    cards.warn_of_expiry()
    assert [job.args for job in queued()] == [{"card_id": str(card.id)}] * told


@pytest.mark.parametrize("changes", [{"status": CardStatus.removed}, {"warned_at": clock.now()}])
def test_a_card_that_was_told_of_or_taken_off_is_not_warned_of(app, changes):
    card = make_saved_card(make_business(people.ada()), **month_of(0), **changes)
    cards.warn_of_expiry()
    cards.warn_of_card(str(card.id))
    assert [job for job in queued() if "card" in job.task_name] == []
    assert card.warned_at == changes.get("warned_at")
