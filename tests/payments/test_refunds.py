"""Money back to the card: by us, by the bank's leave, and behind our back."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.notifications.models import Notice
from marketplace.payments import commands, queries, signals
from marketplace.payments.commands import refunds
from marketplace.payments.models import PaymentStatus, RefundStatus
from tests import people
from tests.factories.payments import AMOUNT, make_paid, make_released
from tests.sandbox_program import REFUND_FAILS, REFUND_PENDING
from tests.worker import run_jobs, run_sweeps

HALF, THIRD = Money(350000), Money(200000)


@pytest.fixture(autouse=True)
def other_money_at_stripe(stripe_app, world):
    """Stripe keeps its fee when it refunds, so somebody else's payment has to be there for the whole to go back at once."""
    make_paid(world)


@pytest.fixture
def settled():
    """Refunds announced as settled."""
    told = []

    def on_settled(refund):
        told.append(refund.amount)

    with signals.refund_settled.connected_to(on_settled):
        yield told


def at_stripe(world, payment):
    return [one["amount"] for one in world.call("GET", "refunds", charge=payment.stripe_charge_id)["data"]]


def test_held_money_goes_back_to_the_card(stripe_app, world, settled):
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=AMOUNT, key="refund:1")
    assert books.held(payment.subject) == Money(0)
    assert refund.status == RefundStatus.due
    run_jobs()
    assert refund.status == RefundStatus.succeeded
    assert payment.status == PaymentStatus.refunded
    assert at_stripe(world, payment) == [AMOUNT.minor]
    assert settled == [AMOUNT]


def test_the_same_operation_refunds_once(stripe_app, world):
    payment = make_paid(world)
    [first] = commands.refund(subject=payment.subject, amount=HALF, key="refund:1")
    assert commands.refund(subject=payment.subject, amount=HALF, key="refund:1") == [first]
    run_jobs()
    assert at_stripe(world, payment) == [HALF.minor]


def test_two_partial_refunds_are_two_rows_with_the_right_sum(stripe_app, world, settled):
    """MONEY.md case 6, two equal ones too."""
    payment = make_paid(world)
    for key, amount in (("a", THIRD), ("b", THIRD), ("c", Money(300000))):
        commands.refund(subject=payment.subject, amount=amount, key=key)
    run_jobs()
    assert sorted(at_stripe(world, payment)) == [200000, 200000, 300000]
    assert payment.status == PaymentStatus.refunded
    assert settled == [THIRD, THIRD, Money(300000)]
    assert books.held(payment.subject) == Money(0)


def test_part_of_it_leaves_the_rest_held(stripe_app, world):
    payment = make_paid(world)
    commands.refund(subject=payment.subject, amount=THIRD, key="a")
    run_jobs()
    assert payment.status == PaymentStatus.partly_refunded
    assert books.held(payment.subject) == AMOUNT - THIRD


def test_more_than_is_held_is_refused(stripe_app, world):
    payment = make_paid(world)
    commands.refund(subject=payment.subject, amount=HALF, key="a")
    with pytest.raises(ledger.NotEnough):
        commands.refund(subject=payment.subject, amount=AMOUNT, key="b")


def test_what_is_not_paid_cannot_be_refunded(stripe_app):
    with pytest.raises(WrongState):
        commands.refund(subject="milestone:none", amount=HALF, key="a")


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before", "status:500"])
def test_no_answer_leads_to_one_refund(stripe_app, world, fault):
    """MONEY.md case 19 for refunds: look before trying again."""
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=HALF, key="a")
    world.fault(fault, "/v1/refunds$", method="POST")
    run_jobs()
    assert refund.status == RefundStatus.due
    world.advance(timedelta(days=1, seconds=1))  # Stripe has forgotten the key: only looking can help
    commands.refunds.send_refund(str(refund.id))
    assert refund.status == RefundStatus.succeeded
    assert at_stripe(world, payment) == [HALF.minor]


