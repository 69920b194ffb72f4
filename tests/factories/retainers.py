"""Contracts that are paid month by month, at any point of their life."""
from __future__ import annotations

from typing import Any

from marketplace.businesses.models import Business
from marketplace.contracts import queries
from marketplace.contracts.commands import retainers
from marketplace.contracts.models import Contract, Month, Retainer
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.payments.models import Card
from tests import people
from tests.factories.contracts import make_contract, make_funded

PRICE = 700_000
LINES = [{"title": "Posts", "count": 60}, {"title": "Videos", "count": 4}]


def monthly(**terms: Any) -> dict[str, Any]:
    """Terms of an offer that is paid month by month, from today."""
    return {"billing": "monthly", "price_minor": PRICE, "starts_on": clock.today().date().isoformat(), "lines": LINES,
            "milestones": [{"title": "Month 1", "amount_minor": PRICE, "days": 30}]} | terms


def make_retainer(**terms: Any) -> Contract:
    """Ben works for ada month by month."""
    return make_contract(**monthly(**terms))


def make_next_month(contract: Contract | None = None) -> Month:
    """The first month is paid in; the second waits."""
    contract = contract or make_retainer()
    make_funded(queries.milestones_of(contract)[0])
    return queries.months_of(contract)[1]


def make_saved_card(business: Business, **changes: Any) -> Card:
    """A card as it is after a payment that kept it, without asking Stripe."""
    values = {"business_id": business.id, "person_id": people.ada().id, "brand": "visa", "last4": "4242", "expires_month": 12,
              "expires_year": 2034, "stripe_customer_id": f"cus_{business.id}", "stripe_payment_method_id": f"pm_{business.id}"}
    card = Card(**(values | changes))
    db.session.add(card)
    db.session.flush()
    return card


def make_consent(contract: Contract, card: Card | None = None) -> Retainer:
    """Ada lets her card be charged for each next month."""
    retainer = queries.retainer_of(contract)
    retainers.consent(retainer, card or make_saved_card(contract.business), people.ada())
    return retainer
