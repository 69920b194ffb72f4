"""What each act on a contract that is paid month by month leaves behind."""
from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, offers, prorating, retainers
from marketplace.contracts.models import Milestone, Month
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.payments import commands as payments
from marketplace.payments.commands import incoming
from marketplace.payments.queries import payments_for
from tests import people
from tests.contracts.test_clocks import go_to
from tests.factories.contracts import make_funded, make_offer
from tests.factories.retainers import make_consent, make_next_month, make_retainer, make_saved_card, monthly
from tests.trail import trail


@pytest.fixture(autouse=True)
def november(app) -> None:
    """A month of thirty days begins, another of thirty-one follows."""
    go_to(datetime(clock.today().year + 1, 11, 1, 12, tzinfo=clock.DHAKA))


@pytest.fixture
def month(app) -> Month:
    """The second of a retainer, with consent to charge it."""
    month = make_next_month()
    make_consent(month.milestone.contract)
    return month


@pytest.fixture
def ended(month) -> Milestone:
    """The first month, after a third of it."""
    first = queries.months_of(month.milestone.contract)[0]
    go_to(first.starts_at + (first.ends_at - first.starts_at) / 3)
    contracts.end_contract(first.milestone.contract, people.ada(), Side.business, "The shop moves.")
    return first.milestone


class TestMonths:
    """Begun, told, charged."""

    def test_accepting_the_offer(self, app):
        offer = make_offer(**monthly())
        with trail("retainer_begun"):
            offers.accept_offer(offer, people.ben(), Side.manager, 1)

    def test_paying_the_first_in(self, app):
        first = queries.milestones_of(make_retainer())[0]
        with trail("first_month_funded"):
            make_funded(first)

    def test_telling_and_charging(self, month):
        go_to(month.charge_at - timedelta(days=5))
        with trail("month_announced"):
            retainers.tell_month(str(month.id))
        go_to(month.charge_at - timedelta(days=1))
        with trail("month_reminded"):
            retainers.tell_month(str(month.id))
        go_to(month.charge_at)
        with trail("month_charged"):
            retainers.charge_month(str(month.id))
        [payment] = payments_for(f"milestone:{month.milestone_id}")
        with trail("charge_refused"):
            incoming.end(payment, "fail")

    def test_a_card_that_cannot_be_charged(self, month):
        go_to(month.charge_at - timedelta(days=1))
        retainers.tell_month(str(month.id))
        queries.retainer_of(month.milestone.contract).card.expires_year = 2020
        go_to(month.charge_at)
        with trail("month_not_charged"):
            retainers.charge_month(str(month.id))

    def test_resting(self, month):
        go_to(month.charge_at - timedelta(days=1))
        retainers.tell_month(str(month.id))
        contracts.pause_contract(month.milestone.contract, people.ada(), Side.business, "Eid.")
        clock.move(timedelta(days=10))
        with trail("months_rested"):
            contracts.resume_contract(month.milestone.contract, people.ada())


class TestConsent:
    """Given and taken back."""

    def test_giving_and_taking_it_back(self, app):
        contract = make_retainer()
        retainer, card = queries.retainer_of(contract), make_saved_card(contract.business)
        with trail("consent_given"):
            retainers.consent(retainer, card, people.ada())
        with trail("consent_revoked"):
            retainers.revoke(retainer, people.ada(), "Too dear.")

    def test_taking_the_card_off(self, month):
        card = queries.retainer_of(month.milestone.contract).card
        with trail("consented_card_removed"):
            payments.remove_card(card, people.ada())

    def test_ending_the_contract(self, month):
        with trail("retainer_ended"):
            contracts.end_contract(month.milestone.contract, people.ben(), Side.manager, "Over.")


class TestEndedEarly:
    """What one side proposes, and what the other says."""

    def test_agreeing(self, ended):
        with trail("month_proposed"):
            proposal = prorating.propose(ended, people.ben(), Side.manager, [30, 1])
        with trail("month_divided"):
            prorating.agree(proposal, people.ada(), Side.business)

    def test_declining_one_and_overtaking_another(self, ended):
        proposal = prorating.propose(ended, people.ben(), Side.manager, [30, 1])
        with trail("month_proposal_declined"):
            prorating.decline(proposal, people.ada(), Side.business)
        prorating.propose(ended, people.ben(), Side.manager, [30, 1])
        with trail("month_proposal_overtaken"):
            prorating.propose(ended, people.ada(), Side.business, [10, 0])

    def test_reminding_and_lapsing(self, ended):
        proposal = prorating.propose(ended, people.ben(), Side.manager, [30, 1])
        go_to(proposal.remind_at)
        with trail("month_proposal_waits"):
            prorating.remind_of_proposal(str(proposal.id))
        go_to(proposal.expires_at)
        with trail("month_proposal_lapsed"):
            prorating.lapse_proposal(str(proposal.id))
