"""A month that ends early: what was delivered is paid, the rest returns; proposed, answered, and by silence."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, milestones, prorating
from marketplace.contracts.models import MilestoneStatus, MonthProposalStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, months
from marketplace.core import audit, calendar, clock, i18n
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from tests import people
from tests.contracts.retainers import english, month, to, told
from tests.factories.contracts import make_delivered
from tests.factories.retainers import PRICE, make_next_month, make_retainer
from tests.worker import body, letters, queued, run_jobs, run_sweeps

__all__ = ["english", "month"]


class TestEndedEarly:
    """What was delivered is paid, the rest returns."""

    @pytest.fixture
    def ended(self, english):
        """Ten of about thirty days in, the contract ends."""
        contract = make_retainer()
        make_next_month(contract)
        month = queries.months_of(contract)[0]
        to(month.starts_at + (month.ends_at - month.starts_at) / 3)
        contracts.end_contract(contract, people.ada(), Side.business, "The shop moves.")
        return month

    def test_the_days_that_passed_are_the_beginning(self, ended):
        posts, videos = months.elapsed(ended)
        assert 60 // 3 - 3 <= posts <= 60 // 3 + 3
        assert videos == 1

    @pytest.mark.parametrize(("done", "earned"), [([60, 4], PRICE), ([0, 0], 0), ([60, 0], PRICE // 2), ([1, 0], 5833)])
    def test_each_line_bears_the_same_part_of_the_price(self, ended, done, earned):
        assert months.earned(ended.milestone, done) == Money(earned)

    @pytest.mark.parametrize("done", [[61, 0], [1], [0, 0, 0], [-1, 0]])
    def test_more_than_agreed_is_refused(self, ended, done):
        with pytest.raises(Invalid):
            months.earned(ended.milestone, done)

    def test_agreed_it_is_divided_and_sums_to_the_whole(self, ended):
        milestone = ended.milestone
        proposal = prorating.propose(milestone, people.ben(), Side.manager, [30, 1])
        with pytest.raises(NotAllowed):
            prorating.agree(proposal, people.ben(), Side.manager)
        prorating.watch_proposals()
        assert not [job for job in queued() if "proposal" in job.task_name], "neither reminded of nor over yet"
        prorating.agree(proposal, people.ada(), Side.business)
        assert audit.history(proposal)[0].actor == f"person:{people.ada().id}"
        assert (milestone.released_minor, milestone.returned_minor, milestone.held) == (262_500, 437_500, Money(0))
        assert milestone.status == MilestoneStatus.approved
        assert books.held(f"milestone:{milestone.id}") == Money(0)
        with pytest.raises(WrongState):
            prorating.agree(proposal, people.ada(), Side.business)

    @pytest.mark.parametrize(("released", "earned"), [(100_000, 162_500), (262_500, 0), (400_000, 0)])
    def test_what_was_released_before_is_not_paid_again(self, ended, released, earned):
        milestone = ended.milestone
        milestones.approve(make_delivered(milestone), people.ada(), Money(released))
        proposal = prorating.propose(milestone, people.ben(), Side.manager, [30, 1])
        assert (proposal.to_manager, proposal.to_business) == (Money(earned), Money(PRICE - released - earned))
        prorating.agree(proposal, people.ada(), Side.business)
        assert (milestone.released_minor, milestone.held) == (released + earned, Money(0))

    def test_declined_the_money_stays_held(self, ended):
        proposal = prorating.propose(ended.milestone, people.ben(), Side.manager, [60, 4])
        prorating.decline(proposal, people.ada(), Side.business)
        assert (proposal.status, ended.milestone.held) == (MonthProposalStatus.declined, Money(PRICE))

    def test_a_later_proposal_overtakes_and_what_went_another_way_too(self, ended):
        first = prorating.propose(ended.milestone, people.ben(), Side.manager, [60, 4])
        second = prorating.propose(ended.milestone, people.ada(), Side.business, [10, 0])
        assert (first.status, second.status) == (MonthProposalStatus.withdrawn, MonthProposalStatus.open)
        milestones.approve(make_delivered(ended.milestone), people.ada())
        assert second.status == MonthProposalStatus.withdrawn

    def test_a_day_before_the_other_side_is_reminded_once_and_then_it_lapses(self, ended):
        asked_at = clock.now()
        proposal = prorating.propose(ended.milestone, people.ben(), Side.manager, [30, 1])
        assert calendar.deadline(7, asked_at) <= proposal.expires_at <= calendar.deadline(7)
        to(proposal.remind_at - timedelta(minutes=2))
        run_sweeps()
        assert not told("Please answer")
        to(proposal.remind_at)
        run_sweeps()
        run_sweeps()
        assert len(told("Please answer")) == 1
        to(proposal.expires_at)
        with pytest.raises(WrongState):
            prorating.agree(proposal, people.ada(), Side.business)
        run_sweeps()
        assert (proposal.status, ended.milestone.held) == (MonthProposalStatus.lapsed, Money(PRICE))
        assert [len(told("lapsed", person.email)) for person in (people.ada(), people.ben())] == [1, 1]
        assert prorating.propose(ended.milestone, people.ben(), Side.manager, [20, 1]).status == MonthProposalStatus.open

    def test_handed_in_after_the_end_silence_pays_what_its_days_earned_and_returns_the_rest(self, ended):
        milestone, share = ended.milestone, months.earned(ended.milestone, months.elapsed(ended))
        make_delivered(milestone)
        assert queries.open_proposal(milestone).to_manager == share
        run_jobs()
        said = next(body(letter) for letter in letters("ada@example.com") if "agree to what the manager asks for" in body(letter))
        with i18n.speaking("en"):
            assert i18n.money(share.minor) in said
            assert i18n.money(PRICE - share.minor) in said
        to(milestone.review_until)
        run_sweeps()
        assert Money(0) < share < Money(PRICE // 2)
        assert (milestone.released_minor, milestone.returned_minor) == (share.minor, PRICE - share.minor)
        assert milestone.approved_by_silence
        assert books.held(f"milestone:{milestone.id}") == Money(0)

    def test_handed_in_before_the_end_too(self, english):
        contract = make_retainer()
        make_next_month(contract)
        first = queries.months_of(contract)[0]
        make_delivered(first.milestone)
        clock.move(timedelta(days=2))
        contracts.end_contract(contract, people.ben(), Side.manager, "Off to Sylhet.")
        to(first.milestone.review_until)
        run_sweeps()
        assert 0 < first.milestone.released_minor < PRICE // 10

    def test_ended_before_its_first_day_silence_returns_all(self, english):
        contract = make_retainer(starts_on=(clock.today() + timedelta(days=3)).date().isoformat())
        make_next_month(contract)
        first = queries.months_of(contract)[0]
        contracts.end_contract(contract, people.ben(), Side.manager, "Off to Sylhet.")
        make_delivered(first.milestone)
        to(first.milestone.review_until)
        run_sweeps()
        assert (first.milestone.status, first.milestone.returned_minor) == (MilestoneStatus.refunded, PRICE)

    def test_a_month_that_was_over_before_the_end_is_paid_whole_by_silence(self, english):
        contract = make_retainer()
        make_next_month(contract)
        first = queries.months_of(contract)[0]
        to(first.ends_at)
        contracts.end_contract(contract, people.ada(), Side.business, "Enough.")
        milestones.deliver_record(first.milestone, "Posts: 60")
        to(first.milestone.review_until)
        run_sweeps()
        assert (first.milestone.released_minor, first.milestone.returned_minor) == (PRICE, 0)

    def test_what_the_record_hands_in_and_what_is_held_too_long_is_divided_so_too(self, ended):
        milestone, share = ended.milestone, months.earned(ended.milestone, months.elapsed(ended))
        milestones.deliver_record(milestone, "Posts: 20")
        assert queries.open_proposal(milestone) is None
        milestone.review_until = milestone.remind_at = None
        to(limits.limit_of(milestone.held_since))
        run_sweeps()
        assert (milestone.released_minor, milestone.returned_minor) == (share.minor, PRICE - share.minor)

    def test_the_business_may_release_more_and_a_proposal_stands_that_was_made_before(self, ended):
        milestone = ended.milestone
        proposal = prorating.propose(milestone, people.ben(), Side.manager, [60, 4])
        make_delivered(milestone)
        assert queries.open_proposal(milestone) == proposal
        milestones.approve(milestone, people.ada())
        assert milestone.released_minor == PRICE

    def test_days_of_a_pause_in_which_it_ended_do_not_count(self, english):
        contract = make_retainer()
        make_next_month(contract)
        first = queries.months_of(contract)[0]
        to(first.starts_at, timedelta(days=10))
        contracts.pause_contract(contract, people.ada(), Side.business, "Eid")
        before = months.elapsed(first)
        clock.move(timedelta(days=10))
        contracts.end_contract(contract, people.ada(), Side.business, "Enough.")
        assert months.elapsed(first) == before

    def test_only_after_the_end(self, month):
        first = queries.months_of(month.milestone.contract)[0]
        with pytest.raises(WrongState):
            prorating.propose(first.milestone, people.ben(), Side.manager, [60, 4])
