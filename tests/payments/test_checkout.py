"""Opening Stripe's page, paying on it, and everything that ends without money."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.core import clock, pricing
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.payments import commands, signals
from marketplace.payments.commands import checkout, incoming
from marketplace.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from tests.factories.payments import AMOUNT, make_paid, make_payment, new_subject
from tests.sandbox_program import DECLINED, THREE_D_SECURE
from tests.worker import run_jobs, run_sweeps


@pytest.fixture
def heard():
    """What was announced, in order."""
    told = []

    def on_success(payment):
        told.append(("succeeded", payment.subject))

    def on_end(payment):
        told.append(("ended", payment.subject))

    with signals.payment_succeeded.connected_to(on_success), signals.payment_ended.connected_to(on_end):
        yield told


def test_paying_holds_the_money_and_books_the_card_cost(stripe_app, world, heard):
    payment = make_payment()
    assert payment.status == PaymentStatus.pending
    assert payment.checkout_url.startswith(world.url)
    assert payment.card_cost == pricing.card_cost(AMOUNT)
    world.pay(payment.checkout_url)
    commands.look(payment)
    assert payment.status == PaymentStatus.succeeded
    assert books.held(payment.subject) == AMOUNT
    assert heard == [("succeeded", payment.subject)]
    [charge] = world.call("GET", "charges")["data"]
    assert charge["amount"] == payment.total.minor
    assert charge["transfer_group"] == payment.contract
    assert books.stripe_clearing().minor == sum(part["amount"] for part in world.call("GET", "balance")["pending"])


def test_looking_again_funds_once_and_asks_stripe_nothing(stripe_app, world, heard):
    payment = make_paid(world)
    asked = len(world.calls("GET", "/v1/"))
    commands.look(payment)
    commands.look_again(str(payment.id))
    assert books.held(payment.subject) == AMOUNT
    assert (len(heard), len(world.calls("GET", "/v1/"))) == (1, asked)


def test_who_asked_before_it_was_paid_and_gets_the_lock_after_another_changes_nothing(stripe_app, world, heard):
    """MONEY.md case 2: no refusal either, which a person would read in place of the page that says it is paid."""
    payment = make_paid(world)
    incoming.apply(payment, stripe.session(payment.stripe_session_id))
    assert (payment.status, books.held(payment.subject), len(heard)) == (PaymentStatus.succeeded, AMOUNT, 1)


def test_a_declined_card_takes_nothing_and_may_be_followed_by_another(stripe_app, world, heard):
    payment = make_payment()
    assert world.pay(payment.checkout_url, DECLINED).status_code == 402
    commands.look(payment)
    assert (payment.status, heard) == (PaymentStatus.pending, [])
    world.pay(payment.checkout_url, THREE_D_SECURE)
    commands.look(payment)
    assert payment.status == PaymentStatus.succeeded
    assert books.held(payment.subject) == AMOUNT


def test_nobody_paid_in_time(stripe_app, world, heard):
    payment = make_payment()
    world.advance(timedelta(minutes=29))
    run_sweeps()
    assert payment.status == PaymentStatus.pending
    world.advance(timedelta(minutes=1, seconds=1))
    run_sweeps()
    assert payment.status == PaymentStatus.expired
    assert heard == [("ended", payment.subject)]
    assert "page" not in world.pay(payment.checkout_url).headers.get("Location", "")
    assert world.call("GET", "charges")["data"] == []
    assert books.held(payment.subject) == Money(0)


def test_paid_in_the_last_second_is_paid_although_the_time_is_over(stripe_app, world, heard):
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.advance(timedelta(minutes=31))
    run_sweeps()
    assert payment.status == PaymentStatus.succeeded
    assert heard == [("succeeded", payment.subject)]


def test_a_payment_after_cancellation_goes_back_by_itself(stripe_app, world, heard):
    """MONEY.md case 9: never activated, never lost."""
    make_paid(world)
    payment = make_payment()
    world.pay(payment.checkout_url)
    commands.cancel_checkout(payment)
    run_jobs()
    assert heard[1:] == [("ended", payment.subject)]
    [refund] = db.session.scalars(select(Refund))
    assert (refund.status, refund.amount) == (RefundStatus.succeeded, payment.total)
    assert payment.unclaimed
    assert payment.status == PaymentStatus.refunded
    assert books.held(payment.subject) == Money(0)
    assert books.held(f"payment:{payment.id}") == Money(0)
    assert world.call("GET", f"charges/{payment.stripe_charge_id}")["refunded"]


def test_a_payment_after_expiry_goes_back_by_itself(stripe_app, world, heard):
    make_paid(world)
    heard.clear()
    payment = make_payment()
    world.pay(payment.checkout_url)
    payment.move("expire")
    commands.look(payment)
    run_jobs()
    assert payment.status == PaymentStatus.refunded
    assert heard == []


def test_the_second_payment_for_one_milestone_goes_back_and_the_first_stays(stripe_app, world, heard):
    """MONEY.md case 8, as far as it is ours: the surplus one is refunded, the milestone stays funded."""
    subject = new_subject()
    first, second = make_payment(subject=subject), make_payment(subject=subject)
    world.pay(second.checkout_url)
    world.pay(first.checkout_url)
    commands.look(first)
    commands.look(second)
    run_jobs()
    assert (first.status, second.status) == (PaymentStatus.succeeded, PaymentStatus.refunded)
    assert second.unclaimed and not first.unclaimed
    assert books.held(subject) == AMOUNT
    assert heard == [("succeeded", subject)]


def test_two_payments_for_one_milestone_that_come_in_at_once_are_one_and_a_surplus(committed_stripe, world):
    """Each sees the other, whoever is first: their locks are taken together, before either is judged."""
    subject = new_subject()
    both = [make_payment(subject=subject) for _ in range(2)]
    db.session.commit()
    for payment in both:
        world.pay(payment.checkout_url)
    keys, begin = [payment.id for payment in both], threading.Barrier(2)

    def come_back(key):
        with committed_stripe.app_context():
            begin.wait()
            commands.look(db.session.get(Payment, key))
            db.session.commit()

    with ThreadPoolExecutor(2) as tabs:
        list(tabs.map(come_back, keys))
    db.session.expire_all()
    assert sorted(payment.unclaimed for payment in both) == [False, True]
    assert books.held(subject) == AMOUNT


def test_a_surplus_payment_refunded_at_stripe_leaves_the_milestone_funded(stripe_app, world):
    """MONEY.md case 8: somebody of ours was quicker in Stripe's dashboard than our own refund."""
    subject = new_subject()
    first, second = make_paid(world, subject=subject), make_payment(subject=subject)
    world.pay(second.checkout_url)
    intent = next(charge for charge in world.call("GET", "charges")["data"] if charge["id"] != first.stripe_charge_id)
    world.call("POST", "refunds", charge=intent["id"])
    commands.look(second)
    run_jobs()
    assert books.held(subject) == AMOUNT
    assert (first.status, second.status) == (PaymentStatus.succeeded, PaymentStatus.refunded)
    assert len(db.session.scalars(select(Refund)).all()) == 1
    assert books.stripe_clearing().minor == sum(part["amount"] for part in world.call("GET", "balance")["pending"])


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before", "status:500", "status:429", "status:409"])
def test_no_answer_leaves_the_payment_pending_and_a_job_finds_the_page(stripe_app, world, fault):
    """The page exists at Stripe, or does not: either way there is one page, and the person gets to it."""
    world.fault(fault, "/v1/checkout/sessions$", method="POST")
    payment = make_payment()
    assert (payment.status, payment.checkout_url) == (PaymentStatus.pending, None)
    clock.move(timedelta(seconds=3))
    run_jobs()
    assert payment.status == PaymentStatus.pending
    [page] = [one for one in world.call("GET", "checkout/sessions")["data"] if one["client_reference_id"] == str(payment.id)]
    assert payment.checkout_url == page["url"]


