"""Boosting contracts whose manager's card pays Meta, with their ad money at any point of its life."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access.models import OFFERED, Grant, Right
from marketplace.boosts import commands, queries
from marketplace.boosts.commands.planning import Plan
from marketplace.boosts.models import AdPot, Boost, Draw, ExchangeRate
from marketplace.channels.models import Channel
from marketplace.contracts.commands import funding
from marketplace.contracts.models import Contract, Milestone
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.files.models import File, Purpose
from marketplace.ledger import commands as ledger
from marketplace.managers.models import Kind
from marketplace.payments.models import Payment, PaymentStatus
from tests import people
from tests.factories.access import make_grant
from tests.factories.businesses import make_business
from tests.factories.channels import make_channel
from tests.factories.contracts import make_bid, make_contract, make_milestone, make_offer
from tests.factories.files import PDF, make_file
from tests.factories.jobs import make_job

RATE = 122_50
STEPS = [{"title": "The boost", "amount_minor": 800_00, "days": 7}]
PLAN = Plan(title="Eid collection", post_id="200000000000001_122100000000001", objective="messages",
            audience={"divisions": ["dhaka"], "age_from": 22, "age_until": 45, "gender": "women", "interests": "saree"},
            budget_minor=40_00, days=7)


def make_rate(rate_minor: int = RATE, days_ago: int = 0) -> ExchangeRate:
    """What sam entered."""
    day = (clock.today() - timedelta(days=days_ago)).date()
    rate = ExchangeRate(rate_minor=rate_minor, day=day, source="Bangladesh Bank", link="https://www.bb.org.bd/en/",
                        person_id=people.sam().id)
    db.session.add(rate)
    db.session.flush()
    return rate


def make_boosting_contract(business: Any = None, manager: Any = None, steps: Any = STEPS, **job: Any) -> Contract:
    """Ada hired ben for a boost of 40 dollars; his card pays Meta."""
    listing = make_job(business or make_business(people.ada()), Kind.boosting, **job)
    return make_contract(make_offer(make_bid(listing, manager), milestones=steps))


def make_pot(contract: Contract | None = None) -> AdPot:
    """Agreed, not paid in."""
    pot = queries.pot_of((contract or make_boosting_contract()).id)
    assert pot is not None
    return pot


def make_funded_pot(contract: Contract | None = None) -> AdPot:
    """Work and ad money are held, as after a payment."""
    pot = make_pot(contract)
    make_rate()
    make_boost_funded(make_milestone(pot.contract))
    return pot


def make_boost_funded(milestone: Milestone) -> Payment:
    """The first step with its ad money, without asking Stripe: the books and the payment stand as after a success."""
    milestone.move("start_funding")
    ads, contract = funding.ads_beside(milestone, bind=True), milestone.contract
    pot = queries.pot_of_milestone(milestone.id)
    assert pot is not None and ads == pot.ads
    payment = Payment(
        subject=f"milestone:{milestone.id}", contract=f"contract:{contract.id}", business_id=contract.business_id,
        person_id=people.ada().id, title=milestone.title, amount_minor=milestone.amount_minor, ad_spend_minor=pot.paid_in.minor,
        ad_vat_minor=pot.vat_minor, card_cost_minor=0, currency=milestone.currency, success_url="/", cancel_url="/", expires_at=clock.now(),
        status=PaymentStatus.succeeded, succeeded_at=clock.now(), stripe_charge_id=f"ch_{milestone.id}")
    db.session.add(payment)
    db.session.flush()
    ledger.fund(f"fund:{payment.id}", milestone=payment.subject, contract=payment.contract, business=f"business:{contract.business_id}",
                amount=milestone.amount, ad_spend=payment.ad_spend, card_cost=payment.card_cost, source=payment.source,
                stripe_id=payment.stripe_charge_id)
    funding.begin_work(milestone)
    return payment


def make_boost_grant(contract: Contract, channel: Channel | None = None) -> Grant:
    """Ben may spend on ads."""
    return make_grant(contract, channel or make_channel(contract.business), rights=[*OFFERED, Right.boost])


def make_boost(pot: AdPot | None = None, grant: Grant | None = None, **changes: Any) -> Boost:
    """Ben's plan."""
    pot = pot or make_funded_pot()
    plan = Plan(**(vars(PLAN) | changes))
    return commands.plan_boost(grant or make_boost_grant(pot.contract), pot.contract.manager.person, plan)


def make_running_boost(pot: AdPot | None = None, spent_minor: int = 0, grant: Grant | None = None, **changes: Any) -> Boost:
    """One that runs, as if Meta had said so, and has cost so much."""
    boost = make_boost(pot, grant, **changes)
    commands.approve_boost(boost, people.ada(), boost.hash)
    boost.move("launch")
    boost.campaign_id, boost.started_at, boost.ends_at = "120200000000001", clock.now(), clock.now() + timedelta(days=boost.days)
    boost.spent_minor, boost.spend_read_at = spent_minor, clock.now()
    db.session.flush()
    return boost


def make_receipt(person: Any) -> File:
    """Meta's receipt, uploaded."""
    return make_file(person, Purpose.evidence, PDF, "receipt.pdf")


def make_draw(pot: AdPot | None = None, number: str = "FBADS-108-100000001", dollars_minor: int = 10_00, vat_minor: int = 1_50) -> Draw:
    """Ben handed in a receipt."""
    pot = pot or make_funded_pot()
    person = pot.contract.manager.person
    return commands.ask_draw(pot, person, number, dollars_minor, vat_minor, make_receipt(person))
