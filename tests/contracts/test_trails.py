"""What each act on a step's money and work leaves behind, to the last column."""
from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.contracts.commands import clocks, milestones, refunds, settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import calendar, clock
from marketplace.core.money import Money
from marketplace.files.models import Purpose
from marketplace.payments.queries import paid_for
from tests import people
from tests.contracts.test_adrift import decided, taken
from tests.contracts.test_clocks import go_to, posted
from tests.contracts.test_money_turns import sent
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded
from tests.factories.files import make_file
from tests.trail import trail

__all__ = ["posted"]
PART, NOTHING = Money(100_000), Money(0)


class TestWork:
    """Handed in, looked at, approved."""

    def test_handing_in_with_evidence_and_changes(self, app):
        milestone = make_funded()
        ben = milestone.contract.manager.person
        shown = make_file(ben, Purpose.evidence)
        with trail("milestone_delivered"):
            milestones.deliver(milestone, ben, "All twenty posts are out.", ["https://facebook.com/nokshi/1"], shown)
        with trail("changes_asked"):
            milestones.ask_changes(milestone, people.ada(), "Brighter pictures.")
        with trail("milestone_delivered_again"):
            milestones.deliver(milestone, ben, "Brighter.", [])

    def test_handing_in_by_itself_what_is_on_record(self, app, posted):
        milestone = make_funded()
        go_to(calendar.deadline(7, milestone.due_at))
        with trail("record_delivered"):
            clocks.end_waiting(str(milestone.id))

    def test_taking_longer_to_look(self, app):
        milestone = make_delivered()
        with trail("review_extended"):
            milestones.extend_review(milestone, people.ada())

    def test_reminding_whoever_has_not_looked(self, app):
        milestone = make_delivered()
        go_to(milestone.remind_at)
        with trail("review_reminded"):
            milestones.remind_reviewer(str(milestone.id))

    def test_approving(self, app):
        milestone = make_delivered()
        with trail("milestone_approved"):
            milestones.approve(milestone, people.ada())

    def test_approving_a_part(self, app):
        milestone = make_delivered()
        with trail("part_approved"):
            milestones.approve(milestone, people.ada(), PART)

    def test_approving_by_silence(self, app):
        milestone = make_delivered()
        go_to(milestone.review_until)
        with trail("approved_by_silence"):
            milestones.approve_by_silence(str(milestone.id))

    def test_sending_what_was_approved(self, app):
        milestone = make_approved()
        with trail("milestone_released"):
            sent(milestone)

    def test_going_on_beside_a_claim(self, app):
        milestone = make_delivered()
        settlements.freeze(milestone, PART, people.ada(), "Four posts are missing.")
        with trail("changes_asked_beside_a_claim"):
            milestones.ask_changes(milestone, people.ada(), "Brighter pictures.")


class TestMoneyBack:
    """Asked for, given, kept for the next step."""

    def test_asking_for_it_and_giving_it(self, app):
        milestone = make_funded()
        with trail("refund_asked"):
            refunds.ask_refund(milestone, people.ada(), "The season is over.")
        with trail("refund_given"):
            refunds.give_back(milestone, people.ben())

    def test_asking_for_a_part_and_declining(self, app):
        milestone = make_funded()
        with trail("part_asked"):
            request = refunds.ask_refund(milestone, people.ada(), "Half of it is not needed.", PART)
        with trail("refund_declined"):
            refunds.decline_refund(request, people.ben())

    def test_agreeing_to_a_part(self, app):
        milestone = make_funded()
        request = refunds.ask_refund(milestone, people.ada(), "Half of it is not needed.", PART)
        with trail("refund_agreed"):
            refunds.agree_refund(request, people.ben())
        with trail("rest_given_back"):
            refunds.give_back(milestone, people.ben())

    def test_giving_a_part_unasked(self, app):
        milestone = make_funded()
        with trail("part_given_back"):
            refunds.give_back(milestone, people.ben(), "I have no time.", PART)

    def test_keeping_a_part_for_the_next_step_as_long_as_may_be(self, app):
        first, second = milestones_of(make_contract())
        make_funded(first)
        with trail("kept_for_next_asked"):
            request = refunds.ask_refund(first, people.ada(), "Later.", PART, for_next=True)
        with trail("kept_for_next_declined"):
            refunds.decline_refund(request, people.ben())
        request = refunds.ask_refund(first, people.ada(), "Please.", PART, for_next=True)
        with trail("kept_for_next"):
            refunds.agree_refund(request, people.ben())
        go_to(limits.kept_until(second))
        with trail("kept_for_next_returned"):
            clocks.return_kept(str(second.id))

    def test_paying_the_next_step_wholly_from_the_one_before(self, app):
        first, second = milestones_of(make_contract())
        request = refunds.ask_refund(make_funded(first), people.ada(), "Later.", second.amount, for_next=True)
        with trail("next_step_begun"):
            refunds.agree_refund(request, people.ben())


