"""Two pots in one payment: paid together, spent apart, and each goes back as what it is."""
from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from marketplace.core import clock, pricing
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.ledger.models import AccountKind
from marketplace.managers.commands import begin
from marketplace.payments import commands, queries
from marketplace.payments.models import PaymentStatus, RefundStatus, TransferStatus
from tests import people
from tests.factories.payments import AMOUNT, make_account, make_paid, make_payment, make_released
from tests.sandbox_program import REFUND_FAILS
from tests.worker import run_jobs, run_sweeps

FIRST, SECOND = f"draw:{uuid.uuid4()}", f"draw:{uuid.uuid4()}"
ADS, SOME, BEYOND = Money(563_500), Money(100_000), Money(563_501)


@pytest.fixture(autouse=True)
def other_money_at_stripe(stripe_app, world):
    """Stripe keeps its fee when it refunds, so somebody else's payment has to be there for the whole to go back at once."""
    make_paid(world)


@pytest.fixture
def payment(world):
    return make_paid(world, ad_spend=ADS)


def draw(payment, manager, amount, subject=FIRST):
    return commands.reimburse(manager=manager, milestone=payment.subject, contract=payment.contract, amount=amount, subject=subject,
                              send_after=clock.now() - timedelta(seconds=1))


def test_both_are_paid_at_once_and_the_card_cost_is_of_all(payment, world):
    assert payment.card_cost == pricing.card_cost(AMOUNT + ADS)
    assert (books.held(payment.subject), books.ad_spend(payment.subject)) == (AMOUNT, ADS)
    assert books.sources_of(payment.subject, ads=True) == [(payment.source, ADS)]
    charge = next(one for one in world.call("GET", "charges")["data"] if one["id"] == payment.stripe_charge_id)
    assert charge["amount"] == (AMOUNT + ADS + payment.card_cost).minor


def test_a_draw_is_sent_whole_and_bears_no_fee(payment, world):
    manager = make_account(world).manager
    fees = books.platform(AccountKind.fees)
    [transfer] = draw(payment, manager, SOME)
    assert draw(payment, manager, SOME) == [transfer]
    assert transfer.amount == SOME and transfer.payment_id == payment.id
    run_sweeps()
    assert transfer.status == TransferStatus.sent
    assert books.ad_spend(payment.subject) == ADS - SOME
    assert books.held(payment.subject) == AMOUNT
    assert books.platform(AccountKind.fees) == fees


def test_no_more_is_drawn_than_there_is_and_work_money_is_no_ad_money(payment):
    manager = begin(people.ben())
    with pytest.raises(ledger.NotEnough):
        draw(payment, manager, BEYOND)
    draw(payment, manager, ADS)
    with pytest.raises(ledger.NotEnough):
        draw(payment, manager, Money(1), SECOND)
    assert books.held(payment.subject) == AMOUNT


def test_releasing_work_leaves_the_ad_money(payment):
    make_released(payment, begin(people.ben()))
    assert (books.held(payment.subject), books.ad_spend(payment.subject)) == (Money(0), ADS)


def test_ad_money_goes_back_as_ad_money(payment, world):
    [refund] = commands.refund(subject=payment.subject, amount=ADS - SOME, key="pot:1", ads=True)
    run_jobs()
    assert (refund.status, refund.ads, payment.status) == (RefundStatus.succeeded, True, PaymentStatus.partly_refunded)
    assert (books.held(payment.subject), books.ad_spend(payment.subject)) == (AMOUNT, SOME)
    with pytest.raises(ledger.NotEnough):
        commands.refund(subject=payment.subject, amount=ADS, key="pot:2", ads=True)
    commands.refund(subject=payment.subject, amount=SOME, key="pot:3", ads=True)
    commands.refund(subject=payment.subject, amount=AMOUNT, key="work")
    run_jobs()
    assert payment.status == PaymentStatus.refunded


def test_ad_money_that_the_bank_sends_back_is_ad_money_again(world):
    payment = make_paid(world, REFUND_FAILS, ad_spend=ADS)
    [refund] = commands.refund(subject=payment.subject, amount=ADS, key="pot:1", ads=True)
    run_jobs()
    world.advance(timedelta(days=1))
    commands.sync_refunds(payment)
    assert refund.status == RefundStatus.failed
    assert (books.held(payment.subject), books.ad_spend(payment.subject)) == (AMOUNT, ADS)


def test_what_nothing_waits_for_goes_back_whole_with_its_ad_money(world):
    payment = make_payment(ad_spend=ADS)
    commands.cancel_checkout(payment)
    world.pay(payment.checkout_url)
    commands.look(payment)
    run_jobs()
    [refund] = queries.refunds_of(payment)
    assert refund.amount == payment.total == AMOUNT + ADS + payment.card_cost
    assert books.ad_spend(payment.subject) == Money(0)
