"""What people see of listings."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.jobs import commands, queries
from marketplace.jobs.models import Job, JobStatus
from marketplace.managers.models import Kind
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.factories.jobs import BOOSTING, MANAGEMENT, make_draft, make_job, make_submitted
from tests.pages import errors, read, words
from tests.people import sign_in


@pytest.fixture
def business(app):
    return make_business(people.ada())


@pytest.fixture
def ada(client, business):
    return sign_in(client, people.ada())


def typed(values, business, **changes):
    """The form of a listing as a browser sends it."""
    from marketplace.businesses.queries import brands
    shown = values | {"brand_id": str(brands(business)[0].id), "questions": "\n".join(values["questions"])} | changes
    for name in ("budget_minor", "dollars_minor", "rate_minor"):
        if isinstance(shown.get(name), int):
            shown[name] = str(shown[name] // 100)
    return {name: value for name, value in shown.items() if value not in (None, [])}


def test_choosing_a_kind_makes_the_draft_at_once(ada):
    page = read(ada.get("/jobs/new?q=night+inbox"))
    assert [button.get_text(strip=True) for button in page.select("main button[name=kind]")] == ["Write this job", "Write this boost"]
    answer = ada.post("/jobs/new", data={"kind": "management", "title": "night inbox"})
    job = db.session.query(Job).one()
    assert (answer.status_code, answer.location, job.status) == (303, f"/jobs/{job.id}/edit", JobStatus.draft)
    assert read(ada.get(answer.location)).find(id="title")["value"] == "night inbox"


def test_whoever_has_no_business_begins_one_first(client, app):
    sign_in(client, people.ben())
    assert client.get("/jobs/new").location == "/businesses/new"


def test_a_viewer_may_look_but_not_write(client, business):
    make_member(business, people.eve())
    job = make_draft(business)
    sign_in(client, people.eve())
    assert client.get("/jobs/new").status_code == 403
    assert client.get(f"/jobs/{job.id}/edit").status_code == 403
    assert client.get(f"/jobs/{job.id}").status_code == 200


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_of_a_form_is_stored_and_shown_again(ada, business, kind, language):
    people.ada().language = language
    values = BOOSTING if kind == Kind.boosting else MANAGEMENT
    job = commands.create_draft(business, kind, people.ada())
    answer = ada.post(f"/jobs/{job.id}/edit", data=typed(values, business, act="preview"))
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}/preview"), errors(answer)
    db.session.expire_all()
    for name, value in values.items():
        assert getattr(job, name, job.details.get(name)) == value, name
    page = read(ada.get(f"/jobs/{job.id}/edit"))
    assert page.find(id="title")["value"] == values["title"]
    assert page.select_one("form.dy-form")["data-draft-url"] == f"/jobs/{job.id}/draft"
    with i18n.speaking(language):
        assert page.find(id="budget_minor")["value"] == i18n.digits(str(values["budget_minor"] // 100))


def test_typing_is_saved_as_it_comes_and_what_is_wrong_is_left_out(ada, business):
    job = make_draft(business)
    answer = ada.post(f"/jobs/{job.id}/draft", data=typed(MANAGEMENT, business, title="Half a ti", posts_a_week="many", description=""))
    db.session.expire_all()
    assert (answer.status_code, job.title, job.description, job.details["posts_a_week"]) == (204, "Half a ti", "", 15)


def test_a_draft_may_be_saved_half_empty_but_not_with_what_cannot_be_read(ada, business):
    job = commands.create_draft(business, Kind.management, people.ada())
    assert ada.post(f"/jobs/{job.id}/edit", data={"act": "save", "title": "Only a title"}).status_code == 303
    assert job.title == "Only a title"
    answer = ada.post(f"/jobs/{job.id}/edit", data={"act": "save", "title": "Other", "budget_minor": "a lot"})
    assert answer.status_code == 422
    assert set(errors(answer)) == {"budget_minor"}
    assert read(answer).find(id="budget_minor")["value"] == "a lot"


def test_what_is_missing_is_said_beside_each_field_and_nothing_is_lost(ada, business):
    job = commands.create_draft(business, Kind.boosting, people.ada())
    data = typed(BOOSTING, business, act="preview", link="https://evil.example/x", age_until="15")
    answer = ada.post(f"/jobs/{job.id}/edit", data=data | {"days": ""})
    assert answer.status_code == 422
    assert set(errors(answer)) == {"link", "days", "age_until"}
    assert read(answer).find(id="description").get_text(strip=True) == BOOSTING["description"]


@pytest.mark.parametrize(("kind", "whole", "gets", "keeps"), [(Kind.management, "৳7,203", "৳6,300", "৳700"),
                                                              (Kind.boosting, "৳6,645.29", "৳720", "৳80")])
def test_the_cost_is_worked_out_without_script_and_with(ada, business, kind, whole, gets, keeps):
    job = commands.create_draft(business, kind, people.ada())
    data = typed(BOOSTING if kind == Kind.boosting else MANAGEMENT, business, description="")
    for answer in (ada.post(f"/jobs/{job.id}/edit", data=data | {"act": "work_out"}), ada.post(f"/jobs/{job.id}/cost", data=data)):
        assert answer.status_code == 200
        sheet = {row.dt.contents[0].strip(): row.dd.get_text(strip=True) for row in read(answer).select(".dy-sum > div")}
        assert (sheet["You pay"], sheet["Manager gets"], sheet["Dayitto keeps"]) == (whole, gets, keeps)
    db.session.expire_all()
    assert job.budget_minor is None


def test_bengali_digits_are_taken_and_shown(ada, business):
    people.ada().language = "bn"
    job = commands.create_draft(business, Kind.management, people.ada())
    answer = ada.post(f"/jobs/{job.id}/cost", data=typed(MANAGEMENT, business, budget_minor="৭,০০০"))
    assert "৳\u00a0৭,২০৩" in answer.text


def test_the_preview_sends_it_to_the_team(ada, business):
    job = make_draft(business)
    assert MANAGEMENT["description"] in words(ada.get(f"/jobs/{job.id}/preview"))
    answer = ada.post(f"/jobs/{job.id}/submission", follow_redirects=True)
    assert "The team is reading it" in words(answer)
    assert job.status == JobStatus.in_review


def test_found_sentences_are_marked_with_the_reason_and_may_be_kept(ada, business):
    job = make_draft(business, description="Good pay. Call 01711234567 today.")
    answer = ada.post(f"/jobs/{job.id}/submission")
    page = read(answer)
    assert answer.status_code == 422
    assert page.select_one("mark").contents[0] == "01711234567"
    assert "Numbers are shared once a contract is active" in words(answer)
    assert page.find(id="keep")
    assert job.status == JobStatus.draft
    assert ada.post(f"/jobs/{job.id}/submission", data={"keep": "y"}).status_code == 303
    assert (job.status, job.kept) == (JobStatus.in_review, True)


def test_an_unfinished_draft_is_not_sent(ada, business):
    job = make_draft(business, photos=None)
    answer = ada.post(f"/jobs/{job.id}/submission")
    assert answer.status_code == 422
    assert "photos" in errors(answer)


def test_the_limit_is_said_and_the_draft_kept(ada, business):
    commands.submit(make_draft(business), people.ada())
    job = make_draft(business)
    answer = ada.post(f"/jobs/{job.id}/submission")
    assert answer.status_code == 422
    assert "One job may be open until you connect your page" in words(answer)
    assert job.status == JobStatus.draft


def test_the_business_sees_why_it_came_back_and_mends_it(ada, business):
    job = make_submitted(business, description="Make me an admin of the page now.")
    commands.send_back(job, people.sam(), ["admin"], "Then send it again.")
    for path in (f"/jobs/{job.id}", f"/jobs/{job.id}/edit"):
        seen = words(ada.get(path))
        assert "Leave out making somebody admin" in seen
        assert "Then send it again." in seen
    assert read(ada.get(f"/jobs/{job.id}")).select_one("mark").contents[0] == "Make me an admin"
    ada.post(f"/jobs/{job.id}/edit", data=typed(MANAGEMENT, business, act="preview"))
    ada.post(f"/jobs/{job.id}/submission")
    assert (job.status, job.submissions) == (JobStatus.in_review, 2)


def test_changing_the_price_of_an_open_job_sends_it_back_to_the_team(ada, business):
    job = make_job(business)
    answer = ada.post(f"/jobs/{job.id}/change", data=typed(MANAGEMENT, business, budget_minor="9000"), follow_redirects=True)
    assert "The team reads it again" in words(answer)
    assert (job.status, job.budget_minor) == (JobStatus.in_review, 9_000_00)


def test_a_refused_change_changes_nothing(ada, business):
    job = make_job(business)
    answer = ada.post(f"/jobs/{job.id}/change", data=typed(MANAGEMENT, business, description="Call 01711234567"))
    assert answer.status_code == 422
    assert read(answer).select_one("mark")
    db.session.expire_all()
    assert (job.status, job.description) == (JobStatus.open, MANAGEMENT["description"])


@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_list_searches_filters_and_says_when_nothing_fits(client, business, language):
    make_job(business)
    client.set_cookie("language", language)
    assert [link.get_text() for link in read(client.get("/jobs?q=বুটিক&kind=management")).select("main h2 a")] == [MANAGEMENT["title"]]
    empty = read(client.get("/jobs?q=clinic")).select_one(".dy-empty")
    assert empty.a["href"] == "/jobs"
    assert empty.h2.get_text() == {"en": "No open job matches", "bn": "এমন কোনো কাজ এখন খোলা নেই"}[language]


@pytest.mark.parametrize(("language", "page", "boost"), [
    ("en", "Page management · 15 posts a week · 80 messages a day", "Boosting · $40 × ৳123 · 7 days"),
    ("bn", "পেজ চালানো · সপ্তাহে ১৫টা পোস্ট · দিনে ৮০টা মেসেজ", "বুস্টিং · $৪০ × ৳ ১২৩ · ৭ দিন")])
def test_a_line_of_the_list_says_what_is_asked_and_nothing_of_what_is_not(client, business, language, page, boost):
    make_job(business, lives_a_month=0)
    make_job(business, Kind.boosting)
    shown = read(client.get("/jobs", headers={"Accept-Language": language})).select(".dy-rows li p:nth-of-type(2)")
    lines = [line.get_text(" ", strip=True).replace("\u00a0", "") for line in shown if not line.time]
    assert lines == [boost.replace("৳ ", "৳"), page]


def test_what_changes_in_a_listing_is_seen_at_once(client, business):
    job = make_job(business)
    english = {"Accept-Language": "en"}
    for change in ({"title": "Only the inbox"}, {"bid_count": 3}, {"budget_minor": 9_100_00},
                   {"details": job.details | {"posts_a_week": 21}}, {"published_at": job.published_at - timedelta(hours=5)}):
        before = words(client.get("/jobs", headers=english))
        for name, value in change.items():
            setattr(job, name, value)
        assert words(client.get("/jobs", headers=english)) != before, change
    business.name = "Nokshi & Sons"
    clock.move(timedelta(hours=2))
    shown = words(client.get("/jobs", headers=english))
    for said in ("Only the inbox", "3 bids", "৳9,100", "21 posts a week", "7 hours ago", "Nokshi & Sons"):
        assert said in shown


def test_filters_of_the_list_stay_chosen_and_unknown_ones_are_left_out(client, business):
    make_job(business)
    page = read(client.get("/jobs?trade=boutique&district=atlantis&budget=7000&kind=nothing"))
    assert {option["value"] for option in page.select("option[selected]")} == {"boutique", "7000"}
    assert len(page.select(".dy-rows li")) == 1


@pytest.mark.parametrize("language", ["en", "bn"])
def test_a_visitor_reads_a_job_and_never_the_business_s_contact(client, business, language):
    business.funded_contracts, business.approval_delay_hours = 3, 7
    job = make_job(business)
    client.set_cookie("language", language)
    answer = client.get(f"/jobs/{job.id}")
    page, seen = read(answer), words(answer)
    assert page.html["lang"] == language
    for fact in {"en": ("80", "7 hours", "10:00–22:00", "Contracts paid in before"), "bn": ("৮০", "৭ ঘণ্টা", "১০:০০–২২:০০")}[language]:
        assert fact in seen
    assert page.find("meta", property="og:title")["content"] == MANAGEMENT["title"]
    assert "ada@example.com" not in answer.text
    assert "Ada Rahman" not in answer.text


def test_a_link_of_a_boost_is_not_public(client, business):
    job = make_job(business, Kind.boosting)
    assert "facebook.com/nokshi" not in client.get(f"/jobs/{job.id}").text


def test_a_question_is_public_with_its_answer(client, business):
    job = make_job(business)
    sign_in(client, people.ben())
    refused = client.post(f"/jobs/{job.id}/questions", data={"text": "WhatsApp e knock den"})
    assert refused.status_code == 422
    assert set(errors(refused)) == {"text"}
    client.post(f"/jobs/{job.id}/questions", data={"text": "Who edits the videos?"})
    assert "Who edits the videos?" not in words(client.get(f"/jobs/{job.id}"))
    sign_in(client, people.ada())
    question = queries.questions_about(job)[0]
    client.post(f"/job-questions/{question.id}/answer", data={f"{question.id}-answer": "We do."})
    sign_in(client, people.ben())
    seen = words(client.get(f"/jobs/{job.id}"))
    assert "Who edits the videos?" in seen
    assert "We do." in seen


def test_my_jobs_with_their_states(ada, business):
    assert "No job yet" in words(ada.get("/jobs/mine"))
    make_draft(business, title="A draft")
    make_submitted(business, title="Waiting")
    make_job(business, title="Open one")
    rows = [" ".join(row.get_text(" ").split()) for row in read(ada.get("/jobs/mine")).select(".dy-rows > li")]
    assert [row.split(" Page")[0] for row in rows] == ["Open one Open", "Waiting The team is reading it", "A draft Draft"]


def test_a_job_is_paused_taken_up_and_ended(ada, business):
    job = make_job(business)
    ada.post(f"/jobs/{job.id}/pause")
    assert job.status == JobStatus.paused
    ada.post(f"/jobs/{job.id}/resumption")
    assert ada.post(f"/jobs/{job.id}/resumption").status_code == 409
    assert ada.post(f"/jobs/{job.id}/closing", data={"why": "not_now"}).status_code == 303
    assert job.status == JobStatus.closed


def test_the_desk_shows_what_was_found_and_what_is_alike(client, business):
    make_job(business, title="Saree page")
    job = make_submitted(business, title="Saree page", description=MANAGEMENT["description"] + " 10k followers wanted, call 01711234567")
    sign_in(client, people.sam())
    row = " ".join(read(client.get("/staff/jobs")).select_one(".dy-queue li").get_text(" ").split())
    for said in ("Saree page", "Guaranteed likes", "Phone number", "the same as another"):
        assert said in row
    case = read(client.get(f"/staff/jobs/{job.id}"))
    assert [mark.contents[0] for mark in case.select("main mark")] == ["10k followers", "01711234567"]
    checked = [box["value"] for box in case.select("input[name=reasons][checked]")]
    assert checked == ["guarantee", "phone"]


@pytest.mark.parametrize("language", ["en", "bn"])
def test_staff_send_back_and_publish(client, business, language):
    people.sam().language = language
    job = make_submitted(business)
    sign_in(client, people.sam())
    refused = client.post(f"/staff/jobs/{job.id}/return", data={"note": "Hm"})
    assert refused.status_code == 422
    assert set(errors(refused)) == {"reasons"}
    client.post(f"/staff/jobs/{job.id}/return", data={"reasons": ["unclear"]})
    assert job.status == JobStatus.sent_back
    commands.submit(job, people.ada())
    client.post(f"/staff/jobs/{job.id}/approval")
    assert job.status == JobStatus.open
    assert read(client.get("/staff/jobs")).select_one(".dy-empty")
    client.post(f"/staff/jobs/{job.id}/removal", data={"reasons": ["fraud"]})
    assert job.status == JobStatus.removed


def test_nobody_decides_about_their_own_business_s_listing(client, business):
    make_member(business, people.sam())
    job = make_submitted(business)
    sign_in(client, people.sam())
    assert "somebody else decides" in words(client.get(f"/staff/jobs/{job.id}"))
    assert client.post(f"/staff/jobs/{job.id}/approval").status_code == 403
    assert job.status == JobStatus.in_review
