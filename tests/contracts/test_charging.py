"""A month's money is charged once, on its day and only by consent."""
from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, text

from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, retainers
from marketplace.contracts.commands.funding import start_funding
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.models import Card
from tests import people
from tests.contracts.retainers import by_card, charges, english, month, sweep_through, to, told
from tests.factories.payments import make_paid
from tests.factories.retainers import PRICE, make_consent, make_next_month, make_saved_card
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.sandbox_program import THREE_D_SECURE
from tests.worker import run_jobs, run_sweeps

__all__ = ["by_card", "english", "month", "sandbox_program", "stripe_app", "world"]
FUNDED, PLANNED = MilestoneStatus.funded, MilestoneStatus.planned


class TestCharging:
    """Once, and only by consent."""

    def test_by_consent_the_month_is_charged_on_its_day(self, by_card, world):
        sweep_through(by_card)
        milestone = by_card.milestone
        assert milestone.status == FUNDED
        assert books.held(f"milestone:{milestone.id}") == Money(PRICE)
        [charge] = charges(world)
        assert charge["transfer_group"] == f"contract:{milestone.contract_id}"

    def test_without_consent_nothing_is_ever_charged(self, stripe_app, world):
        month = make_next_month()
        make_paid(world, keep_card=True, business=month.milestone.contract.business)
        sweep_through(month)
        clock.move(timedelta(days=3))
        run_sweeps()
        assert (month.milestone.status, charges(world)) == (PLANNED, [])

    @pytest.mark.parametrize("take_back", ["revoke", "remove"])
    def test_consent_taken_back_between_telling_and_charging(self, by_card, world, take_back):
        to(by_card.charge_at - timedelta(days=1))
        run_sweeps()
        retainer = queries.retainer_of(by_card.milestone.contract)
        if take_back == "revoke":
            retainers.revoke(retainer, people.ada())
        else:
            payments.remove_card(retainer.card, people.ada())
        to(by_card.charge_at)
        run_sweeps()
        assert (by_card.milestone.status, charges(world), retainer.card_id) == (PLANNED, [], None)

    def test_consent_taken_back_after_the_job_was_queued(self, by_card, world):
        to(by_card.charge_at - timedelta(days=1))
        run_sweeps()
        to(by_card.charge_at)
        retainers.charge_months()
        retainers.revoke(queries.retainer_of(by_card.milestone.contract), people.ada())
        run_jobs()
        assert (by_card.milestone.status, charges(world)) == (PLANNED, [])

    def test_paused_before_the_charge_nothing_is_charged_until_it_goes_on(self, by_card, world):
        contract = by_card.milestone.contract
        to(by_card.charge_at - timedelta(days=1))
        run_sweeps()
        contracts.pause_contract(contract, people.ada(), Side.business, "Eid")
        was = by_card.charge_at
        to(by_card.charge_at)
        run_sweeps()
        assert charges(world) == []
        clock.move(timedelta(days=9))
        contracts.resume_contract(contract, people.ada())
        assert by_card.charge_at >= was + timedelta(days=10)
        sweep_through(by_card)
        assert len(charges(world)) == 1

    def test_paused_on_its_day_it_is_told_again_before_it_is_charged(self, by_card, world):
        contract = by_card.milestone.contract
        for before in (5, 1):
            to(by_card.charge_at - timedelta(days=before))
            run_sweeps()
        to(by_card.starts_at, timedelta(hours=2))
        contracts.pause_contract(contract, people.ada(), Side.business, "Eid")
        before, _ = len(told("next month")), clock.move(timedelta(days=20))
        contracts.resume_contract(contract, people.ada())
        run_sweeps()
        assert (charges(world), len(told("next month"))) == ([], before + 1)
        assert by_card.charge_at >= clock.now() + timedelta(hours=12)
        to(by_card.charge_at)
        run_sweeps()
        assert len(charges(world)) == 1

    def test_paused_after_the_job_was_queued(self, by_card, world):
        to(by_card.charge_at - timedelta(days=1))
        run_sweeps()
        to(by_card.charge_at)
        retainers.charge_months()
        contracts.pause_contract(by_card.milestone.contract, people.ada(), Side.business, "Eid")
        run_jobs()
        assert (charges(world), told("was not charged")) == ([], [])

    def test_what_was_not_told_is_not_charged(self, by_card, world):
        by_card.charge_at = clock.now() - timedelta(minutes=1)
        retainers.charge_months()
        retainers.charge_month(str(by_card.id))
        run_jobs()
        assert (by_card.milestone.status, charges(world)) == (PLANNED, [])

    def test_a_bank_that_wants_to_ask_leads_to_the_payment_page(self, by_card, world):
        card = queries.retainer_of(by_card.milestone.contract).card
        world.do(f"payment_methods/{card.stripe_payment_method_id}/card", number=THREE_D_SECURE)
        sweep_through(by_card)
        clock.move(timedelta(days=1))
        run_sweeps()
        assert (by_card.milestone.status, len(world.calls("POST", "/v1/payment_intents$"))) == (PLANNED, 1)
        assert len(told("Your bank wants to ask you")) == 1
        requests.post(f"{world.url}/clock", json={"set": clock.now().isoformat()}, timeout=10).raise_for_status()
        payment = start_funding(by_card.milestone, people.ada(), "/", "/")
        world.pay(payment.checkout_url, THREE_D_SECURE)
        payments.look(payment)
        assert by_card.milestone.status == FUNDED

    def test_a_declined_card_is_told_once_and_not_tried_again(self, by_card, world):
        card = queries.retainer_of(by_card.milestone.contract).card
        world.do(f"payment_methods/{card.stripe_payment_method_id}/card", number="4000000000009995")
        sweep_through(by_card)
        for _ in range(3):
            clock.move(timedelta(days=1))
            run_sweeps()
            retainers.charge_month(str(by_card.id))
        assert len(world.calls("POST", "/v1/payment_intents$")) == 1
        assert len(told("was not charged")) == 1

    def test_a_card_that_cannot_be_charged_is_told_once(self, by_card, world):
        card = queries.retainer_of(by_card.milestone.contract).card
        card.expires_year = 2020
        sweep_through(by_card)
        clock.move(timedelta(days=1))
        run_sweeps()
        assert (charges(world), by_card.milestone.status, len(told("was not charged"))) == ([], PLANNED, 1)

    def test_two_clicks_are_one_charge(self, by_card, world):
        milestone, card = by_card.milestone, queries.retainer_of(by_card.milestone.contract).card
        retainers.fund_by_card(milestone, people.ada(), card)
        with pytest.raises(WrongState):
            retainers.fund_by_card(milestone, people.ada(), card)
        run_jobs()
        assert (len(charges(world)), milestone.status) == (1, FUNDED)

    def test_a_click_just_before_the_sweep_is_one_charge(self, by_card, world):
        to(by_card.charge_at - timedelta(days=1))
        run_sweeps()
        to(by_card.charge_at)
        retainers.charge_months()
        retainers.fund_by_card(by_card.milestone, people.ada(), queries.retainer_of(by_card.milestone.contract).card)
        run_jobs()
        run_sweeps()
        assert len(charges(world)) == 1


class TestConsent:
    """Whose card, by whom, on record."""

    def test_only_a_usable_card_of_the_business(self, month):
        retainer = queries.retainer_of(month.milestone.contract)
        other = make_saved_card(retainer.contract.business, expires_year=2020)
        with pytest.raises(Invalid):
            retainers.consent(retainer, other, people.ada())

    def test_the_end_of_the_contract_is_the_end_of_the_consent(self, month):
        retainer = make_consent(month.milestone.contract)
        contracts.end_contract(month.milestone.contract, people.ben(), Side.manager, "Over.")
        assert (retainer.card_id, retainer.consented_by) == (None, None)
        with pytest.raises(WrongState):
            retainers.consent(retainer, db.session.scalars(select(Card)).one(), people.ada())

    def test_it_is_on_record(self, month):
        retainer = make_consent(month.milestone.contract)
        retainers.revoke(retainer, people.ada())
        db.session.commit()
        found = db.session.execute(text("select action from audit_entries where action like 'retainer.%'")).scalars().all()
        assert sorted(found) == ["retainer.consent", "retainer.revoke"]
