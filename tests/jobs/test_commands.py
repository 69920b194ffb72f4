"""Listings: drafts, submission and its limits, what staff decide, time."""
from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from marketplace.core import audit, clock, i18n
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.states import InvalidTransition
from marketplace.jobs import commands, queries
from marketplace.jobs.commands.drafts import _working_hours
from marketplace.jobs.models import Job, JobStatus, SeatStatus
from marketplace.jobs.signals import job_ended, job_opened
from marketplace.ledger import commands as ledger
from marketplace.managers.models import Kind
from tests import people
from tests.factories.businesses import make_business
from tests.factories.jobs import MANAGEMENT, make_draft, make_job, make_submitted
from tests.factories.payments import AMOUNT, make_business_debt
from tests.worker import body, letters, run_jobs, run_sweeps


@pytest.fixture
def business(app):
    return make_business(people.ada())


def heard(signal):
    """What a signal says from now on."""
    said = []
    signal.connect(said.append, weak=False)
    return said


def test_a_draft_starts_with_what_the_business_has_said(business):
    job = commands.create_draft(business, Kind.management, people.ada())
    assert (job.status, job.trade, job.district, job.brand.name) == (JobStatus.draft, business.trade, business.district, business.name)
    assert queries.seat_of(job).role == "all"


def test_a_draft_keeps_columns_and_details_and_its_seat_the_budget(business):
    job = make_draft(business, title="Night inbox", budget_minor=5_000_00, messages_a_day=120)
    db.session.flush()
    db.session.expire_all()
    assert (job.title, job.budget_minor, job.details["messages_a_day"]) == ("Night inbox", 5_000_00, 120)
    assert queries.seat_of(job).budget_minor == 5_000_00


@pytest.mark.parametrize(("payer", "ads"), [("manager", 4_920_00), ("owner", 0)])
def test_ads_are_paid_here_only_when_the_manager_s_card_pays_meta(business, payer, ads):
    job = make_draft(business, Kind.boosting, payer=payer)
    assert job.ad_spend_minor == ads
    assert job.cost.ads_get.minor == ads + ads * 15 // 100


def test_who_owes_what_its_bank_took_back_posts_nothing_until_that_is_over(business):
    """MONEY.md case 12."""
    job = make_draft(business)
    debtor = make_business_debt(business)
    with pytest.raises(WrongState) as refusal:
        commands.submit(job, people.ada(), keep=True)
    with i18n.speaking("en"):
        assert "Pay what you owe" in str(refusal.value.message)
    assert job.status == JobStatus.draft
    ledger.write_off("over", debtor=debtor, amount=AMOUNT)
    commands.submit(job, people.ada(), keep=True)
    assert job.status == JobStatus.in_review


def test_submitting_asks_the_team_and_starts_its_clock(business):
    clock.move(datetime(2026, 11, 23, 5, tzinfo=clock.DHAKA) - clock.now())
    job = make_submitted(business)
    assert job.status == JobStatus.in_review
    assert job.review_due_at.astimezone(clock.DHAKA).strftime("%d %H:%M") == "23 13:00"


@pytest.mark.parametrize(("sent", "due"), [
    ("2026-11-22 10:00", "2026-11-22 14:00"), ("2026-11-22 19:00", "2026-11-23 11:00"), ("2026-11-22 23:00", "2026-11-23 13:00"),
    ("2026-12-15 20:00", "2026-12-17 12:00"),  # over a holiday
])
def test_working_hours_run_from_nine_to_nine(sent, due):
    start = datetime.fromisoformat(sent).replace(tzinfo=clock.DHAKA)
    assert _working_hours(start, 4).astimezone(clock.DHAKA).strftime("%Y-%m-%d %H:%M") == due


@pytest.mark.parametrize("field", ["title", "goal", "description", "platforms", "budget_minor", "brand_id"])
def test_what_is_missing_is_named(business, field):
    job = make_draft(business, **{field: None if field in ("budget_minor", "brand_id") else MANAGEMENT[field][:0]})
    with pytest.raises(Invalid) as refusal:
        commands.submit(job, people.ada())
    assert refusal.value.field == field


def test_found_sentences_are_a_warning_first_and_kept_on_wish(business):
    job = make_draft(business, description="Call 01711234567. The advance goes by bKash.")
    with pytest.raises(commands.Warned) as warned:
        commands.submit(job, people.ada())
    assert {finding.rule for finding in warned.value.findings} == {"phone", "advance"}
    commands.submit(job, people.ada(), keep=True)
    assert job.kept
    assert {row["rule"] for row in job.findings} == {"phone", "advance"}


def test_one_job_until_the_page_is_proven_three_until_money_was_paid_in(business):
    commands.submit(make_draft(business), people.ada())
    second = make_draft(business)
    with pytest.raises(Invalid, match="Invalid"):
        commands.submit(second, people.ada())
    business.page_proven_at = clock.now()
    for job in (second, make_draft(business)):
        commands.submit(job, people.ada())
    with pytest.raises(Invalid):
        commands.submit(make_draft(business), people.ada())
    business.funded_contracts = 1
    commands.submit(make_draft(business), people.ada())
    assert queries.open_count(business) == 4


def test_an_ended_job_frees_its_place(business):
    job = make_draft(business)
    commands.submit(job, people.ada())
    commands.close(job, people.ada())
    commands.submit(make_draft(business), people.ada())


