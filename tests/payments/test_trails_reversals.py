"""What each act on pay that a decision takes back leaves behind, to the last column."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.payments import commands
from marketplace.payments.commands import reversals
from marketplace.payments.models import Reversal, Transfer
from tests import people
from tests.factories.payments import make_paid, make_released, make_row
from tests.payments.test_trails_outgoing import forget_jobs, send, sent, two_payments
from tests.trail import trail

__all__ = ["sent"]


def take_back(transfer):
    """What a decision does."""
    commands.take_back(subject=transfer.subject, contract=transfer.contract, business=transfer.payment.business, manager=transfer.manager,
                       gross=Money(300_000), fee=Money(30_000), key="decision:1")


def test_a_decision_takes_back_what_was_not_sent(app):
    transfer = make_released(make_row(people.ada()), begin(people.ben()))
    with trail("taken_back_unsent"):
        take_back(transfer)


def test_a_decision_takes_back_from_two(app):
    payment, _second = two_payments()
    manager = begin(people.ben())
    make_released(payment, manager, gross=Money(400_000))
    with trail("taken_back_from_two"):
        take_back(db.session.scalars(select(Transfer).order_by(Transfer.id)).first())
    assert not reversals._by_operation("decision_1"), "a sign that stands for any other is only itself"


def test_a_decision_takes_back_while_a_bank_looks_and_then_keeps_the_payment(app):
    people.sam()
    payment = make_row(people.ada())
    transfer = make_released(payment, begin(people.ben()))
    payment.move("charge_back")
    with trail("taken_back_while_a_bank_looks"):
        take_back(transfer)
    payment.move("lose")
    with trail("taken_back_goes_on"):
        reversals.resume(payment)
    with trail("taken_back_after_a_bank_kept_it"):
        reversals.give_back(str(db.session.scalars(select(Reversal.id)).one()))


def test_a_decision_takes_back_what_was_sent(sent, world):
    sam = people.sam()
    with trail("taken_back_sent"):
        take_back(sent)
    reversal = db.session.scalars(select(Reversal)).one()
    with trail("reversal_begun"):
        reversals.begin_reversal(str(reversal.id))
    forget_jobs()
    with trail("reversal_tried_again"):
        commands.retry_reversal(reversal, sam)
    with trail("reversal_carried_out", world):
        reversals.carry_out_reversal(str(reversal.id))


def test_a_decision_takes_back_what_stripe_does_not_have_any_more(sent, world):
    """Its answer to the first question is no; then less is asked for, and the rest is owed."""
    world.advance(timedelta(days=5, seconds=1))
    send(make_released(make_paid(world), sent.manager, gross=Money(100_000)))
    take_back(sent)
    reversal = str(db.session.scalars(select(Reversal.id)).one())
    reversals.begin_reversal(reversal)
    forget_jobs()
    with trail("reversal_refused", world):
        reversals.carry_out_reversal(reversal)
    with trail("reversal_owed"):
        reversals.begin_reversal(reversal)