def test_a_refund_whose_job_gave_up_is_sent_all_the_same(stripe_app, world, settled):
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=Money(1000), key="given up")
    db.session.execute(text("update procrastinate_jobs set status = 'failed' where args->>'refund_id' = :key"), {"key": str(refund.id)})
    run_jobs()
    assert refund.status == RefundStatus.due
    run_sweeps()
    assert refund.status == RefundStatus.succeeded


def test_a_refund_the_bank_takes_its_time_for_is_not_stuck(stripe_app, world, client, settled):
    """MONEY.md case 7: `charge.refunded`, late and alone, is enough to look."""
    payment = make_paid(world, card=REFUND_PENDING)
    [refund] = commands.refund(subject=payment.subject, amount=AMOUNT, key="a")
    run_jobs()
    assert (refund.status, settled) == (RefundStatus.pending, [])
    world.advance(timedelta(seconds=31))
    world.deliver(client, [one for one in world.webhooks() if b'"type": "charge.refunded"' in one.body])
    run_jobs()
    assert refund.status == RefundStatus.succeeded
    assert settled == [AMOUNT]


def test_a_webhook_that_is_quicker_than_the_answer_is_about_this_refund(stripe_app, world, client, settled):
    """MONEY.md case 6: Stripe's refund carries our key, so it is this row's and no second one's."""
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=HALF, key="a")
    world.fault("drop_after_commit", "/v1/refunds$", method="POST")
    run_jobs()
    commands.sync_refunds(payment)
    assert queries.refunds_of(payment) == [refund]
    assert (refund.status, settled, books.held(payment.subject)) == (RefundStatus.succeeded, [HALF], AMOUNT - HALF)


def test_a_refund_that_comes_back_is_held_again_and_finance_is_told(stripe_app, world, client):
    people.sam()
    payment = make_paid(world, card=REFUND_FAILS)
    [refund] = commands.refund(subject=payment.subject, amount=AMOUNT, key="a")
    run_jobs()
    assert refund.status == RefundStatus.succeeded
    world.advance(timedelta(seconds=31))
    world.deliver(client)
    run_jobs()
    db.session.expire_all()
    assert refund.status == RefundStatus.failed
    assert payment.status == PaymentStatus.succeeded
    assert books.held(payment.subject) == AMOUNT
    assert [notice.title for notice in db.session.scalars(select(Notice))] == ["A refund failed"]


def test_finance_tries_a_failed_refund_again(stripe_app, world):
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=HALF, key="a")
    world.fault("status:402", "/v1/refunds$", method="POST")
    run_jobs()
    assert refund.status == RefundStatus.failed
    assert books.held(payment.subject) == AMOUNT
    commands.retry_refund(refund, by=people.sam())
    assert (refund.attempt, audit.history(refund)[0].actor) == (2, f"person:{people.sam().id}")
    run_jobs()
    assert refund.status == RefundStatus.succeeded
    assert at_stripe(world, payment) == [HALF.minor]


def test_what_is_tried_again_comes_from_its_own_payment(stripe_app, world):
    first, payment = make_paid(world), make_paid(world)
    ledger.roll_over("on", milestone=first.subject, to=payment.subject, contract=payment.contract, business=f"business:{first.business_id}",
                     amount=AMOUNT)
    _, later = commands.refund(subject=payment.subject, amount=AMOUNT + AMOUNT, key="all")
    assert later.payment_id == first.id
    world.fault("status:402", "/v1/refunds$", method="POST", times=2)
    run_jobs()
    assert books.held(payment.subject) == AMOUNT + AMOUNT
    commands.retry_refund(later)
    assert books.sources_of(payment.subject) == [(payment.source, AMOUNT)]


def test_looking_at_a_payment_brings_its_own_refunds_and_no_others(stripe_app, world):
    payment, other = make_paid(world), make_paid(world)
    world.call("POST", "refunds", charge=other.stripe_charge_id, amount=1000)
    commands.sync_refunds(payment)
    assert queries.refunds_of(payment) == []
    assert payment.status == PaymentStatus.succeeded


