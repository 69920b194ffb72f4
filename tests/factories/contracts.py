"""Offers, contracts and milestones at any point of their life, brought there by the commands."""
from __future__ import annotations

from typing import Any

from marketplace.bids.models import Bid, BidMilestone
from marketplace.businesses.models import Business
from marketplace.contracts.commands import funding, milestones, offers
from marketplace.contracts.models import Contract, Milestone, Offer
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.jobs.models import Job
from marketplace.jobs.queries import seats
from marketplace.ledger import commands as ledger
from marketplace.managers.models import Manager
from marketplace.payments.models import Payment, PaymentStatus
from tests import people
from tests.factories.businesses import make_business
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager

TERMS = {"title": "Nokshi Ghor, December", "scope": "Twenty posts and the inbox.", "changes_included": 2, "notice_days": 7,
         "ownership": "business", "milestones": [{"title": "First half", "amount_minor": 400_000, "days": 15},
                                                 {"title": "Second half", "amount_minor": 300_000, "days": 15}]}


def make_bid(job: Job | None = None, manager: Manager | None = None, business: Business | None = None) -> Bid:
    """Ben's bid on ada's job."""
    job = job or make_job(business or make_business(people.ada()))
    manager = manager or make_manager(people.ben())
    bid = Bid(seat_id=seats(job)[0].id, job_id=job.id, manager_id=manager.id, price_minor=700_000, days=30, strategy="Morning and night.",
              milestones=[BidMilestone(position=1, title="The month", amount_minor=700_000, days=30)])
    db.session.add(bid)
    db.session.flush()
    return bid


def make_offer(bid: Bid | None = None, **terms: Any) -> Offer:
    """Ada's offer on ben's bid."""
    return offers.make_offer(bid or make_bid(), people.ada(), TERMS | terms, "Can you begin on Sunday?")


def make_contract(offer: Offer | None = None, **terms: Any) -> Contract:
    """Ben accepted."""
    offer = offer or make_offer(**terms)
    return offers.accept_offer(offer, offer.manager.person, Side.manager, offer.latest.version)


def make_milestone(contract: Contract | None = None) -> Milestone:
    """The first milestone of a contract, planned."""
    return milestones_of(contract or make_contract())[0]


def make_funded(milestone: Milestone | None = None) -> Milestone:
    """A milestone whose money is held, without asking Stripe: the books and the payment stand as after a success."""
    milestone = milestone or make_milestone()
    milestone.move("start_funding")
    contract = milestone.contract
    payment = Payment(
        subject=f"milestone:{milestone.id}", contract=f"contract:{contract.id}", business_id=contract.business_id,
        person_id=people.ada().id, title=milestone.title, amount_minor=milestone.amount_minor, card_cost_minor=0,
        currency=milestone.currency, success_url="/", cancel_url="/", expires_at=clock.now(), status=PaymentStatus.succeeded,
        succeeded_at=clock.now(), stripe_charge_id=f"ch_{milestone.id}")
    db.session.add(payment)
    db.session.flush()
    ledger.fund(f"fund:{payment.id}", milestone=payment.subject, contract=payment.contract, business=f"business:{contract.business_id}",
                amount=milestone.amount, card_cost=payment.card_cost, source=payment.source, stripe_id=f"ch_{milestone.id}")
    funding.begin_work(milestone)
    return milestone


def make_delivered(milestone: Milestone | None = None) -> Milestone:
    """Work handed in."""
    milestone = milestone or make_funded()
    milestones.deliver(milestone, milestone.contract.manager.person, "All twenty posts are out.", ["https://facebook.com/nokshi/1"])
    return milestone


def make_approved(milestone: Milestone | None = None) -> Milestone:
    """Ada approved."""
    milestone = milestone or make_delivered()
    milestones.approve(milestone, people.ada())
    return milestone
