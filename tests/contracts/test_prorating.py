"""What of a month was delivered when it ended early, and what that earns: by days, line by line, never more than is free."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.contracts.commands import contracts, milestones, prorating, refunds
from marketplace.contracts.models import Contract, Milestone, Month
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of, months
from marketplace.core import clock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from tests import people
from tests.factories.contracts import make_funded
from tests.factories.retainers import make_next_month, make_retainer

BEGINS = datetime(2026, 11, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=30)
LINES = [{"title": "Posts", "count": 60}, {"title": "Videos", "count": 4}]


def make(ended_at: datetime | None = None, **columns: int) -> Milestone:
    """A month of thirty days for $7,000."""
    parts = dict.fromkeys(("released_minor", "returned_minor", "rolled_minor", "frozen_minor", "adrift_minor"), 0)
    return Milestone(status=S.funded, called="", days=30, amount_minor=700_000, currency="USD",
                     contract=Contract(terms={"billing": "monthly", "lines": LINES}, ended_at=ended_at), **(parts | columns))


@pytest.mark.parametrize(("ended_at", "done"), [
    (None, [60, 4]), (BEGINS - timedelta(days=3), [0, 0]), (BEGINS, [0, 0]), (BEGINS + timedelta(days=1), [2, 0]),
    (BEGINS + timedelta(days=15), [30, 2]), (ENDS - timedelta(days=1), [58, 3]), (ENDS, [60, 4]), (ENDS + timedelta(days=40), [60, 4])])
def test_what_would_have_been_delivered_goes_by_the_days(ended_at, done):
    assert months.elapsed(Month(milestone=make(ended_at), starts_at=BEGINS, ends_at=ENDS)) == done


def test_days_of_a_pause_do_not_count():
    month = Month(milestone=make(ENDS + timedelta(days=5)), starts_at=BEGINS, ends_at=ENDS + timedelta(days=10))
    assert months.elapsed(month) == [50, 3]


@pytest.mark.parametrize(("done", "earned"), [
    ([60, 4], 700_000), ([0, 0], 0), ([60, 0], 350_000), ([0, 1], 87_500), ([1, 0], 5_833), ([59, 4], 694_166)])
def test_each_line_bears_the_same_part_of_the_price(done, earned):
    assert months.earned(make(), done) == Money(earned, "USD")


def test_no_more_is_earned_than_is_free():
    assert months.earned(make(returned_minor=300_000), [60, 4]) == Money(400_000, "USD")


@pytest.mark.parametrize("done", [[61, 4], [60, 5], [-1, 0], [60], [60, 4, 0], []])
def test_what_was_not_agreed_is_said_beside_its_field(app, done):
    with pytest.raises(Invalid) as refusal:
        months.earned(make(), done)
    assert refusal.value.field == "done"


@pytest.fixture
def ended(app) -> Milestone:
    """The first month of a contract that one side ended on its first day."""
    contract = make_retainer()
    make_next_month(contract)
    contracts.end_contract(contract, people.ada(), Side.business, "The shop moves.")
    return milestones_of(contract)[0]


def test_what_is_not_a_month_is_not_divided(app):
    milestone = make_funded()
    milestone.contract.ended_at = clock.now()
    with pytest.raises(WrongState):
        prorating.propose(milestone, people.ben(), Side.manager, [60, 4])


def test_what_is_not_held_any_more_is_not_divided(ended):
    refunds.give_back(ended, people.ben())
    with pytest.raises(WrongState):
        prorating.propose(ended, people.ben(), Side.manager, [60, 4])


def test_who_proposed_does_not_answer(ended):
    proposal = prorating.propose(ended, people.ben(), Side.manager, [60, 4])
    for answer in (prorating.agree, prorating.decline):
        with pytest.raises(NotAllowed):
            answer(proposal, people.ben(), Side.manager)
    assert (proposal.status, ended.held) == ("open", ended.amount)


def test_at_its_last_moment_it_is_over(ended, monkeypatch):
    proposal = prorating.propose(ended, people.ben(), Side.manager, [60, 4])
    monkeypatch.setattr(clock, "now", lambda: proposal.expires_at)
    with pytest.raises(WrongState):
        prorating.agree(proposal, people.ada(), Side.business)
    assert proposal.status == "open"


@pytest.mark.parametrize(("done", "status"), [([60, 4], S.approved), ([0, 0], S.refunded)])
def test_all_may_go_one_way(ended, done, status):
    prorating.agree(prorating.propose(ended, people.ben(), Side.manager, done), people.ada(), Side.business)
    assert ended.status == status


def test_a_month_goes_on_as_ever_when_a_proposal_was_answered(ended):
    proposal = prorating.propose(ended, people.ben(), Side.manager, [60, 4])
    prorating.decline(proposal, people.ada(), Side.business)
    milestones.deliver(ended, people.ben(), "Done.", [])
    milestones.approve(ended, people.ada())
    assert (proposal.status, ended.status) == ("declined", S.approved)


@pytest.mark.parametrize("late", [False, True])
def test_it_is_reminded_of_only_before_it_is_over(ended, monkeypatch, late):
    proposal = prorating.propose(ended, people.ben(), Side.manager, [60, 4])
    remind_at, now = proposal.remind_at, proposal.expires_at if late else proposal.remind_at
    monkeypatch.setattr(clock, "now", lambda: now)
    prorating.remind_of_proposal(str(proposal.id))
    assert proposal.remind_at == (remind_at if late else None)
