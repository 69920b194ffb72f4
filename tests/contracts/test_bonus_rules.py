"""For what, how much and until when a bonus is given, to the moment and the poisha; charged to a saved card, so Stripe is not asked."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.commands import bonuses, holds
from marketplace.contracts.models import Bonus, Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.payments.models import Payment
from tests import people
from tests.contracts.test_bonuses import HERE
from tests.factories.changes import make_bonus, make_paid_bonus
from tests.factories.contracts import make_approved, make_delivered
from tests.factories.retainers import make_saved_card
from tests.trail import trail

MONTH, BLINK = timedelta(days=30), timedelta(microseconds=1)


def give(contract: Contract, amount: Money) -> Payment:
    return bonuses.give_bonus(contract, people.ada(), amount, "Well done!", HERE, HERE, card=make_saved_card(contract.business))


@pytest.mark.parametrize(("since", "fits"), [(timedelta(), True), (MONTH - BLINK, True), (MONTH, False), (2 * MONTH, False)])
def test_it_is_given_until_a_month_after_the_contract(app, monkeypatch, since, fits):
    contract = make_approved().contract
    contract.move("end")
    contract.move("close")
    contract.closed_at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: contract.closed_at + since)
    assert bonuses.may_get_bonus(contract) is fits


def test_it_is_for_work_that_was_released(app):
    assert not bonuses.may_get_bonus(make_delivered().contract)


@pytest.mark.parametrize("amount", [Money(10_000), Money(5_000_000), Money(10_000, "USD")])
def test_what_it_may_be(app, amount):
    payment = give(make_approved().contract, amount)
    bonus = db.session.query(Bonus).one()
    assert (bonus.amount, payment.amount, payment.subject) == (amount, amount, bonus.subject)


@pytest.mark.parametrize("amount", [Money(9_999), Money(5_000_001)])
def test_what_it_may_not_be_is_said_beside_the_amount(app, amount):
    with pytest.raises(Invalid) as refusal:
        give(make_approved().contract, amount)
    assert refusal.value.field == "amount"


def test_to_a_manager_without_a_hold_it_is_sent_at_once(app):
    bonus = make_paid_bonus()
    bonus.contract.manager.clean_contracts = holds.HOLD_NONE_AFTER
    bonuses.release_bonus(str(bonus.id))
    assert bonus.send_after == bonus.released_at


def test_charging_a_saved_card(app):
    contract = make_approved().contract
    with trail("bonus_charged"):
        give(contract, Money(100_000))


def test_giving_money_back_that_may_be_the_managers_own(app):
    bonus = make_bonus()
    payment = bonuses.payment_of(bonus)
    payment.turned_away = True
    with trail("bonus_turned_back"):
        bonuses.give_up(bonus, payment)


def test_one_without_a_payment_is_not_called_off(app):
    contract = make_approved().contract
    bonus = Bonus(contract=contract, person_id=people.ada().id, amount_minor=100_000)
    db.session.add(bonus)
    db.session.flush()
    with pytest.raises(WrongState):
        bonuses.cancel_bonus(bonus, people.ada())
