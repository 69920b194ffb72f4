"""What both sides see of bids."""
from __future__ import annotations

import pytest

from marketplace.bids import commands, queries
from marketplace.bids.models import Bid, BidStatus
from marketplace.core.db import db
from marketplace.jobs import commands as jobs
from marketplace.managers.models import Kind
from tests import people
from tests.factories.bids import bid_values, make_bid
from tests.factories.businesses import make_business
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager
from tests.pages import errors, read, words
from tests.people import sign_in


@pytest.fixture
def job(app):
    return make_job(make_business(people.ada()))


@pytest.fixture
def ben(app):
    return make_manager(people.ben())


def typed(job, **changes):
    """The bid form as a browser sends it; rows that are not used are empty."""
    values = bid_values(job, **changes)
    shown = {"price_minor": str(values["price_minor"] // 100), "days": str(values["days"]),
             "posts_a_week": str(values["posts_a_week"] or ""), "covers": values["covers"], "strategy": values["strategy"],
             "competing_pages": values["competing_pages"]}
    shown |= {f"answers-{number}": row["answer"] for number, row in enumerate(values["answers"])}
    for number in range(6):
        step = values["milestones"][number] if number < len(values["milestones"]) else {"title": "", "amount_minor": None, "days": ""}
        amount = "" if step["amount_minor"] is None else str(step["amount_minor"] // 100)
        shown |= {f"milestones-{number}-title": step["title"], f"milestones-{number}-amount_minor": amount,
                  f"milestones-{number}-days": str(step["days"])}
    return shown


@pytest.mark.parametrize("language", ["en", "bn"])
def test_a_manager_bids_from_the_job_page(client, job, ben, language):
    people.ben().language = language
    sign_in(client, people.ben())
    button = read(client.get(f"/jobs/{job.id}")).select_one("aside a.btn-next")
    page = read(client.get(button["href"]))
    assert page.find("label", {"for": "answers-0"}).get_text(strip=True).startswith("Which boutiques have you run?")
    assert len(page.select("input[name=covers][checked]")) == 7
    answer = client.post(button["href"], data=typed(job), follow_redirects=True)
    assert answer.status_code == 200, errors(answer)
    bid = db.session.query(Bid).one()
    assert (bid.price_minor, len(bid.milestones), bid.answers[0]["answer"]) == (7_000_00, 2, "Two saree pages for a year.")
    assert {"en": "৳6,300", "bn": "৳\u00a0৬,৩০০"}[language] in answer.text


def test_a_boost_is_bid_on_without_posts(client, ben):
    job = make_job(make_business(people.ada()), Kind.boosting)
    sign_in(client, people.ben())
    assert read(client.get(f"/jobs/{job.id}/bid")).find(id="posts_a_week") is None
    assert client.post(f"/jobs/{job.id}/bid", data=typed(job)).status_code == 303
    assert queries.bids_on(job)[0].cost.you_pay.minor == 6_645_29


def test_who_is_not_vetted_is_told_the_way(client, job):
    make_manager(people.ben(), vetted=())
    sign_in(client, people.ben())
    assert "Only managers vetted" in words(client.get(f"/jobs/{job.id}"))
    assert client.get(f"/jobs/{job.id}/bid").status_code == 403


def test_a_visitor_is_sent_to_sign_in_and_back(client, job):
    link = read(client.get(f"/jobs/{job.id}")).select_one("aside a.btn-next")["href"]
    answer = client.get(link)
    assert answer.status_code == 303
    assert f"next=/jobs/{job.id}/bid" in answer.location.replace("%2F", "/")


@pytest.mark.parametrize(("who", "pays", "gets"), [("ada", "You pay", "The manager gets"), ("ben", "The business pays", "You get")])
def test_a_bid_on_a_boost_names_each_part_of_what_the_business_pays(client, ben, who, pays, gets):
    job = make_job(make_business(people.ada()), Kind.boosting)
    bid = make_bid(job, ben, price_minor=800_00, milestones=[{"title": "The boost", "amount_minor": 800_00, "days": 7}])
    sign_in(client, getattr(people, who)())
    assert sheet(client.get(f"/bids/{bid.id}")) == {
        "Price of the work": "৳800", "Ad money": "৳4,920", "VAT on ads": "৳738", "Card cost": "৳187.29", pays: "৳6,645.29",
        gets: "৳720", "The platform keeps": "৳80", "Meta gets, with VAT": "৳5,658"}


def sheet(answer):
    """The lines of the cost: what each is called, and its sum."""
    return {row.dt.contents[0].strip(): row.dd.get_text(strip=True) for row in read(answer).select(".dy-sum > div")}


def test_the_cost_is_worked_out_and_nothing_kept(client, job, ben):
    sign_in(client, people.ben())
    answer = client.post(f"/jobs/{job.id}/bid", data=typed(job) | {"act": "work_out", "strategy": "Half a"})
    assert (answer.status_code, sheet(answer)) == (200, {
        "Price of the work": "৳7,000", "Card cost": "৳203", "The business pays": "৳7,203", "You get": "৳6,300",
        "The platform keeps": "৳700"})
    assert read(answer).find(id="strategy").get_text(strip=True) == "Half a"
    assert db.session.query(Bid).count() == 0


def test_steps_that_are_not_the_price_and_half_rows_are_said(client, job, ben):
    sign_in(client, people.ben())
    answer = client.post(f"/jobs/{job.id}/bid", data=typed(job) | {"price_minor": "6000"})
    assert answer.status_code == 422
    assert "The steps together must be the price." in words(answer)
    half = client.post(f"/jobs/{job.id}/bid", data=typed(job) | {"milestones-1-title": ""})
    assert set(errors(half)) == {"milestones-1-title"}
    assert db.session.query(Bid).count() == 0


def test_a_promise_of_followers_is_marked_and_cannot_be_kept(client, job, ben):
    sign_in(client, people.ben())
    data = typed(job, strategy="10k followers in a month. Sixty posts.")
    answer = client.post(f"/jobs/{job.id}/bid", data=data | {"keep": "y"})
    assert answer.status_code == 422
    assert read(answer).select_one("mark").contents[0] == "10k followers"
    assert read(answer).find(id="keep") is None
    warned = client.post(f"/jobs/{job.id}/bid", data=typed(job, strategy="Call 01711234567"))
    assert read(warned).find(id="keep")
    assert client.post(f"/jobs/{job.id}/bid", data=typed(job, strategy="Call 01711234567") | {"keep": "y"}).status_code == 303


@pytest.mark.parametrize(("strategy", "answer", "warned"), [
    ("Call 01711234567", "Two pages.", True), ("Sixty posts.", "See my-pages.com/two", True), ("Sixty posts.", "Two pages.", False)])
def test_who_reads_a_bid_that_leads_outside_is_told_what_they_lose(client, ben, strategy, answer, warned):
    job = make_job(make_business(people.ada()), questions=["Which pages do you run?"])
    values = bid_values(job)
    bid = make_bid(job, ben, strategy=strategy, competing_pages="fb.com/rival", answers=[values["answers"][0] | {"answer": answer}])
    address = f"/bids/{bid.id}"
    assert bool(read(sign_in(client, people.ada()).get(address)).select_one(".dy-notice--loss")) == warned
    assert not read(sign_in(client, people.ben()).get(address)).select_one(".dy-notice--loss")


def test_change_and_take_back(client, job, ben):
    bid = make_bid(job, ben)
    sign_in(client, people.ben())
    assert client.post(f"/bids/{bid.id}/edit", data=typed(job, price_minor=6_000_00)).status_code == 303
    assert bid.price_minor == 6_000_00
    assert client.get(f"/jobs/{job.id}/bid").location == f"/bids/{bid.id}"
    client.post(f"/bids/{bid.id}/withdrawal")
    assert bid.status == BidStatus.withdrawn
    assert client.get(f"/bids/{bid.id}/edit").status_code == 409


@pytest.mark.parametrize("language", ["en", "bn"])
def test_my_bids_and_invitations(client, job, ben, language):
    people.ben().language = language
    sign_in(client, people.ben())
    jobs.invite(job, ben, people.ada())
    assert read(client.get("/bids")).select_one("main h3 a").get_text() == job.title
    make_bid(job, ben)
    page = read(client.get("/bids"))
    assert page.select_one("main h3 a") is None
    assert page.select_one("main h2 a").get_text() == job.title


def test_the_business_shortlists_and_declines(client, job, ben):
    bid, other = make_bid(job, ben), make_bid(job, make_manager(people.eve()))
    sign_in(client, people.ada())
    assert [link.get_text() for link in read(client.get(f"/jobs/{job.id}/bids")).select("main h2 a")] == ["Ben Das", "Eve Haque"]
    client.post(f"/bids/{bid.id}/shortlisting")
    assert bid.status == BidStatus.shortlisted
    assert set(errors(client.post(f"/bids/{other.id}/refusal", data={}))) == {"reason"}
    client.post(f"/bids/{other.id}/refusal", data={"reason": "price", "note": "Thank you."})
    assert other.status == BidStatus.declined
    sign_in(client, people.eve())
    assert "Not taken: The price does not fit" in words(client.get(f"/bids/{other.id}"))


@pytest.mark.parametrize("language", ["en", "bn"])
def test_side_by_side_under_the_same_headings(client, job, ben, language):
    make_bid(job, ben, covers=["posts", "inbox"])
    make_bid(job, make_manager(people.eve()), price_minor=6_000_00)
    people.ada().language = language
    sign_in(client, people.ada())
    table = read(client.get(f"/jobs/{job.id}/compare")).select_one("main table")
    rows = {row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")] for row in table.select("tbody tr")}
    if language == "en":
        assert rows["Price"] == ["৳7,000", "৳6,000"]
        assert rows["Taka a post"] == ["৳108.88", "৳93.33"]
        assert rows["Lives"] == ["left out", "yes"]
        assert [cell.get_text(strip=True) for cell in table.select(".is-best")] == ["৳6,000", "৳93.33"]
    assert rows["Which boutiques have you run?"] == ["Two saree pages for a year."] * 2


def test_a_full_job_says_so(client, job, ben):
    for number in range(15):
        make_bid(job, make_manager(people.person_named(f"M{number}", f"m{number}@example.com")))
    sign_in(client, people.ben())
    assert "all the bids it can take" in words(client.get(f"/jobs/{job.id}"))
    answer = client.post(f"/jobs/{job.id}/bid", data=typed(job))
    assert answer.status_code == 422
    assert "all the bids it can take" in words(answer)


def test_the_bid_page_has_the_slot_for_the_offer(client, job, ben):
    bid = make_bid(job, ben)
    sign_in(client, people.ada())
    assert read(client.get(f"/bids/{bid.id}")).find("a", href=f"/bids/{bid.id}/offer")
    commands.begin_offer(bid, people.ada())
    assert read(client.get(f"/bids/{bid.id}")).find("a", href=f"/bids/{bid.id}/offer") is None


@pytest.mark.parametrize("language", ["en", "bn"])
def test_one_question_to_all_from_the_comparison_is_answered_on_the_bid(client, job, ben, language):
    bid = make_bid(job, ben)
    people.ada().language = people.ben().language = language
    sign_in(client, people.ada())
    form = read(client.get(f"/jobs/{job.id}/compare")).select_one("details form")
    refused = client.post(form["action"], data={"text": "call 01711234567"})
    assert refused.status_code == 422
    assert "text" in errors(refused)
    assert client.post(form["action"], data={"text": "কবে শুরু করবেন?"}).status_code == 303
    sign_in(client, people.ben())
    form = read(client.get(f"/bids/{bid.id}")).select_one("main form.dy-form")
    asked = form.select_one("input[name=question]")["value"]
    assert client.post(form["action"], data={"question": asked, "answer": "রবিবার।"}).status_code == 303
    sign_in(client, people.ada())
    row = read(client.get(f"/jobs/{job.id}/compare")).find("th", string="কবে শুরু করবেন?").parent
    assert "রবিবার।" in row.td.get_text()
