"""Bids: who may, how many, what they may say, and what the business and the offers above do with them."""
from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from marketplace.bids import commands, queries
from marketplace.bids.models import Bid, BidStatus
from marketplace.bids.signals import bid_submitted
from marketplace.core import clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.errors import DomainError, Invalid, NotAllowed, WrongState
from marketplace.core.states import InvalidTransition
from marketplace.jobs import commands as jobs
from marketplace.jobs.models import Job, JobStatus, SeatStatus
from marketplace.jobs.queries import seat_of
from marketplace.managers.models import Kind, Manager
from tests import people
from tests.factories.bids import bid_values, make_bid
from tests.factories.businesses import make_business, make_member
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager
from tests.worker import body, letters, run_jobs


@pytest.fixture
def job(app):
    return make_job(make_business(people.ada()))


@pytest.fixture
def ben(app):
    return make_manager(people.ben())


def another(number, **changes):
    """A further vetted manager."""
    return make_manager(people.person_named(f"Manager {number}", f"m{number}@example.com"), **changes)


def test_a_bid_is_stored_counted_announced_and_the_business_told(job, ben):
    said = []
    bid_submitted.connect(said.append, weak=False)
    bid = make_bid(job, ben)
    db.session.expire_all()
    assert ([step.amount_minor for step in bid.milestones], bid.price_minor, job.bid_count) == ([3_500_00, 3_500_00], 7_000_00, 1)
    assert (bid.cost.you_pay.minor, bid.cost.manager_gets.minor) == (7_203_00, 6_300_00)
    assert said == [bid]
    run_jobs()
    assert "A bid from Ben Das" in letters("ada@example.com")[-1]["Subject"]


@pytest.mark.parametrize(("vetted", "kind"), [((), Kind.management), (("management",), Kind.boosting), (("boosting",), Kind.management)])
def test_only_managers_vetted_for_the_kind_bid(app, vetted, kind):
    job, manager = make_job(make_business(people.ada()), kind), make_manager(people.ben(), vetted=vetted)
    with pytest.raises(NotAllowed):
        make_bid(job, manager)


def test_vetting_that_has_ended_is_none(job, ben):
    ben.management_until = clock.now() - timedelta(seconds=1)
    with pytest.raises(NotAllowed):
        make_bid(job, ben)


def test_nobody_bids_on_a_job_of_their_own_business(job, ben):
    make_member(job.business, people.ben())
    with pytest.raises(NotAllowed):
        make_bid(job, ben)


@pytest.mark.parametrize("verb", ["pause", "close"])
def test_a_job_that_is_not_open_takes_none(job, ben, verb):
    getattr(jobs, verb)(job, people.ada())
    with pytest.raises(WrongState):
        make_bid(job, ben)


def test_one_bid_a_manager_and_again_after_it_was_taken_back(job, ben):
    bid = make_bid(job, ben)
    with pytest.raises(WrongState):
        make_bid(job, ben)
    commands.withdraw(bid, people.ben())
    assert job.bid_count == 0
    assert make_bid(job, ben).status == BidStatus.submitted


@pytest.mark.parametrize("amounts", [[], [6_999_99], [3_500_00, 3_500_01], [1_000_00] * 7])
def test_one_to_six_steps_that_are_the_price(job, ben, amounts):
    steps = [{"title": "Step", "amount_minor": amount, "days": 5} for amount in amounts]
    with pytest.raises(Invalid) as refusal:
        make_bid(job, ben, milestones=steps)
    assert refusal.value.field == "milestones"


@pytest.mark.parametrize(("text", "keep", "taken"), [
    ("Call 01711234567", False, False), ("Call 01711234567", True, True), ("Give me the admin role", True, False),
    ("50% advance by bKash", True, False), ("10k followers guaranteed", True, False),
])
def test_contacts_are_a_warning_promises_keys_and_advances_are_refused(job, ben, text, keep, taken):
    values = bid_values(job, strategy=text)
    if taken:
        assert commands.submit_bid(job, ben, values, people.ben(), keep).strategy == text
    else:
        with pytest.raises(commands.Warned) as warned:
            commands.submit_bid(job, ben, values, people.ben(), keep)
        assert warned.value.findings[0].field == "strategy"


def test_what_was_held_stays_on_record_for_the_moderators(job, ben):
    with pytest.raises(commands.Warned):
        make_bid(job, ben, strategy="The OTP comes to me")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "firewall.hold")).one()
    assert (entry.actor, entry.subject, entry.details["findings"][0]["text"]) == (f"person:{people.ben().id}", f"job:{job.id}", "OTP")


def test_fifteen_bids_a_job_those_taken_back_and_the_invited_not_counted(job, ben):
    first = [make_bid(job, another(number)) for number in range(15)][0]
    with pytest.raises(Invalid, match="Invalid"):
        make_bid(job, ben)
    commands.withdraw(first, first.manager.person)
    make_bid(job, ben)
    invited = another(99)
    with pytest.raises(Invalid):
        make_bid(job, invited)
    jobs.invite(job, invited, people.ada())
    assert make_bid(job, invited)
    run_jobs()
    assert "invited" in letters("m99@example.com")[0]["Subject"]


def test_ten_open_bids_a_manager(ben):
    business = make_business(people.ada())
    business.funded_contracts = 1
    bids = [make_bid(make_job(business), ben) for _ in range(10)]
    with pytest.raises(Invalid):
        make_bid(make_job(business), ben)
    commands.decline(bids[0], people.ada(), "price")
    assert make_bid(make_job(business), ben)


