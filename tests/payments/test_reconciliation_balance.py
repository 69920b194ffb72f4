"""Stripe's balance against its own list and the books: a difference has a row, follows what is found, and ends when it is gone."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.payments import commands
from marketplace.payments.commands import reconciliation
from marketplace.payments.models import BalanceTransaction
from tests import people
from tests.factories.payments import compared, make_paid, make_payment
from tests.payments.test_reconciliation import DAY, alerts, found, refunded_at_stripe
from tests.worker import run_jobs


def forget_the_oldest(world) -> None:
    """Of two payments with days between them."""
    make_paid(world)
    compared(world)
    world.advance(3 * DAY)
    make_paid(world)
    compared(world)
    db.session.delete(db.session.scalars(select(BalanceTransaction).order_by(BalanceTransaction.happened_at)).first())
    db.session.flush()


def test_a_balance_that_is_not_the_sum_of_its_list_is_named_and_read_again(stripe_app, world):
    """As if a movement of long ago had slipped through."""
    forget_the_oldest(world)
    for _twice in range(2):
        compared(world)
    assert [kind for kind, *_ in found()] == ["balance"]
    commands.reconcile(whole=True)
    run_jobs()
    assert found() == []


def test_a_balance_that_differs_by_more_says_so(stripe_app, world):
    """The row follows what is found, and finance hears of it once."""
    people.sam()
    forget_the_oldest(world)
    compared(world)
    [(kind, _id, theirs, ours)] = found()
    db.session.scalars(select(BalanceTransaction)).one().net_minor -= 5
    compared(world)
    assert (kind, found()) == ("balance", [("balance", "balance", theirs, ours - 5)])
    assert alerts() == ["Stripe and the ledger do not agree"]


def somebody_pays_while_the_balance_is_asked(world, monkeypatch, times):
    """Stripe's world does not stand still: a movement just before each of so many answers."""
    asked, left = stripe.balance, [*range(times)]

    def balance() -> dict:
        if left:
            left.pop()
            world.pay(make_payment().checkout_url)
        return asked()

    monkeypatch.setattr(stripe, "balance", balance)


@pytest.mark.parametrize(("times", "known"), [(1, True), (reconciliation.ATTEMPTS, False)])
def test_a_balance_is_compared_only_when_nothing_moved_meanwhile(stripe_app, world, monkeypatch, times, known):
    """It would differ from its own list; too busy for it, the rest is compared all the same."""
    refund = refunded_at_stripe(world, make_paid(world))
    somebody_pays_while_the_balance_is_asked(world, monkeypatch, times)
    run = compared(world)
    assert [stripe_id for _kind, stripe_id, *_ in found()] == [refund["id"]]
    assert bool(run.balances) == known
    assert all(one["stripe"] == one["listed"] for one in run.balances or [])


def test_the_whole_is_read_from_the_beginning(stripe_app, world):
    forget_the_oldest(world)
    assert (reconciliation._read_on(), reconciliation._read_on(whole=True)) == (0, 1)


def test_what_we_owe_stripe_stands_below_nothing(stripe_app, world):
    ledger.pay_dispute_fee("fee", subject="payment:x", contract=None, business="business:1", fee=Money(700), stripe_id="du_1")
    assert [(one["currency"], one["books"]) for one in compared(world).balances] == [("BDT", -700)]
