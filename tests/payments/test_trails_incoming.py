"""What money that comes in leaves behind, here and at Stripe, to the last column."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.payments import commands
from marketplace.payments.commands import cards, charges, checkout
from marketplace.payments.models import Card
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import (
    AMOUNT,
    CANCEL,
    RETURN,
    make_business_debt,
    make_debt,
    make_paid,
    make_payment,
    make_released,
    new_subject,
)
from tests.sandbox_program import DECLINED, THREE_D_SECURE
from tests.trail import trail
from tests.worker import run_jobs

FEE, ADS, VAT = Money(70_000), Money(563_500), Money(73_500)


@pytest.fixture
def business(stripe_app):
    return make_business(people.ada())


@pytest.fixture
def card(world, business):
    """Kept with a first payment, which is over."""
    make_paid(world, keep_card=True, business=business)
    run_jobs()
    return db.session.query(Card).one()


def charge(card, **changes):
    values = {"subject": new_subject(), "contract": "contract:1", "amount": AMOUNT, "title": "January", "success_url": RETURN,
              "cancel_url": CANCEL}
    return commands.charge_card(card=card, business=card.business, person=people.ada(), **(values | changes))


def test_paying_at_stripes_page(business, world):
    with trail("checkout_started", world):
        payment = make_payment(business, fee=FEE, ad_spend=ADS, ad_vat=VAT)
    world.pay(payment.checkout_url)
    with trail("checkout_paid", world):
        commands.look(payment)


def test_paying_where_stripe_keeps_dollars(business, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    payment = make_payment(business)
    world.pay(payment.checkout_url)
    with trail("checkout_paid_in_dollars", world):
        commands.look(payment)


def test_a_page_on_which_the_card_is_kept(business, world):
    with trail("checkout_started_to_keep_the_card", world):
        payment = make_payment(business, keep_card=True)
    world.pay(payment.checkout_url)
    with trail("card_kept", world):
        commands.look(payment)


def test_a_page_called_off_and_one_left(business, world):
    payment, _left = make_payment(business), make_payment(business)
    with trail("checkout_cancelled"):
        commands.cancel_checkout(payment, people.ada())
    with trail("checkout_closed", world):
        run_jobs()
    world.advance(timedelta(minutes=31))
    with trail("checkout_over"):
        checkout.expire_checkouts()
    with trail("checkout_expired", world):
        run_jobs()


def test_a_page_that_stripe_refuses_to_open_later(business, world):
    world.fault("status:500", "/v1/checkout/sessions$", method="POST")
    with trail("checkout_unanswered"):
        payment = make_payment(business)
    world.fault("status:400", "/v1/checkout/sessions$", method="POST", times=0)
    with trail("checkout_refused"):
        checkout.mend_checkout(str(payment.id))


def test_what_comes_when_nothing_waits_for_it(business, world):
    make_paid(world, business=business)
    payment = make_payment(business, ad_spend=ADS)
    run_jobs()
    world.pay(payment.checkout_url)
    with trail("checkout_paid_too_late", world):
        commands.cancel_checkout(payment)
        run_jobs()


def test_charging_a_saved_card(card, world):
    with trail("card_charge_ordered", world):
        payment = charge(card, fee=FEE, ad_spend=ADS, ad_vat=VAT)
    with trail("card_charged", world):
        charges.carry_out_charge(str(payment.id))


@pytest.mark.parametrize(("number", "name"), [(DECLINED, "card_declined"), (THREE_D_SECURE, "card_asked_for_its_owner")])
def test_charging_a_card_that_is_refused(card, world, number, name):
    world.do(f"payment_methods/{card.stripe_payment_method_id}/card", number=number)
    payment = charge(card)
    with trail(name, world):
        charges.carry_out_charge(str(payment.id))
    with trail("card_charge_closed", world):
        run_jobs()


def test_a_card_is_kept_anew_and_taken_off(card, world):
    with trail("card_kept_anew", world):
        make_paid(world, keep_card=True, business=card.business)
    run_jobs()
    with trail("card_removed"):
        commands.remove_card(card, people.ada())
    with trail("card_forgotten", world):
        run_jobs()


def test_a_card_ends(card):
    with trail("card_expiry_told"):
        cards.warn_of_card(str(card.id))


def test_a_cards_end_comes_near(card):
    card.expires_year, card.expires_month = clock.today().year, clock.today().month
    with trail("card_expiry_near"):
        cards.warn_of_expiry()


def test_paying_what_is_owed_and_more(business, world):
    """The debt was smaller when the money came: what is too much goes back."""
    make_paid(world, business=business)
    make_business_debt(business)
    payment = commands.repay(business, people.ada(), RETURN, CANCEL)
    world.pay(payment.checkout_url)
    commands.write_off(f"business:{business.id}", Money(1000), people.sam(), "Rounded", key="a")
    run_jobs()
    with trail("debt_paid", world):
        commands.look(payment)


def test_writing_off(business):
    debtor, sam = make_business_debt(business), people.sam()
    with trail("written_off"):
        commands.write_off(debtor, Money(1000), sam, "Closed its shop", key="a")


def test_part_of_a_release_is_kept_for_what_the_manager_owes(business, world):
    payment, manager = make_paid(world, business=business), begin(people.ben())
    make_debt(people.ben(), Money(400_000))
    with trail("withheld"):
        make_released(payment, manager)