def test_a_payment_whose_page_never_came_ends_at_its_time(stripe_app, world, heard):
    world.fault("status:500", "/v1/checkout/sessions", times=2)
    payment = make_payment()
    db.session.execute(text("delete from procrastinate_jobs"))
    world.advance(timedelta(minutes=31))
    run_sweeps()
    run_sweeps()
    assert payment.status == PaymentStatus.expired
    assert heard == [("ended", payment.subject)]


def test_what_stripe_refuses_is_refused_here_with_nothing_stored(stripe_app, world):
    world.fault("status:400", "/v1/checkout/sessions$")
    with pytest.raises(Invalid):
        make_payment()
    db.session.rollback()
    assert db.session.scalars(select(Payment)).all() == []


def test_where_stripe_keeps_dollars_both_currencies_balance(stripe_app, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    payment = make_paid(world)
    assert payment.settled_currency == "USD"
    assert books.held(payment.subject) == AMOUNT
    usd = sum(part["amount"] for part in world.call("GET", "balance")["pending"] if part["currency"] == "usd")
    assert books.stripe_clearing("USD").minor == usd
    assert books.stripe_clearing("BDT") == Money(0)


def test_a_page_that_is_known_is_not_looked_for(stripe_app, world):
    payment = make_payment()
    checkout.mend_checkout(str(payment.id))
    assert len(world.call("GET", "checkout/sessions")["data"]) == 1


def silent_at_first(world):
    """A payment whose page did not come."""
    world.fault("status:500", "/v1/checkout/sessions$", method="POST")
    return make_payment()


def test_while_stripe_is_silent_the_page_is_looked_for_again(stripe_app, world):
    payment = silent_at_first(world)
    world.fault("status:500", "/v1/checkout/sessions", times=0)
    with pytest.raises(NotYet):
        checkout.mend_checkout(str(payment.id))
    assert payment.status == PaymentStatus.pending


def test_a_page_that_stripe_refuses_later_ends_the_payment(stripe_app, world, heard):
    payment = silent_at_first(world)
    world.fault("status:400", "/v1/checkout/sessions$", method="POST", times=0)
    checkout.mend_checkout(str(payment.id))
    assert (payment.status, heard) == (PaymentStatus.failed, [("ended", payment.subject)])


def test_a_page_whose_time_is_not_over_stays_open(stripe_app, world):
    payment = make_payment()
    checkout.close_checkout(str(payment.id))
    assert payment.status == PaymentStatus.pending
    assert world.call("GET", f"checkout/sessions/{payment.stripe_session_id}")["status"] == "open"


def test_while_stripe_is_silent_a_payment_does_not_end(stripe_app, world):
    """It may have been paid in the last second."""
    payment = make_payment()
    world.advance(timedelta(minutes=31))
    world.fault("status:500", "/v1/checkout/sessions", times=0)
    with pytest.raises(NotYet):
        checkout.close_checkout(str(payment.id))
    with pytest.raises(NotYet):
        commands.look_again(str(payment.id))
    assert payment.status == PaymentStatus.pending


def page_of(world, payment):
    """Stripe's page after it was paid, as our SDK reads it."""
    world.pay(payment.checkout_url)
    return stripe.session(payment.stripe_session_id)


def test_what_a_bank_takes_its_time_for_is_processing(stripe_app, world, heard):
    payment = make_payment()
    page = page_of(world, payment)
    page = page | {"payment_status": "unpaid", "payment_intent": page["payment_intent"] | {"status": "processing"}}
    for _twice in range(2):
        incoming.apply(payment, page)
    assert (payment.status, heard) == (PaymentStatus.processing, [])
    commands.look(payment)
    assert payment.status == PaymentStatus.succeeded


def test_nothing_is_booked_before_stripe_has_booked_it_nor_another_sum(stripe_app, world):
    payment = make_payment()
    page = page_of(world, payment)
    intent = page["payment_intent"]
    unbooked = page | {"payment_intent": intent | {"latest_charge": intent["latest_charge"] | {"balance_transaction": None}}}
    with pytest.raises(NotYet):
        incoming.apply(payment, unbooked)
    with pytest.raises(ValueError, match=str(payment.id)):
        incoming.apply(payment, page | {"amount_total": payment.total.minor - 1})
    assert books.held(payment.subject) == Money(0)
