"""Change orders and bonuses, brought there by the commands."""
from __future__ import annotations

from typing import Any

from marketplace.contracts import queries
from marketplace.contracts.commands import bonuses, change_orders
from marketplace.contracts.models import Bonus, ChangeKind, ChangeOrder, Contract, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.ledger import commands as ledger
from marketplace.payments.models import Payment, PaymentStatus
from tests import people
from tests.factories.contracts import make_approved, make_contract

EXTRA = {"title": "Two videos more", "amount_minor": 150_000, "days": 10}


def make_change(contract: Contract | None = None, kind: str = "add", milestone: Milestone | None = None, side: Side = Side.manager,
                **wish: Any) -> ChangeOrder:
    """Ben proposes extra work; or what was asked for."""
    contract = contract or (milestone.contract if milestone else make_contract())
    person = people.ben() if side is Side.manager else people.ada()
    wished = {} if kind == "remove" else EXTRA | wish
    return change_orders.propose(contract, person, side, ChangeKind(kind), wished, "The client wants more.", milestone)


def make_accepted(order: ChangeOrder) -> list[Milestone]:
    """The other side accepts; the contract's steps afterwards."""
    side = order.by_side.other
    change_orders.accept(order, people.ada() if side is Side.business else people.ben(), side)
    return queries.milestones_of(order.contract)


def make_bonus(contract: Contract | None = None, **changes: Any) -> Bonus:
    """A bonus of a contract with released work, whose payment waits at Stripe's page; Stripe is not asked."""
    contract = contract or make_approved().contract
    values = {"contract": contract, "contract_id": contract.id, "person_id": people.ada().id, "amount_minor": 100_000, "note": "Well done!"}
    bonus = Bonus(**(values | changes))
    db.session.add(bonus)
    db.session.flush()
    db.session.add(Payment(
        subject=bonus.subject, contract=f"contract:{contract.id}", business_id=contract.business_id, person_id=people.ada().id,
        title=f"{contract.title}: bonus", amount_minor=bonus.amount_minor, card_cost_minor=2_900, success_url="/", cancel_url="/",
        checkout_url="https://stripe.example/pay", expires_at=clock.now()))
    db.session.flush()
    return bonus


def make_paid_bonus(contract: Contract | None = None, **changes: Any) -> Bonus:
    """Its money is held, as after a success at Stripe."""
    bonus = make_bonus(contract, **changes)
    payment = bonuses.payment_of(bonus)
    payment.status, payment.succeeded_at, payment.stripe_charge_id = PaymentStatus.succeeded, clock.now(), f"ch_{bonus.id}"
    ledger.fund(f"fund:{payment.id}", milestone=bonus.subject, contract=payment.contract, business=f"business:{payment.business_id}",
                amount=bonus.amount, card_cost=payment.card_cost, source=payment.source, stripe_id=payment.stripe_charge_id)
    bonuses.take_in(bonus)
    return bonus
