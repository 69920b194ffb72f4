"""Monthly contracts: one month ahead, told in time; pauses."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, milestones, retainers
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.core import clock, i18n
from marketplace.reporting.queries import titles
from tests import people
from tests.contracts.retainers import by_card, charges, english, month, sweep_through, to, told
from tests.factories.access import make_grant
from tests.factories.contracts import make_delivered, make_funded
from tests.factories.retainers import PRICE, make_next_month, make_retainer
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.worker import run_sweeps

__all__ = ["by_card", "english", "month", "sandbox_program", "stripe_app", "world"]
FUNDED, PLANNED = MilestoneStatus.funded, MilestoneStatus.planned


class TestMonths:
    """Which months there are, and which days they have."""

    def test_the_first_is_paid_by_hand_and_the_next_stands_one_ahead(self, english):
        contract = make_retainer()
        [first] = queries.months_of(contract)
        assert (first.milestone.status, first.charge_at) == (PLANNED, None)
        make_next_month(contract)
        first, second = queries.months_of(contract)
        assert (second.starts_at, second.ends_at) == (first.ends_at, retainers.a_month_after(first.ends_at))
        assert (second.milestone.position, second.milestone.amount_minor, second.milestone.status) == (2, PRICE, PLANNED)
        assert timedelta(0) <= first.milestone.due_at - first.ends_at < timedelta(days=5)
        for language, begun, ahead in (("en", "Month 1: ", "Month 2"), ("bn", "মাস ১: ", "মাস ২")):
            with i18n.speaking(language):
                assert first.milestone.title.startswith(begun)
                assert titles([f"milestone:{second.milestone_id}"])[f"milestone:{second.milestone_id}"].endswith(f": {ahead}")

    @pytest.mark.parametrize(("day", "following"), [("2027-01-31", "2027-02-28"), ("2026-12-15", "2027-01-15")])
    def test_a_month_is_a_calendar_month_in_dhaka(self, day, following):
        moment = datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.DHAKA)
        assert retainers.a_month_after(moment).astimezone(clock.DHAKA).date().isoformat() == following

    def test_paid_late_it_begins_on_the_day_it_is_paid(self, month):
        clock.move(month.starts_at + timedelta(days=4) - clock.now())
        milestone = make_funded(month.milestone)
        assert month.starts_at.astimezone(clock.DHAKA).date() == clock.today().date()
        assert month.ends_at == retainers.a_month_after(month.starts_at)
        third = queries.months_of(milestone.contract)[2]
        assert third.starts_at == month.ends_at

    def test_it_is_due_at_its_end_however_early_it_is_paid(self, month):
        make_funded(month.milestone)
        assert month.milestone.due_at <= clock.now() + timedelta(days=65)
        assert len(queries.months_of(month.milestone.contract)) == 3

    def test_an_ended_contract_has_no_next_month(self, english):
        contract = make_retainer()
        contracts.end_contract(contract, people.ada(), Side.business, "Over.")
        make_funded(queries.milestones_of(contract)[0])
        assert len(queries.months_of(contract)) == 1

    def test_not_paid_by_its_start_access_is_suspended_after_two_days_and_comes_back(self, english):
        contract = make_retainer()
        month = make_next_month(contract)
        grant = make_grant(contract)
        first = queries.milestones_of(contract)[0]
        milestones.approve(make_delivered(first), people.ada())
        clock.move(timedelta(days=1))
        run_sweeps()
        assert grant.status == "active"
        clock.move(timedelta(days=1, minutes=1))
        run_sweeps()
        assert grant.status == "suspended"
        make_funded(month.milestone)
        assert grant.status == "active"


class TestTelling:
    """5 days and 1 day before; and when the worker was away."""

    def test_it_is_told_five_days_and_one_day_before_with_amount_and_day(self, month):
        to(month.charge_at - timedelta(days=5), timedelta(minutes=-2))
        run_sweeps()
        assert told("next month") == []
        clock.move(timedelta(minutes=5))
        run_sweeps()
        run_sweeps()
        retainers.tell_month(str(month.id))
        assert len(told("next month")) == 1
        assert "৳7,000" in told("next month")[0]
        to(month.charge_at - timedelta(days=1))
        run_sweeps()
        run_sweeps()
        assert len(told("next month")) == 2

    def test_a_month_that_is_paid_is_not_told(self, month):
        make_funded(month.milestone)
        to(month.charge_at - timedelta(hours=1))
        run_sweeps()
        assert [subject for subject in told("next month") if "by" in subject] == []

    def test_a_worker_that_was_away_tells_first_and_charges_a_day_later(self, by_card, world):
        """Down from before the first letter until after the day of payment."""
        day = by_card.charge_at
        to(day, timedelta(days=3))
        run_sweeps()
        assert (len(told("next month")), charges(world), by_card.milestone.status) == (1, [], PLANNED)
        assert by_card.charge_at >= clock.now() + timedelta(hours=23)
        to(by_card.charge_at)
        run_sweeps()
        run_sweeps()
        assert (len(charges(world)), by_card.milestone.status) == (1, FUNDED)

    def test_a_clock_that_jumps_back_tells_and_charges_nothing_again(self, by_card, world):
        sweep_through(by_card)
        clock.move(timedelta(days=-10))
        run_sweeps()
        clock.move(timedelta(days=10))
        run_sweeps()
        assert (len(charges(world)), len([one for one in told("next month") if "by" in one])) == (1, 2)


class TestResting:
    """Days of a pause come later."""

    def test_a_pause_moves_the_months_end_its_deadline_and_the_next_payment(self, month):
        contract = month.milestone.contract
        first = queries.months_of(contract)[0]
        ends, starts, due = first.ends_at, month.starts_at, first.milestone.due_at
        contracts.pause_contract(contract, people.ada(), Side.business, "Eid")
        clock.move(timedelta(days=10))
        contracts.resume_contract(contract, people.ada())
        ten = timedelta(days=10, minutes=1)
        assert ten > first.ends_at - ends >= timedelta(days=10)
        assert ten > month.starts_at - starts >= timedelta(days=10)
        assert first.milestone.due_at >= due + timedelta(days=10)
        assert month.charge_at >= month.starts_at

    def test_a_month_that_was_over_before_the_pause_stays(self, month):
        make_funded(month.milestone)
        first = queries.months_of(month.milestone.contract)[0]
        ends = first.ends_at
        to(ends, timedelta(days=2))
        contracts.pause_contract(month.milestone.contract, people.ada(), Side.business, "Eid")
        clock.move(timedelta(days=3))
        contracts.resume_contract(month.milestone.contract, people.ada())
        assert first.ends_at == ends

    def test_after_a_pause_the_new_day_is_told_anew(self, month):
        to(month.charge_at - timedelta(days=1))
        run_sweeps()
        contracts.pause_contract(month.milestone.contract, people.ada(), Side.business, "Eid")
        clock.move(timedelta(days=10))
        contracts.resume_contract(month.milestone.contract, people.ada())
        to(month.charge_at - timedelta(days=1))
        run_sweeps()
        assert len(told("next month")) == 2
