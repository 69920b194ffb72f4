"""What each act on a difference between Stripe and the books leaves behind, to the last column."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.payments import commands
from marketplace.payments.commands import reconciliation, repairs
from marketplace.payments.commands.repairs import Repair
from marketplace.payments.models import Mismatch
from tests import people
from tests.factories.payments import compared, make_mismatch, make_paid, make_payment
from tests.trail import trail
from tests.worker import run_sweeps

WHY = "I looked at it."


@pytest.fixture
def sam(stripe_app):
    """Of finance."""
    return people.sam()


def forge(amount=Money(500)):  # noqa: B008
    """A posting that Stripe knows nothing of."""
    ledger.fund("forged", amount=amount, card_cost=Money(0), stripe_id="ch_forged", contract="contract:1", business="business:1",
                milestone="milestone:x")


def the_mismatch() -> Mismatch:
    return db.session.scalars(select(Mismatch)).one()


def test_a_comparison(world, sam):
    refund = world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    with trail("comparison_asked"):
        run = commands.reconcile(by=sam)
    world.advance(reconciliation.SETTLED_FOR * 2)
    with trail("compared"):
        reconciliation.compare(str(run.id))
    forge()
    ledger.book_adjustment("mended", account="losses", amount=Money(-1000), subject="mismatch:1", stripe_id=refund["id"])
    again = commands.reconcile()
    world.advance(reconciliation.SETTLED_FOR * 2)
    with trail("compared_again"):
        reconciliation.compare(str(again.id))


def test_a_posting_that_is_reversed(world, sam):
    forge()
    compared(world)
    with trail("mismatch_reversed"):
        commands.repair(the_mismatch(), Repair.reverse, sam, WHY)


def test_what_stripe_has_and_the_books_have_not(world, sam):
    world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    compared(world)
    with trail("mismatch_adjusted"):
        commands.repair(the_mismatch(), Repair.adjust, sam, WHY)


def test_what_stripe_has_in_another_currency(world, sam):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    refund = world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    ledger.book_adjustment("wrong", account="losses", amount=Money(-1000), subject="milestone:x", stripe_id=refund["id"])
    compared(world)
    with trail("mismatch_exchanged"):
        commands.repair(the_mismatch(), Repair.exchange, sam, WHY)


def test_what_is_fetched(world, sam):
    world.pay(make_payment().checkout_url)
    compared(world)
    mismatch = the_mismatch()
    with trail("mismatch_asked_about"):
        commands.repair(mismatch, Repair.fetch, sam, WHY)
    with trail("mismatch_fetched"):
        repairs.fetch(str(mismatch.id))


def test_a_balance_is_read_again_whole(sam):
    mismatch = make_mismatch(commands.reconcile(), kind="balance", stripe_id="balance")
    with trail("balance_asked_about"):
        commands.repair(mismatch, Repair.fetch, sam, WHY)


def test_much_money_takes_two(world, sam):
    forge(Money(TWO_PEOPLE_FROM_MINOR))
    compared(world)
    second = people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])
    with trail("repair_proposed"):
        proposal = commands.repair(the_mismatch(), Repair.explain, sam, WHY)
    with trail("repair_declined"):
        commands.decline(proposal, second, "Somebody forged it.")
    proposal = commands.repair(the_mismatch(), Repair.reverse, sam, "So it is undone.")
    with trail("repair_confirmed"):
        commands.confirm(proposal, second)


def test_money_back_by_finance(world, sam):
    payment = make_payment()
    commands.cancel_checkout(payment, by=people.ada())
    world.pay(payment.checkout_url)
    world.fault("status:402", "/v1/refunds$", method="POST")
    run_sweeps()
    db.session.expire_all()
    with trail("payment_refunded_by_staff"):
        commands.refund_by_staff(payment, Money(100), by=sam, why="They paid twice.", key="one")
