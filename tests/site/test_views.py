"""The pages around everything else, as people and machines see them."""
from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from marketplace.accounts.models import Intention
from tests.factories.businesses import make_business
from tests.factories.contracts import make_milestone, make_offer
from tests.factories.jobs import make_job
from tests.factories.managers import make_item, make_manager
from tests.pages import read, words
from tests.people import ada, ben, eve, person_named, sam, sign_in

ENGLISH = {"Accept-Language": "en"}


def button(answer) -> str:
    """The one marigold button of the page: where it leads."""
    found = read(answer).main.select(".btn-next")
    assert len(found) == 1
    return found[0]["href"]


def test_the_empty_shop_invites_instead_of_counting(client):
    seen = words(client.get("/", headers=ENGLISH))
    assert "We have just opened" in seen
    assert "The first place is free" in seen


def test_the_shop_shows_managers_with_their_work(client):
    manager = make_manager(ben())
    make_item(manager, "Eid collection")
    page = read(client.get("/", headers=ENGLISH))
    card = page.select_one(f"a[href='/managers/{manager.slug}']")
    assert "৳7,000" in card.get_text()
    assert card.find("img", alt="Eid collection")
    assert page.select_one(".dy-figures dd").get_text() == "1"
    assert "We have just opened" not in page.get_text()


@pytest.mark.parametrize(("intends", "path"), [(Intention.business, "/businesses/new"), (Intention.manager, "/profile")])
def test_somebody_new_is_offered_the_first_step(client, intends, path):
    person = person_named("Nadia", "nadia@example.com", intends=intends)
    answer = sign_in(client, person).get("/home")
    assert button(answer) == path
    assert "First steps" in words(answer)


def test_the_next_step_follows_what_was_done(client):
    business = make_business(ada())
    assert button(sign_in(client, ada()).get("/home")) == "/jobs/new"
    make_job(business)
    assert button(client.get("/home")) == "/jobs/mine"


def test_what_waits_leads_to_its_page(client):
    offer = make_offer()
    page = read(sign_in(client, ben()).get("/home"))
    row = page.main.select_one(f"a[href='/offers/{offer.id}']")
    assert "An offer waits for your answer" in row.get_text()
    milestone = make_milestone(None)
    assert milestone.contract.title in words(sign_in(client, ada()).get("/home"))


def test_new_notices_are_said(client):
    make_offer()
    assert "new notice" in words(sign_in(client, ben()).get("/home"))


def test_nothing_waits_for_somebody_without_roles(client):
    person = person_named("Nadia", "nadia@example.com")
    assert "Nothing waits for you" in words(sign_in(client, person).get("/home"))


@pytest.mark.parametrize(("language", "greeting"), [("bn", "Sam Akter, ভালো আছেন?"), ("en", "Hello, Sam Akter")])
def test_the_start_page_in_both_languages(client, language, greeting):
    sam().language = language
    assert read(sign_in(client, sam()).get("/home")).h1.get_text() == greeting


def test_the_service_worker_is_at_the_root_and_never_stale(client):
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert '"/offline"' in answer.text
    assert "offline.js" in sign_in(client, eve()).get("/home").text


@pytest.mark.parametrize(("language", "heading"), [("bn", "নেটওয়ার্ক নেই"), ("en", "No network")])
def test_the_page_for_no_network_names_nobody(client, language, heading):
    eve().language = language
    answer = sign_in(client, eve()).get("/offline")
    assert read(answer).h1.get_text() == heading
    assert "Eve" not in answer.text


def test_the_site_installs_under_its_own_name(client):
    manifest = json.loads(client.get("/manifest.webmanifest").text)
    assert (manifest["name"], manifest["start_url"], manifest["display"]) == ("Dayitto", "/", "standalone")


def test_the_sitemap(client):
    manager, job = make_manager(ben()), make_job(make_business(ada()))
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    found = [element.text for element in ElementTree.fromstring(answer.text).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert {f"http://localhost/managers/{manager.slug}", f"http://localhost/jobs/{job.id}", "http://localhost/"} <= set(found)
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
