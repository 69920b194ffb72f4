"""The payer's bank takes money back."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.notifications.models import Notice
from marketplace.payments import commands, signals
from marketplace.payments.models import Chargeback, ChargebackStatus, Payment, PaymentStatus
from tests import people
from tests.factories.payments import AMOUNT, make_paid, make_payment, make_released
from tests.worker import letters, run_jobs


def dispute(world, payment):
    return world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]


def work(world, client, webhooks=None):
    world.deliver(client, webhooks)
    run_jobs()
    db.session.expire_all()


def test_what_is_still_held_pays_and_finance_is_told(stripe_app, world, client):
    people.sam()
    payment = make_paid(world)
    dispute(world, payment)
    work(world, client)
    assert payment.status == PaymentStatus.charged_back
    assert books.held(payment.subject) == Money(0)
    assert books.owed_by(f"business:{payment.business_id}") == payment.card_cost
    assert "A payment was charged back" in [notice.title for notice in db.session.scalars(select(Notice))]


def test_after_release_the_business_owes_it_and_the_manager_keeps_the_pay(stripe_app, world, client):
    """MONEY.md case 12."""
    payment, manager = make_paid(world), begin(people.ben())
    make_released(payment, manager)
    dispute(world, payment)
    work(world, client)
    assert books.owed_by(f"business:{payment.business_id}") == payment.total
    assert books.payable(f"manager:{manager.id}") == Money(630000)


def test_while_the_business_owes_it_it_pays_nothing_in_and_is_told(stripe_app, world, client):
    """MONEY.md case 12: suspended from paying in, until the bank gives it back."""
    payment = make_paid(world)
    other = make_payment(business=payment.business)
    identifier = dispute(world, payment)
    work(world, client)
    assert [letter["Subject"] for letter in letters("ada@example.com")].count("Your bank took ৳7,203 back") == 1
    with pytest.raises(WrongState):
        make_payment(business=payment.business)
    assert db.session.scalars(select(Payment.id).order_by(Payment.id)).all() == [payment.id, other.id]
    world.do(f"disputes/{identifier}/decision", outcome="won")
    work(world, client)
    assert make_payment(business=payment.business).checkout_url


def test_won_is_as_before_except_for_the_fee(stripe_app, world, client):
    """MONEY.md case 11: the dispute fee is recorded even when won."""
    payment = make_paid(world)
    identifier = dispute(world, payment)
    work(world, client)
    world.do(f"disputes/{identifier}/decision", outcome="won")
    work(world, client)
    assert payment.status == PaymentStatus.won
    assert books.held(payment.subject) == AMOUNT
    assert books.owed_by(f"business:{payment.business_id}") == Money(0)
    assert books.platform("losses") == Money(180000)
    assert books.stripe_clearing().minor == sum(part["amount"] for part in balance(world))


def test_closed_before_created_ends_the_same(stripe_app, world, client):
    """MONEY.md case 5: the final state stays, every movement is booked once."""
    payment = make_paid(world)
    world.webhooks()
    decided = []

    def on_decided(payment):
        decided.append(payment.status)

    identifier = dispute(world, payment)
    world.do(f"disputes/{identifier}/decision", outcome="lost")
    heard = world.webhooks()[::-1]
    with signals.chargeback_decided.connected_to(on_decided):
        work(world, client, heard + heard)
    assert payment.status == PaymentStatus.lost
    assert decided == [PaymentStatus.lost]
    [chargeback] = db.session.scalars(select(Chargeback))
    assert chargeback.status == ChargebackStatus.lost
    assert books.stripe_clearing().minor == sum(part["amount"] for part in balance(world))


def test_a_refund_while_charged_back_is_refused(stripe_app, world, client):
    """MONEY.md case 11: no double debit."""
    payment = make_paid(world)
    dispute(world, payment)
    work(world, client)
    with pytest.raises(WrongState):
        commands.refund(subject=payment.subject, amount=Money(100), key="a")


def balance(world):
    answer = world.call("GET", "balance")
    return [*answer["available"], *answer["pending"]]