def test_two_drafts_sent_at_once_cannot_pass_the_limit_together(committed):
    business = make_business(people.ada())
    keys = [make_draft(business).id for _ in range(2)]
    author = people.ada().id
    db.session.commit()
    outcomes, both = [], Barrier(2)

    def send(key):
        with committed.app_context():
            job, person = db.session.get(Job, key), db.session.get(type(people.ada()), author)
            both.wait()
            try:
                commands.submit(job, person)
                db.session.commit()
                outcomes.append("sent")
            except Invalid:
                db.session.rollback()
                outcomes.append("refused")

    threads = [Thread(target=send, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "sent"]


def test_what_is_submitted_cannot_be_typed_over(business):
    job = make_submitted(business)
    with pytest.raises(WrongState):
        commands.save_draft(job, {"title": "Other"})


def test_approval_publishes_for_thirty_days_tells_the_owner_and_announces(business):
    opened = heard(job_opened)
    job = make_submitted(business)
    commands.approve(job, people.sam())
    assert job.expires_at - job.published_at == timedelta(days=30)
    assert opened == [job]
    run_jobs()
    assert "published" in letters("ada@example.com")[-1]["Subject"]


def test_sent_back_with_reasons_mended_and_sent_again(business):
    job = make_submitted(business, description="Make me an admin of the page")
    with pytest.raises(Invalid):
        commands.send_back(job, people.sam(), [])
    commands.send_back(job, people.sam(), ["admin", "unclear"], "Say how many posts.")
    assert job.status == JobStatus.sent_back
    assert queries.last_sent_back(job).findings[0]["rule"] == "admin"
    run_jobs()
    letter = body(letters("ada@example.com")[-1])
    assert "Leave out making somebody admin" in letter
    assert "Say how many posts." in letter
    commands.save_draft(job, {"description": "Sixty posts a month, inbox until ten."})
    assert job.status == JobStatus.draft
    assert queries.last_sent_back(job)
    commands.submit(job, people.ada())
    assert (job.status, job.submissions, job.findings) == (JobStatus.in_review, 2, [])


@pytest.mark.parametrize(("values", "again"), [
    ({"budget_minor": 8_000_00}, True), ({"description": "Something else."}, True), ({"holiday_hours": "Closed on Friday"}, False),
    ({"holiday_hours": "Call 01711234567"}, True),
])
def test_price_scope_and_links_send_a_published_job_back_to_the_team(business, values, again):
    job = make_job(business)
    published = job.published_at
    assert commands.change(job, values, people.ada(), keep=True) is again
    assert job.status == (JobStatus.in_review if again else JobStatus.open)
    if again:
        commands.approve(job, people.sam())
    assert (job.status, job.published_at) == (JobStatus.open, published)


def test_a_published_job_is_announced_once(business):
    job = make_job(business)
    opened = heard(job_opened)
    commands.change(job, {"budget_minor": 8_000_00}, people.ada())
    commands.approve(job, people.sam())
    assert opened == []


def test_taken_down_with_a_reason_and_ended_for_bidders(business):
    ended = heard(job_ended)
    job = make_job(business)
    commands.remove(job, people.sam(), ["fraud"], "It asks for codes.")
    assert (job.status, ended) == (JobStatus.removed, [job])
    assert [entry.action for entry in audit.history(job)][0] == "job.remove"
    run_jobs()
    assert "outside Dayitto" in body(letters("ada@example.com")[-1])


def test_two_decisions_about_one_listing(business):
    job = make_job(business)
    with pytest.raises(InvalidTransition):
        commands.approve(job, people.sam())


def test_a_warning_five_days_before_the_end_then_the_end_each_once(business):
    job = make_job(business)
    run_sweeps()
    assert job.warned_at is None
    clock.move(timedelta(days=25, minutes=1))
    run_sweeps()
    run_sweeps()
    subjects = [letter["Subject"] for letter in letters("ada@example.com")]
    assert sum("ends in a few days" in subject for subject in subjects) == 1
    clock.move(timedelta(days=5))
    run_sweeps()
    run_sweeps()
    assert (job.status, queries.seat_of(job).status) == (JobStatus.expired, SeatStatus.closed)
    assert sum("has ended" in letter["Subject"] for letter in letters("ada@example.com")) == 1


def test_the_last_seat_fills_the_job(business):
    ended = heard(job_ended)
    job = make_job(business)
    seat = queries.seat_of(job)
    commands.offer_seat(seat)
    commands.free_seat(seat)
    commands.fill_seat(seat)
    assert (seat.status, job.status, ended) == (SeatStatus.filled, JobStatus.filled, [job])


def test_paused_and_back(business):
    job = make_job(business)
    commands.pause(job, people.ada())
    assert not job.listed
    commands.resume(job, people.ada())
    assert job.listed


def test_questions_are_clean_answered_once_and_told(business):
    job = make_job(business)
    with pytest.raises(Invalid) as refusal:
        commands.ask(job, people.ben(), "Whom shall I call? 01711234567")
    assert refusal.value.field == "text"
    question = commands.ask(job, people.ben(), "Who edits the videos?")
    assert queries.answered(job) == []
    commands.answer(question, "We do.", people.ada())
    assert queries.answered(job) == [question]
    with pytest.raises(WrongState):
        commands.answer(question, "You do.", people.ada())
    run_jobs()
    assert "We do." in body(letters("ben@example.com")[-1])