def test_the_last_place_goes_to_one_of_two_at_once(committed):
    job = make_job(make_business(people.ada()))
    for number in range(14):
        make_bid(job, another(number))
    late = [another(number).id for number in (50, 51)]
    job_id = job.id
    db.session.commit()
    outcomes, both = [], Barrier(2)

    def bid(manager_id):
        with committed.app_context():
            job, manager = db.session.get(Job, job_id), db.session.get(Manager, manager_id)
            values = bid_values(job)
            both.wait()
            try:
                commands.submit_bid(job, manager, values, manager.person)
                db.session.commit()
                outcomes.append("in")
            except DomainError:
                db.session.rollback()
                outcomes.append("full")

    threads = [Thread(target=bid, args=(key,)) for key in late]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full", "in"]
    db.session.expire_all()
    assert db.session.query(Bid).count() == 15


def test_a_bid_may_be_changed_until_it_is_shortlisted(job, ben):
    bid = make_bid(job, ben)
    commands.edit_bid(bid, bid_values(job, price_minor=6_000_00), people.ben())
    assert (bid.price_minor, [step.amount_minor for step in bid.milestones]) == (6_000_00, [3_000_00, 3_000_00])
    commands.shortlist(bid, people.ada())
    with pytest.raises(InvalidTransition):
        commands.edit_bid(bid, bid_values(job), people.ben())
    commands.unlist(bid, people.ada())
    commands.edit_bid(bid, bid_values(job), people.ben())


def test_a_refusal_tells_its_reason_and_takes_no_contacts(job, ben):
    bid = make_bid(job, ben)
    with pytest.raises(Invalid) as refusal:
        commands.decline(bid, people.ada(), "price", "Call me: 01711234567")
    assert refusal.value.field == "note"
    commands.decline(bid, people.ada(), "price", "Perhaps next month.")
    run_jobs()
    said = body(letters("ben@example.com")[-1])
    assert "The price does not fit" in said
    assert "Perhaps next month." in said


def test_an_offer_and_its_end_and_a_contract(job, ben):
    bid, other = make_bid(job, ben), make_bid(job, another(1))
    commands.begin_offer(bid, people.ada())
    assert (bid.status, seat_of(job).status) == (BidStatus.offered, SeatStatus.offered)
    for act in (lambda: commands.withdraw(bid, people.ben()), lambda: commands.decline(bid, people.ada(), "price")):
        with pytest.raises(WrongState):
            act()
    commands.end_offer(bid)
    assert (bid.status, seat_of(job).status) == (BidStatus.shortlisted, SeatStatus.open)
    commands.begin_offer(bid, people.ada())
    commands.accept(bid, people.ben())
    assert (bid.status, other.status, seat_of(job).status, job.status) == (
        BidStatus.accepted, BidStatus.lapsed, SeatStatus.filled, JobStatus.filled)
    run_jobs()
    assert "has ended" in letters("m1@example.com")[-1]["Subject"]


def test_a_job_that_ends_ends_its_bids(job, ben):
    bid = make_bid(job, ben)
    jobs.remove(job, people.sam(), ["fraud"])
    assert bid.status == BidStatus.lapsed
    assert queries.room(ben, job).open == 0


def test_one_question_to_all_who_bid_and_each_answers_once(job, ben):
    bid, other = make_bid(job, ben), make_bid(job, another(1))
    gone = make_bid(job, another(2))
    commands.withdraw(gone, gone.manager.person)
    commands.ask_all(job, "When can you begin?", people.ada())
    run_jobs()
    for address, told in (("ben@example.com", 1), ("m1@example.com", 1), ("m2@example.com", 0)):
        assert sum("question to everybody" in letter["Subject"] for letter in letters(address)) == told
    assert queries.unanswered(bid) == ["When can you begin?"]
    commands.answer_question(bid, "When can you begin?", "On Sunday.", people.ben())
    assert (bid.answers[-1], queries.unanswered(bid)) == ({"question": "When can you begin?", "answer": "On Sunday."}, [])
    assert queries.unanswered(other) == ["When can you begin?"]
    for question in ("When can you begin?", "Something nobody asked?"):
        with pytest.raises(WrongState):
            commands.answer_question(bid, question, "Later.", people.ben())
    run_jobs()
    assert "On Sunday." in body(letters("ada@example.com")[-1])


@pytest.mark.parametrize("text", ["My number is 01711234567, call me", "Which boutiques have you run?"])
def test_a_question_to_all_is_clean_and_new(job, text):
    with pytest.raises(Invalid) as refusal:
        commands.ask_all(job, text, people.ada())
    assert refusal.value.field == "text"


def test_at_most_five_questions_and_none_when_the_job_is_over(job):
    for number in range(4):
        commands.ask_all(job, f"Question {number}?", people.ada())
    with pytest.raises(Invalid):
        commands.ask_all(job, "One more?", people.ada())
    jobs.close(job, people.ada())
    with pytest.raises(WrongState):
        commands.ask_all(job, "And now?", people.ada())


def test_an_answer_with_a_number_is_refused(job, ben):
    bid = make_bid(job, ben)
    commands.ask_all(job, "When can you begin?", people.ada())
    with pytest.raises(Invalid) as refusal:
        commands.answer_question(bid, "When can you begin?", "Call 01711234567", people.ben())
    assert refusal.value.field == "answer"