def test_a_refund_made_in_stripes_dashboard_is_found_and_booked(stripe_app, world, client):
    payment = make_paid(world)
    world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=HALF.minor)
    world.deliver(client)
    run_jobs()
    [refund] = queries.refunds_of(payment)
    assert (refund.outside, refund.status, refund.amount) == (True, RefundStatus.succeeded, HALF)
    assert books.held(payment.subject) == AMOUNT - HALF


def test_a_dashboard_refund_of_released_money_is_the_platforms_loss(stripe_app, world):
    payment = make_paid(world)
    make_released(payment, begin(people.ben()))
    world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=HALF.minor)
    commands.sync_refunds(payment)
    assert books.platform("losses") == HALF
    assert books.held(payment.subject) == Money(0)


@pytest.mark.parametrize("outside", [False, True])
def test_a_refund_in_another_currency_leaves_both_balanced(stripe_app, world, outside):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    payment = make_paid(world)
    if outside:
        world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=HALF.minor)
        commands.sync_refunds(payment)
    else:
        commands.refund(subject=payment.subject, amount=HALF, key="a")
    run_jobs()
    usd = sum(part["amount"] for part in world.call("GET", "balance")["pending"] if part["currency"] == "usd")
    assert books.stripe_clearing("USD").minor == usd
    assert books.held(payment.subject) == HALF


def test_the_clock_is_not_asked(stripe_app, world):
    """A refund begun before midnight is the same operation after it."""
    payment = make_paid(world)
    [first] = commands.refund(subject=payment.subject, amount=HALF, key="a")
    clock.move(timedelta(days=2))
    assert commands.refund(subject=payment.subject, amount=HALF, key="a") == [first]


def test_nothing_is_not_refunded(stripe_app, world):
    with pytest.raises(Invalid) as refusal:
        commands.refund(subject=make_paid(world).subject, amount=Money(0), key="a")
    assert refusal.value.field == "amount"


def test_what_was_sent_is_not_sent_again(stripe_app, world):
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=HALF, key="a")
    run_jobs()
    asked = len(world.calls("GET", "/v1/"))
    refunds.send_refund(str(refund.id))
    assert len(world.calls("GET", "/v1/")) == asked
    assert at_stripe(world, payment) == [HALF.minor]


def test_the_older_payment_is_refunded_first_and_the_newer_left_alone(stripe_app, world):
    first = make_paid(world)
    second = make_paid(world, business=first.business)
    ledger.roll_over("r", milestone=second.subject, to=first.subject, contract=first.contract, business=f"business:{first.business_id}",
                     amount=HALF)
    [refund] = commands.refund(subject=first.subject, amount=HALF, key="a")
    assert refund.payment is first


def test_what_is_left_of_a_payment_a_bank_took_is_not_refunded(stripe_app, world):
    payment = make_paid(world)
    payment.move("charge_back")
    with pytest.raises(WrongState):
        commands.refund(subject=payment.subject, amount=HALF, key="a")
    assert books.held(payment.subject) == AMOUNT


def test_a_dashboard_refund_that_never_left_books_nothing(stripe_app, world):
    """The bank takes its time, then refuses: the money was held all along."""
    payment = make_paid(world, card=REFUND_PENDING)
    made = world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=HALF.minor)
    commands.sync_refunds(payment)
    world.do(f"refunds/{made['id']}/failure")
    commands.sync_refunds(payment)
    [refund] = queries.refunds_of(payment)
    assert (refund.outside, refund.status, books.held(payment.subject)) == (True, RefundStatus.failed, AMOUNT)
    assert books.find(refund.key) is None


def test_a_dashboard_refund_that_comes_back_is_held_again(stripe_app, world, client):
    payment = make_paid(world, card=REFUND_FAILS)
    world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=HALF.minor)
    world.deliver(client)
    run_jobs()
    assert books.held(payment.subject) == AMOUNT - HALF
    world.advance(timedelta(seconds=31))
    world.deliver(client)
    run_jobs()
    db.session.expire_all()
    [refund] = queries.refunds_of(payment)
    assert (refund.status, books.held(payment.subject)) == (RefundStatus.failed, AMOUNT)
