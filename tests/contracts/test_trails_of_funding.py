"""What paying a step in leaves behind, and what stops it: cancels without fault, and sides that may be the same people."""
from __future__ import annotations

import pytest

from marketplace.contracts.commands import funding, parties, refunds, staff_refunds
from marketplace.contracts.commands.funding_checks import release_funding
from marketplace.contracts.commands.parties import PartiesAlike
from marketplace.contracts.models import PartyCheck
from marketplace.contracts.queries.parties import party_check
from marketplace.payments import commands as payments
from marketplace.payments.commands import confirm, incoming
from tests import people
from tests.contracts.test_parties import HERE, WHY, of_both, pay
from tests.contracts.test_staff_refunds import cancelled_steps, much, rita, send_back
from tests.factories.businesses import make_business
from tests.factories.contracts import make_approved, make_funded, make_milestone
from tests.factories.payments import make_paid
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.trail import trail

__all__ = ["sandbox_program", "stripe_app", "world"]


class TestPaying:
    """At Stripe's page."""

    def test_paying(self, stripe_app, world):
        milestone = make_milestone()
        with trail("funding_started"):
            payment = funding.start_funding(milestone, people.ada(), HERE, "https://dayitto.example/back", keep_card=True)
        world.pay(payment.checkout_url)
        with trail("milestone_funded"):
            payments.look(payment)

    def test_calling_off(self, stripe_app):
        milestone = make_milestone()
        pay(milestone)
        with trail("funding_called_off"):
            funding.cancel_funding(milestone, people.ada())

    def test_not_paying(self, stripe_app):
        payment = pay(make_milestone())
        with trail("funding_failed"):
            incoming.end(payment, "expire")


class TestStaffRefunds:
    """Little at once, much when a second person has confirmed."""

    def test_sending_a_part_back_and_the_rest(self, app):
        milestone, sam = make_funded(), people.sam()
        with trail("sent_back_by_staff"):
            send_back(milestone, by=sam)
        with trail("rest_sent_back_by_staff"):
            send_back(milestone, milestone.held, "rest", sam)

    def test_sending_much_back(self, app):
        milestone, sam, second = much(), people.sam(), rita()
        with trail("refund_proposed_by_staff"):
            proposal = staff_refunds.refund_by_staff(milestone, milestone.held, by=sam, why=WHY, key="k")
        with trail("refund_confirmed_by_staff"):
            confirm(proposal, second)


class TestCancels:
    """The third within sixty days."""

    def test_taking_money_back_once_too_often(self, app):
        sam, milestone = people.sam(), make_funded(cancelled_steps(2))
        request = refunds.ask_refund(milestone, people.ada(), "We changed our minds.")
        with trail("funding_waits"):
            refunds.agree_refund(request, people.ben())
        with trail("funding_released"):
            release_funding(milestone.contract.business, sam, WHY)


class TestAlike:
    """Both sides may be the same people."""

    @pytest.fixture
    def asked(self, app) -> PartyCheck:
        milestone = of_both(make_milestone())
        with trail("parties_asked_about"), pytest.raises(PartiesAlike):
            pay(milestone)
        return party_check(milestone.contract)

    def test_clearing_them(self, asked):
        sam = people.sam()
        with trail("parties_cleared"):
            parties.clear(asked, sam, WHY)

    def test_refusing_them(self, asked):
        sam = people.sam()
        with trail("parties_refused"):
            parties.refuse(asked, sam, WHY)

    def test_turning_a_payment_away(self, stripe_app, world):
        make_paid(world, business=make_business(people.ben()), person=people.ben())
        payment = pay(make_milestone())
        world.pay(payment.checkout_url)
        with trail("payment_turned_away"):
            payments.look(payment)

    def test_clearing_them_unasked(self, app):
        contract, sam = make_approved().contract, people.sam()
        with trail("parties_cleared_unasked"):
            parties.clear_sides(contract, sam, WHY)

    def test_refusing_them_unasked(self, app):
        contract, sam = make_milestone().contract, people.sam()
        with trail("parties_refused_unasked"):
            parties.refuse_sides(contract, sam, WHY)
