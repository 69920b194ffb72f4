"""Stripe's list against the books: what is missing, extra or different is named, and finance hears of it."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.notifications.models import Notice
from marketplace.payments import commands
from marketplace.payments.models import Reconciliation
from tests import people
from tests.factories.payments import AMOUNT, make_account, make_paid, make_released
from tests.worker import run_jobs, run_sweeps

POSTED = {"contract": "contract:1", "business": "business:1", "milestone": "milestone:x"}


def compared():
    run = commands.reconcile(by=people.sam())
    run_jobs()
    db.session.expire_all()
    return run


def found(run):
    return [(one["what"], one["stripe_id"], one["stripe"], one["books"]) for one in run.findings]


def test_a_whole_life_agrees_to_the_last_poisha(stripe_app, world, client):
    account, payment = make_account(world), make_paid(world)
    make_paid(world)
    make_released(payment, account.manager, gross=Money(500000))
    run_sweeps()
    commands.refund(subject=payment.subject, amount=Money(200000), key="a")
    run_jobs()
    other = make_paid(world)
    world.do(f"charges/{other.stripe_charge_id}/dispute")
    world.deliver(client)
    run_jobs()
    run = compared()
    assert run.findings == []
    assert run.checked == len(world.call("GET", "balance_transactions", limit=100)["data"]) == 6
    assert run.agrees
    assert db.session.scalars(select(Notice).where(Notice.subject.like("reconciliation:%"))).all() == []


def test_what_only_stripe_has_is_missing(stripe_app, world):
    payment = make_paid(world)
    refund = world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=1000)
    run = compared()
    assert found(run) == [("missing", refund["id"], -1000, None)]
    [notice] = db.session.scalars(select(Notice))
    assert notice.title == "Stripe and the ledger do not agree"


def test_what_only_the_books_have_is_extra(stripe_app, world):
    ledger.fund("forged", amount=AMOUNT, card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    assert found(compared()) == [("extra", "ch_forged", None, AMOUNT.minor)]


def test_another_amount_and_another_currency_are_named(stripe_app, world):
    payment = make_paid(world)
    ledger.fund("again", amount=Money(5), card_cost=Money(0), stripe_id=payment.stripe_charge_id, **POSTED)
    ledger.fund("dollars", amount=Money(7, "USD"), card_cost=Money(0, "USD"), stripe_id=payment.stripe_charge_id, **POSTED)
    run = compared()
    net = world.call("GET", "balance_transactions")["data"][0]["net"]
    assert found(run) == [("amount", payment.stripe_charge_id, net, net + 5), ("currency", payment.stripe_charge_id, None, 7)]
    assert {one["currency"]: one["books"] - one["stripe"] for one in run.balances} == {"BDT": 5, "USD": 7}


def test_in_dollars_it_agrees_too(stripe_app, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    account, payment = make_account(world), make_paid(world)
    make_released(payment, account.manager, gross=Money(500000))
    run_sweeps()
    commands.refund(subject=payment.subject, amount=Money(100000), key="a")
    run_jobs()
    assert compared().agrees


def test_once_a_day_by_itself(stripe_app, world):
    run_sweeps()
    run_sweeps()
    assert len(db.session.scalars(select(Reconciliation)).all()) == 1
    clock.move(timedelta(days=1, seconds=1))
    run_sweeps()
    assert len(db.session.scalars(select(Reconciliation)).all()) == 2
