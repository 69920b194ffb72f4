"""Saved cards: kept by choice, charged without their owner once, asked for by nobody after a refusal, and forgotten."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands, signals
from marketplace.payments.commands import cards, charges
from marketplace.payments.models import Card, CardStatus, Payment, PaymentStatus, Refund
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import AMOUNT, CANCEL, RETURN, make_paid, new_subject
from tests.sandbox_program import DECLINED, THREE_D_SECURE
from tests.worker import letters, run_jobs, run_sweeps

NO_MONEY, ASKED_AT_SETUP = "4000000000009995", "4000002500003155"


@pytest.fixture
def card(stripe_app, world):
    """Ada's, kept with her first payment."""
    return make_card(world)


def make_card(world, number: str = "4242424242424242", business=None) -> Card:
    make_paid(world, number, keep_card=True, business=business or make_business(people.ada()))
    return db.session.scalars(select(Card).where(Card.last4 == number[-4:])).one()


def charge(card: Card, **changes) -> Payment:
    """What contracts do for a month that the business wants to be charged for."""
    values = {"card": card, "subject": new_subject(), "contract": "contract:1", "business": card.business,
              "person": people.ada(), "amount": AMOUNT, "title": "January",
              "success_url": RETURN, "cancel_url": CANCEL}
    return commands.charge_card(**(values | changes))


def kept(world, card):
    """The cards Stripe keeps for a card's business."""
    return [one["id"] for one in world.call("GET", f"customers/{card.stripe_customer_id}/payment_methods")["data"]]


def taken(world):
    """Charges that took money, without the one that brought the card."""
    return [one for one in world.call("GET", "charges")["data"] if one["paid"]][:-1]


def change_bank(world, card, number):
    world.do(f"payment_methods/{card.stripe_payment_method_id}/card", number=number)


def test_a_card_is_kept_only_by_choice_and_only_its_mask(stripe_app, world):
    make_paid(world)
    assert db.session.scalars(select(Card)).all() == []
    card = make_card(world)
    assert (card.mask, card.expiry, card.usable) == ("Visa •••• 4242", "12/34", True)
    assert kept(world, card) == [card.stripe_payment_method_id]
    row = db.session.execute(text("select row_to_json(cards)::text from cards")).scalar_one()
    assert "4242424242424242" not in row


def test_one_business_is_one_customer_and_the_same_card_is_one_row(stripe_app, world):
    business = make_business(people.ada())
    first = make_card(world, business=business)
    old = first.stripe_payment_method_id
    make_paid(world, keep_card=True, business=business)
    run_jobs()
    [card] = db.session.scalars(select(Card)).all()
    assert len(world.call("GET", "customers")["data"]) == 1
    assert card.stripe_payment_method_id != old
    assert kept(world, card) == [card.stripe_payment_method_id]


@pytest.mark.parametrize("number", ["4242424242424242", ASKED_AT_SETUP])
def test_a_saved_card_is_charged_without_its_owner(stripe_app, world, number):
    card = make_card(world, number)
    payment = charge(card)
    assert (payment.status, taken(world)) == (PaymentStatus.pending, [])
    run_jobs()
    assert payment.status == PaymentStatus.succeeded
    assert books.held(payment.subject) == AMOUNT
    [made] = taken(world)
    assert (made["amount"], made["transfer_group"]) == (payment.total.minor, payment.contract)
    charges.carry_out_charge(str(payment.id))
    commands.look(payment)
    assert len(taken(world)) == 1


def test_the_banks_question_ends_the_charge_and_leaves_nothing_that_could_still_be_paid(card, world):
    change_bank(world, card, THREE_D_SECURE)
    heard = []
    with signals.payment_ended.connected_to(lambda payment: heard.append(payment.refusal)):
        payment = charge(card)
        run_jobs()
    assert (payment.status, heard) == (PaymentStatus.failed, ["authentication_required"])
    assert world.call("GET", "payment_intents")["data"][0]["status"] == "canceled"
    assert taken(world) == []


@pytest.mark.parametrize(("number", "refusal"), [(NO_MONEY, "insufficient_funds"), (DECLINED, "generic_decline"),
                                                ("4000000000000069", "expired_card")])
