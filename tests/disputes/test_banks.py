"""A bank keeps what is claimed: the claim is only about what is left, and neither dispute nor step waits for ever."""
from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.contracts.commands import milestones
from marketplace.contracts.models import MilestoneStatus as M
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.disputes import commands, queries
from marketplace.disputes.models import DisputeStatus as S
from marketplace.disputes.models import Outcome, ProposalStatus
from marketplace.payments.queries import paid_for, refunds_of
from tests import people
from tests.contracts.test_adrift import decided, taken
from tests.factories.contracts import make_delivered
from tests.factories.disputes import make_decided, make_dispute, make_mediated
from tests.people import sign_in
from tests.worker import letters, run_jobs


@pytest.fixture
def paid(app) -> SimpleNamespace:
    """৳1,000 of ৳4,000 was released; ada claims ৳2,000 of the rest, ben would give half of it."""
    people.ada().language = people.ben().language = "en"
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), Money(100_000))
    dispute = make_mediated(make_dispute(milestone, amount=200_000))
    proposal = commands.propose(dispute, people.ben(), dispute.by_side.other, Money(100_000))
    return SimpleNamespace(milestone=milestone, dispute=dispute, proposal=proposal, payment=paid_for(f"milestone:{milestone.id}"))


def kept(paid: SimpleNamespace, amount: int) -> None:
    """Its bank takes so much and keeps it."""
    taken(paid, amount)
    decided(paid, "lose")
    run_jobs()


def told(address: str) -> list[str]:
    return [letter.get_body(("plain",)).get_content() for letter in letters(address) if "the bank" in letter["Subject"]]


def test_of_what_a_bank_kept_nothing_is_claimed_any_more_and_the_rest_is_decided(paid):
    kept(paid, 150_000)
    assert (paid.dispute.claimed_minor, paid.milestone.frozen_minor, paid.proposal.status) == (150_000, 150_000, ProposalStatus.lapsed)
    assert [len(told(address)) for address in ("ada@example.com", "ben@example.com")] == [1, 1]
    make_decided(paid.dispute, to_manager=150_000)
    assert (paid.milestone.status, paid.milestone.released_minor, paid.milestone.returned_minor) == (M.resolved, 250_000, 150_000)


def test_of_what_the_bank_left_the_business_gets_its_part_too(paid):
    kept(paid, 150_000)
    make_decided(paid.dispute, to_manager=50_000)
    assert (paid.milestone.status, paid.milestone.released_minor, paid.milestone.returned_minor) == (M.resolved, 150_000, 250_000)
    assert [refund.amount for refund in refunds_of(paid.payment)] == [Money(100_000)]


def test_with_nothing_left_dispute_and_step_end_and_both_are_told(paid):
    kept(paid, 300_000)
    assert (paid.dispute.status, paid.dispute.outcome, paid.dispute.to_business) == (S.decided, Outcome.bank, Money(200_000))
    assert (paid.milestone.status, paid.milestone.released_minor, paid.milestone.returned_minor) == (M.approved, 100_000, 300_000)
    assert [len(told(address)) for address in ("ada@example.com", "ben@example.com")] == [1, 1]
    assert not paid.dispute.lost_by_manager


def test_what_a_bank_kept_of_the_rest_leaves_the_claim_alone(paid):
    kept(paid, 100_000)
    commands.lower_claim(str(paid.dispute.id))
    assert (paid.dispute.claimed_minor, paid.dispute.status, paid.proposal.status) == (200_000, S.mediation, ProposalStatus.open)
    assert told("ada@example.com") == []


def test_a_dispute_that_was_withdrawn_meanwhile_stays_so(paid):
    commands.withdraw(paid.dispute, people.ada())
    kept(paid, 300_000)
    commands.lower_claim(str(paid.dispute.id))
    assert (paid.dispute.status, paid.dispute.claimed_minor, paid.milestone.status) == (S.withdrawn, 200_000, M.approved)


def test_its_page_says_that_the_bank_kept_it(paid, client):
    kept(paid, 300_000)
    db.session.commit()
    text = sign_in(client, people.ben()).get(f"/disputes/{paid.dispute.id}").get_data(as_text=True)
    assert "The bank kept it" in text
    assert "settled it" not in text
    assert queries.open_proposal(paid.dispute) is None
