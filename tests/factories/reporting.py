"""Papers of both sides, brought about by what they are about."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.contracts.models import Milestone
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.payments import signals
from marketplace.payments.models import Payment, Refund, RefundStatus
from marketplace.payments.queries import paid_for
from marketplace.reporting.commands import draw_paper
from marketplace.reporting.models import Paper, PaperKind
from tests.factories.contracts import make_approved

ONE_POISHA_MORE = Money(100_001)


def make_paper(kind: PaperKind = PaperKind.invoice) -> Paper:
    """Ada's invoice of a step she approved, or ben's of the fee, drawn."""
    make_approved()
    paper = newest(kind)
    draw_paper(str(paper.id))
    return paper


def newest(kind: PaperKind) -> Paper:
    """The last paper of a kind that was ordered."""
    return db.session.scalars(select(Paper).where(Paper.kind == kind).order_by(Paper.id.desc())).first()


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> None:
    """Let it be this moment in Dhaka."""
    clock.reset()
    clock.move(datetime(year, month, day, hour, minute, tzinfo=clock.DHAKA) - clock.now())


def pay_in(milestone: Milestone, amount: Money, card_cost: Money) -> Payment:
    """More money for a step, with a card cost, as the books have it after Stripe said yes."""
    business = milestone.contract.business
    payment = Payment(subject=f"milestone:{milestone.id}", contract=f"contract:{milestone.contract_id}", business_id=business.id,
                      person_id=_payer(milestone).id, title=milestone.title, amount_minor=amount.minor,
                      card_cost_minor=card_cost.minor, success_url="/", cancel_url="/", expires_at=clock.now(), status="succeeded",
                      succeeded_at=clock.now(), stripe_charge_id=f"ch_{milestone.id}_{amount.minor}")
    db.session.add(payment)
    db.session.flush()
    ledger.fund(f"payment:{payment.id}", milestone=payment.subject, contract=payment.contract, business=f"business:{business.id}",
                amount=amount, card_cost=card_cost, source=payment.source, stripe_id=payment.stripe_charge_id)
    return payment


def give_back(milestone: Milestone, amount: Money = ONE_POISHA_MORE) -> Refund:
    """Part of what is held went back to the card, as after Stripe's yes."""
    payment = paid_for(f"milestone:{milestone.id}")
    refund = Refund(payment_id=payment.id, subject=payment.subject, operation=f"{payment.id}:{amount.minor}", amount_minor=amount.minor,
                    status=RefundStatus.succeeded, stripe_refund_id=f"re_{payment.id}_{amount.minor}")
    db.session.add(refund)
    db.session.flush()
    ledger.begin_refund(refund.key, milestone=payment.subject, contract=payment.contract, business=f"business:{payment.business_id}",
                        amount=amount, source=payment.source)
    signals.refund_settled.send(refund)
    ledger.settle_refund(refund.key, stripe_id=refund.stripe_refund_id)
    return refund


def send(manager: Any, milestone: Milestone, amount: Money, arrived: bool = False) -> None:
    """What was owed to a manager was sent, and reached the bank."""
    key, party = f"sent:{milestone.id}:{amount.minor}", f"manager:{manager.id}"
    ledger.begin_transfer(key, manager=party, milestone=f"milestone:{milestone.id}", amount=amount)
    ledger.settle_transfer(key, stripe_id=f"tr_{key}")
    if arrived:
        ledger.pay_out(f"arrived:{key}", manager=party, amount=amount)


def _payer(milestone: Milestone) -> Any:
    return paid_for(f"milestone:{milestone.id}").person