def test_a_refused_card_is_asked_once(card, world, number, refusal):
    change_bank(world, card, number)
    payment = charge(card)
    run_jobs()
    run_sweeps()
    clock.move(timedelta(days=2))
    run_sweeps()
    assert (payment.status, payment.refusal) == (PaymentStatus.failed, refusal)
    assert len(world.calls("POST", "/v1/payment_intents$")) == 1


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before", "status:429", "status:409"])
def test_no_answer_is_looked_at_before_it_is_asked_again(card, world, fault):
    """Whether Stripe charged or not: in the end there is one charge."""
    world.fault(fault, "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    assert payment.status == PaymentStatus.pending
    run_jobs()
    assert payment.status == PaymentStatus.succeeded
    assert len(taken(world)) == 1


def test_a_failure_that_stripe_repeats_under_the_key_ends_at_its_time_with_nothing_taken(card, world):
    world.fault("status:500", "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    run_jobs()
    world.advance(timedelta(minutes=31))
    run_sweeps()
    assert (payment.status, taken(world)) == (PaymentStatus.expired, [])


def test_it_is_found_again_although_our_clock_was_wrong_and_the_key_is_forgotten(card, world):
    """The row was made when our clock was a day ahead; Stripe forgets keys after a day."""
    world.fault("drop_after_commit", "/v1/payment_intents$", method="POST")
    clock.move(timedelta(days=1))
    payment = charge(card)
    run_jobs()
    clock.move(timedelta(days=-1))
    run_jobs()
    assert payment.status == PaymentStatus.succeeded
    assert (len(taken(world)), len(world.calls("POST", "/v1/payment_intents$"))) == (1, 1)


def test_a_worker_that_died_before_asking_leaves_one_charge_or_none(card, world):
    """The job is lost: after its time the payment is over, and is not asked for any more."""
    payment = charge(card)
    db.session.execute(text("delete from procrastinate_jobs"))
    world.advance(timedelta(minutes=31))
    run_sweeps()
    charges.carry_out_charge(str(payment.id))
    assert (payment.status, taken(world)) == (PaymentStatus.expired, [])


def test_a_worker_that_died_after_stripe_acted_is_found_at_its_time(card, world):
    world.fault("drop_after_commit", "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    db.session.execute(text("delete from procrastinate_jobs"))
    world.advance(timedelta(minutes=31))
    run_sweeps()
    assert (payment.status, len(taken(world))) == (PaymentStatus.succeeded, 1)


def test_a_worker_that_was_away_too_long_does_not_charge(card, world):
    payment = charge(card)
    clock.move(timedelta(days=3))
    run_jobs()
    assert taken(world) == []
    run_sweeps()
    assert payment.status == PaymentStatus.expired


def test_called_off_before_it_was_asked_for(card, world):
    payment = charge(card)
    commands.cancel_checkout(payment)
    run_jobs()
    assert (payment.status, taken(world)) == (PaymentStatus.cancelled, [])


def test_called_off_while_stripe_had_it_goes_back(card, world):
    world.fault("drop_after_commit", "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    commands.cancel_checkout(payment)
    run_jobs()
    assert (payment.status, payment.unclaimed) == (PaymentStatus.refunded, True)
    assert [refund.amount for refund in db.session.scalars(select(Refund))] == [payment.total]


def test_the_webhook_is_quicker_than_the_answer(card, world, stripe_app):
    world.webhooks()
    world.fault("drop_after_commit", "/v1/payment_intents$", method="POST")
    payment = charge(card)
    run_jobs()
    db.session.execute(text("delete from procrastinate_jobs"))
    world.deliver(stripe_app.test_client())
    run_jobs()
    db.session.refresh(payment)
    assert (payment.status, len(taken(world))) == (PaymentStatus.succeeded, 1)


def test_a_removed_card_is_charged_by_nothing_and_forgotten_by_stripe(card, world):
    waiting = charge(card)
    commands.remove_card(card, people.ada())
    run_jobs()
    assert (waiting.status, waiting.refusal, taken(world)) == (PaymentStatus.failed, "card_removed", [])
    assert card.status == CardStatus.removed
    assert kept(world, card) == []
    with pytest.raises(WrongState):
        charge(card)
    run_jobs()


def test_another_business_card_is_never_charged(card):
    with pytest.raises(WrongState):
        charge(card, business=make_business(people.eve()))


def test_forgetting_survives_a_lost_answer(card, world):
    world.fault("drop_after_commit", "/detach$", method="POST")
    commands.remove_card(card, people.ada())
    run_jobs()
    run_jobs()
    assert kept(world, card) == []


def test_an_ending_card_is_told_once_and_an_expired_one_not_charged(card):
    run_sweeps()
    assert not [one for one in letters("ada@example.com") if "4242" in one["Subject"]]
    card.expires_year, card.expires_month = clock.today().year, clock.today().month
    run_sweeps()
    run_sweeps()
    assert len([one for one in letters("ada@example.com") if "4242" in one["Subject"]]) == 1
    assert card.usable
    clock.move(timedelta(days=31))
    assert card.expired
    with pytest.raises(WrongState):
        charge(card)


def test_the_end_of_a_card_that_was_removed_meanwhile_is_not_told(card):
    cards.warn_of_card(str(card.id))
    warned = card.warned_at
    cards.warn_of_card(str(card.id))
    assert (card.warned_at, warned is None) == (warned, False)
    card.status, card.warned_at = CardStatus.removed, None
    cards.warn_of_card(str(card.id))
    assert card.warned_at is None
    run_jobs()
    assert len([one for one in letters("ada@example.com") if "4242" in one["Subject"]]) == 1


def test_what_the_platform_keeps_of_a_charge_is_on_its_receipt(stripe_app, world):
    payment = charge(make_card(world), fee=Money(70_000))
    run_jobs()
    assert (payment.status, payment.fee) == (PaymentStatus.succeeded, Money(70_000))
