"""What a change of a contract's steps leaves behind, and a bonus."""
from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.contracts.commands import bonuses, change_orders, contracts, refunds
from marketplace.contracts.models import ChangeOrder
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core.money import Money
from marketplace.payments import commands as payments
from marketplace.payments.commands import incoming
from tests import people
from tests.contracts.test_adrift import decided, taken
from tests.contracts.test_clocks import go_to
from tests.factories.changes import make_bonus, make_change, make_paid_bonus
from tests.factories.contracts import make_approved, make_contract, make_funded
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.trail import trail

__all__ = ["sandbox_program", "stripe_app", "world"]
HERE, BACK = "https://dayitto.example/here", "https://dayitto.example/back"


def accept(order: ChangeOrder) -> None:
    change_orders.accept(order, people.ada(), Side.business)


class TestChanges:
    """Proposed, answered, carried out."""

    def test_adding_a_step(self, app):
        contract = make_contract()
        with trail("change_proposed"):
            order = make_change(contract)
        with trail("step_added"):
            accept(order)

    def test_changing_one(self, app):
        order = make_change(kind="change", milestone=milestones_of(make_contract())[0])
        with trail("step_changed"):
            accept(order)

    def test_giving_paid_in_work_more_days(self, app):
        milestone = make_funded()
        order = make_change(kind="change", milestone=milestone, title=milestone.title, amount_minor=milestone.amount_minor, days=20)
        with trail("days_changed"):
            accept(order)

    @pytest.mark.parametrize("paid", [True, False])
    def test_splitting_one(self, app, paid):
        milestone = milestones_of(make_contract())[0]
        order = make_change(kind="split", milestone=make_funded(milestone) if paid else milestone)
        with trail("paid_step_split" if paid else "planned_step_split"):
            accept(order)

    def test_removing_one(self, app):
        order = make_change(kind="remove", milestone=milestones_of(make_contract())[0])
        with trail("step_removed"):
            accept(order)

    def test_a_price_that_is_held_already_begins_the_work(self, app):
        first, second = milestones_of(make_contract())
        refunds.agree_refund(refunds.ask_refund(make_funded(first), people.ada(), "Later.", Money(150_000), for_next=True), people.ben())
        order = make_change(kind="change", milestone=second)
        with trail("cheaper_step_begun"):
            accept(order)

    def test_declining(self, app):
        order = make_change()
        with trail("change_declined"):
            change_orders.decline(order, people.ada(), Side.business)

    def test_taking_back(self, app):
        order = make_change()
        with trail("change_withdrawn"):
            change_orders.withdraw(order, people.ben(), Side.manager)

    def test_letting_it_lapse(self, app):
        order = make_change()
        go_to(order.expires_at)
        with trail("change_lapsed"):
            change_orders.lapse_change_order(str(order.id))

    def test_ending_the_contract(self, app):
        order = make_change()
        with trail("contract_ended_beside_a_change"):
            contracts.end_contract(order.contract, people.ada(), Side.business, "Over.")


class TestBonuses:
    """Paid, released, or not."""

    def test_paying_by_card(self, stripe_app, world):
        contract = make_approved().contract
        with trail("bonus_given"):
            payment = bonuses.give_bonus(contract, people.ada(), Money(100_000), "Well done!", HERE, BACK, keep_card=True)
        world.pay(payment.checkout_url)
        with trail("bonus_paid"):
            payments.look(payment)

    def test_releasing(self, app):
        bonus = make_paid_bonus()
        with trail("bonus_released"):
            bonuses.release_bonus(str(bonus.id))

    def test_calling_off(self, app):
        bonus = make_bonus()
        with trail("bonus_called_off"):
            bonuses.cancel_bonus(bonus, people.ada())

    def test_not_being_paid(self, app):
        bonus = make_bonus()
        with trail("bonus_unpaid"):
            incoming.end(bonuses.payment_of(bonus), "expire")

    @pytest.mark.parametrize("action", ["win", "lose"])
    def test_a_bank_that_takes_a_part(self, app, action):
        bonus = make_paid_bonus()
        paid = SimpleNamespace(payment=bonuses.payment_of(bonus))
        with trail("bonus_taken"):
            taken(paid, 40_000)
        with trail({"win": "bonus_won", "lose": "bonus_part_lost"}[action]):
            decided(paid, action)

    def test_a_bank_that_keeps_all(self, app):
        bonus = make_paid_bonus()
        paid = SimpleNamespace(payment=bonuses.payment_of(bonus))
        taken(paid, bonus.amount_minor)
        with trail("bonus_lost"):
            decided(paid, "lose")