class TestClaims:
    """Frozen, and what becomes of it."""

    @pytest.fixture
    def claimed(self, app) -> Milestone:
        milestone = make_delivered()
        with trail("part_frozen"):
            settlements.freeze(milestone, PART, people.ada(), "Four posts are missing.")
        return milestone

    def test_taking_it_back(self, claimed):
        with trail("claim_withdrawn"):
            settlements.unfreeze(claimed, people.ada(), "They came.")

    def test_dividing_it(self, claimed):
        sam = people.sam()
        with trail("claim_decided"):
            settlements.decide(claimed, to_manager=Money(40_000), to_business=Money(60_000), of_released=NOTHING, by=sam,
                               why="Two are missing.")

    def test_dividing_all(self, app):
        milestone, sam = make_delivered(), people.sam()
        settlements.freeze(milestone, milestone.amount, people.ada(), "Not as agreed.")
        with trail("whole_decided"):
            settlements.decide(milestone, to_manager=PART, to_business=Money(300_000), of_released=NOTHING, by=sam,
                               why="A quarter was done.")

    def test_taking_released_money_back(self, app):
        milestone, sam = make_delivered(), people.sam()
        refunds.give_back(milestone, people.ben(), amount=PART)
        milestones.approve(milestone, people.ada())
        settlements.freeze(milestone, PART, people.ada(), "Not as agreed.")
        with trail("released_decided"):
            settlements.decide(milestone, to_manager=NOTHING, to_business=PART, of_released=PART, by=sam, why="Two are missing.")


class TestClocks:
    """What happens by itself."""

    def test_chasing_and_giving_up(self, app):
        milestone = make_funded()
        go_to(calendar.deadline(3, milestone.due_at))
        with trail("nothing_delivered"):
            clocks.chase(str(milestone.id))
        go_to(calendar.deadline(7, milestone.due_at))
        with trail("waiting_ended"):
            clocks.end_waiting(str(milestone.id))

    def test_warning_and_releasing_at_the_limit(self, app):
        milestone = make_delivered()
        milestones.approve(milestone, people.ada(), PART)
        go_to(calendar.deadline(80, milestone.held_since))
        with trail("held_long"):
            clocks.warn(str(milestone.id))
        go_to(limits.limit_of(milestone.held_since))
        with trail("holding_ended"):
            clocks.end_holding(str(milestone.id))

    def test_moving_a_deadline_for_the_days_the_owner_took(self, app):
        milestone, begun = make_funded(), clock.now()
        clock.move(timedelta(days=3))
        with trail("owner_noted"):
            clocks.note_owner(milestone.contract_id, "grant:1", begun)
        with trail("deadline_moved"):
            clocks.owner_was_late(str(milestone.contract_id), begun.isoformat(), clock.now().isoformat())


class TestBanks:
    """What moved although nobody here asked."""

    @pytest.fixture
    def paid(self, app) -> SimpleNamespace:
        milestone = make_delivered()
        return SimpleNamespace(milestone=milestone, payment=paid_for(f"milestone:{milestone.id}"))

    def test_taking_a_part_and_keeping_it(self, paid):
        with trail("taken_by_a_bank"):
            taken(paid, PART.minor)
        with trail("kept_by_a_bank"):
            decided(paid, "lose")

    def test_keeping_what_was_claimed(self, paid):
        settlements.freeze(paid.milestone, paid.milestone.amount, people.ada(), "Not as agreed.")
        taken(paid)
        decided(paid, "lose")
        with trail("lost_claim_withdrawn"):
            settlements.unfreeze(paid.milestone, people.ada(), "The bank has decided.")

    def test_keeping_all(self, paid):
        taken(paid)
        with trail("all_kept_by_a_bank"):
            decided(paid, "lose")
