"""Monthly contracts: one month ahead, told in time, charged once and only by consent; pauses, and a month that ends early."""
from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import requests
from sqlalchemy import select, text

from marketplace.accounts.models import Person
from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, milestones, prorating, retainers
from marketplace.contracts.commands.funding import start_funding
from marketplace.contracts.models import Milestone, MilestoneStatus, Month, MonthProposalStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, months
from marketplace.core import audit, calendar, clock, i18n
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.commands.charges import carry_out_charge
from marketplace.payments.models import Card, Payment
from marketplace.reporting.queries import titles
from tests import people
from tests.factories.access import make_grant
from tests.factories.contracts import make_delivered, make_funded
from tests.factories.payments import make_paid
from tests.factories.retainers import PRICE, make_consent, make_next_month, make_retainer, make_saved_card
from tests.payments.conftest import committed_stripe, sandbox_program, stripe_app, world
from tests.sandbox_program import THREE_D_SECURE
from tests.worker import body, letters, queued, run_jobs, run_sweeps

__all__ = ["committed_stripe", "sandbox_program", "stripe_app", "world"]
FUNDED, PLANNED, FUNDING = MilestoneStatus.funded, MilestoneStatus.planned, MilestoneStatus.funding


def told(word: str, address: str = "ada@example.com") -> list[str]:
    """Subjects of the letters that arrived with this word."""
    run_jobs()
    return [letter["Subject"] for letter in letters(address) if word in letter["Subject"]]


def to(moment: datetime, beyond: timedelta = timedelta(minutes=1)) -> None:
    """Move the clock to a moment and a bit."""
    clock.move(moment - clock.now() + beyond)


def sweep_through(month: Month) -> None:
    """Let the sweeps run on the days that matter to a month, as a worker that was never away."""
    for before in (5, 1, 0):
        to(month.charge_at - timedelta(days=before))
        run_sweeps()


def charges(world) -> list[dict]:
    """What Stripe charged besides the payment that brought the card."""
    return [one for one in world.call("GET", "charges")["data"] if one["paid"]][:-1]


@pytest.fixture
def english(app):
    people.ada().language = "en"


@pytest.fixture
def month(english):
    """The second month of a retainer, paid by hand so far."""
    return make_next_month()


@pytest.fixture
def by_card(stripe_app, world):
    """The second month of a retainer, with a card at Stripe that may be charged for it."""
    people.ada().language = "en"
    month = make_next_month()
    contract = month.milestone.contract
    make_paid(world, keep_card=True, business=contract.business)
    make_consent(contract, db.session.scalars(select(Card)).one())
    return month


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


class TestAtOnce:
    """Real commits: two workers, two tabs."""

    @pytest.fixture
    def ready(self, committed_stripe, world):
        """A month whose day of payment is now, told before, with consent."""
        month = make_next_month()
        contract = month.milestone.contract
        make_paid(world, keep_card=True, business=contract.business)
        make_consent(contract, db.session.scalars(select(Card)).one())
        month.announced_at = month.reminded_at = clock.now() - timedelta(days=2)
        month.charge_at = clock.now() - timedelta(minutes=1)
        db.session.commit()
        return month

    def meet(self, app, *acts) -> list:
        """Do these at once, each in a process's own session; what each ended with."""
        begin = threading.Barrier(len(acts))

        def one(act):
            with app.app_context():
                begin.wait()
                try:
                    act()
                    db.session.commit()
                except WrongState as refusal:
                    db.session.rollback()
                    return type(refusal)

        with ThreadPoolExecutor(len(acts)) as hands:
            return list(hands.map(one, acts))

    def test_two_workers_are_one_charge(self, committed_stripe, world, ready):
        key = str(ready.id)
        self.meet(committed_stripe, lambda: retainers.charge_month(key), lambda: retainers.charge_month(key))
        [payment] = db.session.scalars(select(Payment).where(Payment.card_id.is_not(None)))
        self.meet(committed_stripe, *[lambda: carry_out_charge(str(payment.id))] * 2)
        db.session.expire_all()
        assert (len(charges(world)), ready.milestone.status) == (1, FUNDED)

    def test_a_worker_that_had_read_it_before_another_charged_tells_nothing(self, committed_stripe, ready):
        assert (ready.tried_at, ready.milestone.status) == (None, PLANNED)
        with committed_stripe.app_context():
            retainers.charge_month(str(ready.id))
            db.session.commit()
        retainers.charge_month(str(ready.id))
        assert told("was not charged") == []

    def test_two_tabs_are_one_charge(self, committed_stripe, world, ready):
        milestone_id, ada = ready.milestone_id, people.ada().id
        card = db.session.scalars(select(Card.id)).one()

        def click():
            retainers.fund_by_card(db.session.get(Milestone, milestone_id), db.session.get(Person, ada), db.session.get(Card, card))

        assert self.meet(committed_stripe, click, click).count(None) == 1
        assert len(db.session.scalars(select(Payment).where(Payment.card_id.is_not(None))).all()) == 1


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
