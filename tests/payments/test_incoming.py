"""What Stripe says of a payment, word by word; and what it does when it says nothing."""
from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands, signals
from marketplace.payments.commands import charges, incoming
from marketplace.payments.models import Card, Payment, PaymentStatus
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import AMOUNT, CANCEL, RETURN, make_paid, make_payment, make_row, new_subject
from tests.factories.retainers import make_saved_card
from tests.trail import trail


def waiting(**changes) -> Payment:
    """A payment that waits for Stripe, without asking it."""
    payment = make_row(people.ada())
    payment.status, payment.succeeded_at, payment.stripe_charge_id = PaymentStatus.pending, None, None
    for name, value in changes.items():
        setattr(payment, name, value)
    return payment


def page_with(intent) -> dict:
    """A page that its payer has left, done."""
    return {"status": "complete", "payment_status": "unpaid", "payment_intent": intent}


@pytest.mark.parametrize(("error", "refusal"), [
    ({"decline_code": "stolen_card", "code": "card_declined"}, "stolen_card"), ({"code": "card_declined"}, "card_declined"),
    ({"code": "x" * 61}, "x" * 60), ({}, ""), (None, "")])
@pytest.mark.parametrize("status", incoming.UNPAID)
def test_why_nothing_was_taken_is_stripes_word(app, status, error, refusal):
    payment = waiting()
    incoming.apply(payment, page_with({"status": status, "last_payment_error": error}))
    assert (payment.status, payment.refusal) == (PaymentStatus.failed, refusal)


@pytest.mark.parametrize("status", incoming.WAITS_FOR_PAYER)
def test_for_a_charge_without_a_page_nobody_answers_the_bank(app, status):
    """At a page somebody may still."""
    at_a_page, payment = waiting(), waiting()
    payment.card_id = make_saved_card(payment.business).id
    for one in (at_a_page, payment):
        incoming.apply(one, page_with({"status": status}))
    assert (at_a_page.status, payment.status) == (PaymentStatus.processing, PaymentStatus.failed)


def test_a_page_without_an_intent_is_waited_for(app):
    payment = waiting()
    incoming.apply(payment, page_with(None))
    assert payment.status == PaymentStatus.processing


@pytest.mark.parametrize(("page", "status"), [
    ({"status": "open", "payment_status": "unpaid"}, PaymentStatus.pending),
    ({"status": "expired", "payment_status": "unpaid"}, PaymentStatus.expired)])
def test_a_page_that_is_open_changes_nothing_and_a_closed_one_ends_it(app, page, status):
    payment = waiting()
    incoming.apply(payment, page)
    assert payment.status == status


def test_a_page_that_ended_otherwise_is_not_judged_again(app):
    payment = waiting(status=PaymentStatus.cancelled)
    incoming.apply(payment, page_with({"status": "canceled"}))
    assert (payment.status, payment.refusal) == (PaymentStatus.cancelled, "")


def test_who_waits_at_a_page_while_stripe_is_silent_leaves_a_job(stripe_app, world):
    payment = make_payment()
    world.fault("status:500", "/v1/checkout/sessions/", method="GET", times=2)
    with trail("payment_looked_at_later"):
        commands.look_or_leave(payment)


def charge(card, **changes) -> Payment:
    values = {"subject": new_subject(), "contract": "contract:1", "amount": AMOUNT, "title": "January", "success_url": RETURN,
              "cancel_url": CANCEL}
    return commands.charge_card(card=card, business=card.business, person=people.ada(), **(values | changes))


def test_a_charge_that_stripe_refuses_without_a_word_is_refused(stripe_app, world):
    make_paid(world, keep_card=True)
    payment = charge(db.session.query(Card).one())
    world.fault("status:400", "/v1/payment_intents$", method="POST")
    charges.carry_out_charge(str(payment.id))
    assert (payment.status, payment.refusal) == (PaymentStatus.failed, "refused")


def test_a_long_title_is_cut(stripe_app, world):
    business = make_business(people.ada())
    assert make_payment(business, title="x" * 201).title == "x" * 200
    assert charge(make_saved_card(business), title="x" * 201).title == "x" * 200


@pytest.mark.parametrize("details", [{}, {"payment_method_details": None}, {"payment_method_details": {"card": None}},
                                     {"payment_method_details": {"card": {"brand": "visa"}}},
                                     {"payment_method_details": {"card": {"fingerprint": ""}}}])
def test_a_charge_that_names_no_card_number_has_no_key(app, details):
    assert incoming._card_key(details) is None


def test_whoever_may_not_pay_gets_all_of_it_back_and_the_milestone_waits_for_another(stripe_app, world):
    payment, ended = make_payment(), []

    def on_payer_asked(one):
        return one is payment

    world.pay(payment.checkout_url)
    with signals.payer_asked.connected_to(on_payer_asked), signals.payment_ended.connected_to(ended.append):
        commands.look(payment)
    assert ended == [payment]
    assert (payment.turned_away, payment.unclaimed, books.held(payment.subject)) == (True, True, Money(0))
