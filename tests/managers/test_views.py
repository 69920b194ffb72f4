"""What people read and write of profiles."""
import io
from datetime import date

import pytest
from PIL import Image

from marketplace.core import clock
from marketplace.managers import queries
from tests import people
from tests.factories.files import upload
from tests.factories.managers import PROFILE, make_item, make_manager, make_package
from tests.pages import errors, read, words

ENGLISH = {"Accept-Language": "en"}
PACKAGE = {"title": "চালু দোকান", "kind": "management", "price_minor": "৭,০০০", "posts": "৯০", "videos": "4", "messages_a_day": "40",
           "description": ""}


@pytest.fixture
def ben(app, client):
    """ben's browser."""
    return people.sign_in(client, people.ben())


def test_a_profile_is_written_published_and_found(app, ben):
    assert "Begin your profile" in words(ben.get("/profile"))
    ben.post("/profile", data={"name": "Ben Das", "district": ""})
    assert "Still missing" in words(ben.get("/profile"))
    ben.post("/profile", data={"name": "Ben Das", **PROFILE})
    ben.post("/profile/packages/new", data=PACKAGE)
    ben.post("/profile/portfolio/new", data={"title": "Eid", "text": "", "picture": upload()})
    assert "৭,০০০" not in words(ben.get("/profile")), "an English reader reads Latin digits"
    assert "They pay ৳7,000 · you get ৳6,300" in words(ben.get("/profile"))
    assert app.test_client().get("/managers/ben-das").status_code == 404
    ben.post("/profile/publication")
    visitor = app.test_client()
    assert "Ben Das" in words(visitor.get("/managers?q=বুটিক", headers=ENGLISH))
    picture = read(visitor.get("/managers/ben-das")).select_one(".dy-folio img")
    assert Image.open(io.BytesIO(visitor.get(picture["src"]).data)).format == "WEBP"


def test_a_profile_says_who_was_checked_for_what_and_what_one_pays(app, client):
    make_item(make_manager(people.ben()))
    page = words(client.get("/managers/ben-das", headers=ENGLISH))
    for said in ("National ID", "by two people of our team", "Page management: valid until", "You pay ৳7,203 by card", "90 posts",
                 "4 videos", "জি আপু, একদম খাঁটি সুতি", "Next free date Today", "Invite Ben Das"):
        assert said in page


def test_a_profile_can_be_found_and_shared(app, client):
    make_item(make_manager(people.ben()))
    page = read(client.get("/managers/ben-das"))
    tags = {tag.get("property") or tag.get("name"): tag.get("content") for tag in page.head.find_all("meta")}
    assert tags["description"] == tags["og:description"] == PROFILE["headline"]
    assert tags["og:image"].startswith("http://localhost/files/")
    assert page.head.find("link", rel="canonical")["href"] == "http://localhost/managers/ben-das"
    assert "robots" not in tags
    assert page.title.text.startswith("Ben Das")


@pytest.mark.parametrize(("language", "unvetted", "free"), [("bn", "এখনো যাচাই হয়নি", "এখনই খালি"), ("en", "Not vetted yet", "Free now")])
def test_cards_in_both_languages(app, client, language, unvetted, free):
    make_manager(people.ben(), vetted=())
    page = words(client.get("/managers", headers={"Accept-Language": language}))
    assert unvetted in page
    assert free in page
    assert ("৳ ৭,০০০" if language == "bn" else "৳7,000") in page.replace("\u00a0", " ")


def test_what_changes_is_seen_at_once(app, client):
    manager = make_manager(people.ben(), headline="Reels and lives")
    assert "Reels and lives" in words(client.get("/managers"))
    for change in ({"headline": "Only inbox now"}, {"score": 71}, {"management_until": None, "boosting_until": clock.now()},
                   {"price_from_minor": 9_900_00}, {"available_from": date(2031, 5, 1)}):
        before = words(client.get("/managers", headers=ENGLISH))
        for name, value in change.items():
            setattr(manager, name, value)
        assert words(client.get("/managers", headers=ENGLISH)) != before, change
    make_item(manager, "Eid <live>")
    page = read(client.get("/managers", headers=ENGLISH))
    assert page.select_one(".dy-res__work img")["alt"] == "Eid <live>"
    for said in ("Only inbox now", "score 71 of 100", "Not vetted yet", "Free from Thursday, 1 May 2031"):
        assert said in page.select_one(".dy-res").get_text(" ", strip=True)
    assert "Reels and lives" not in page.get_text()


def test_the_unvetted_say_that_they_cannot_bid(app, client):
    make_manager(people.ben(), vetted=())
    assert "cannot bid on jobs" in words(client.get("/managers/ben-das", headers=ENGLISH))


def test_filters_stay_chosen_and_can_be_taken_off_one_by_one(app, client):
    make_manager(people.ben())
    page = read(client.get("/managers?q=boutique&trade=boutique&platform=facebook&district=atlantis&price=৭,০০০&vetted=1&free=someday"))
    assert page.find("input", {"name": "q"})["value"] == "boutique"
    assert {box["value"] for box in page.find_all("input", checked=True)} == {"boutique", "facebook", "1"}
    chips = [link["href"] for link in page.select(".dy-chips a")]
    assert len(chips) == 2
    assert "trade=" not in chips[0]
    assert "platform=facebook" in chips[0]
    assert len(page.select(".dy-res")) == 1


def test_a_search_without_hits_offers_a_job_with_what_was_typed(app, client):
    page = read(client.get("/managers?q=clinic+live&district=rangpur&price=5000", headers=ENGLISH))
    assert "Nobody was found" in page.main.get_text()
    address = page.select_one(".dy-empty a")["href"]
    assert "title=clinic+live" in address
    assert "district=rangpur" in address
    assert "budget=5000" in address


def test_later_pages_are_not_indexed_and_go_back_to_the_first(app, client):
    for number in range(25):
        make_manager(people.person_named(f"M {number}", f"m{number}@example.com"))
    following = read(client.get("/managers?trade=boutique")).select(".dy-pager a")[-1]["href"]
    page = read(client.get(following))
    assert len(page.select(".dy-res")) == 1
    assert page.find("meta", {"name": "robots"})["content"] == "noindex,follow"
    assert page.select_one(".dy-pager a")["href"] == "/managers?trade=boutique"


def test_words_typed_by_others_are_only_words(app, client):
    make_manager(people.ben(), headline="<script>alert(1)</script>", sample_reply='"><img src=x onerror=alert(1)>')
    for address in ("/managers", "/managers/ben-das", '/managers?q="><script>alert(1)</script>'):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_what_is_wrong_in_a_package_is_told_and_kept(ben):
    make_manager(people.ben())
    answer = ben.post("/profile/packages/new", data={**PACKAGE, "title": "", "price_minor": "lots", "posts": "99999"})
    assert answer.status_code == 422
    assert set(errors(answer)) == {"title", "price_minor", "posts"}
    assert read(answer).find("input", {"name": "price_minor"})["value"] == "lots"


def test_a_picture_that_is_none_is_told_beside_its_field(ben):
    make_manager(people.ben())
    for address, field in (("/profile/portfolio/new", "picture"), ("/profile", "photo")):
        answer = ben.post(address, data={"title": "Eid", "name": "Ben", **PROFILE, field: upload(b"<svg xmlns='x'/>", "work.png")})
        assert (answer.status_code, set(errors(answer))) == (422, {field})


def test_what_a_public_profile_needs_cannot_be_emptied(ben):
    manager = make_manager(people.ben())
    answer = ben.post("/profile", data={"name": "Ben", **PROFILE, "headline": ""})
    assert (answer.status_code, set(errors(answer))) == (422, {"headline"})
    assert queries.manager_of(people.ben()).headline == manager.headline != ""


def test_the_preview_is_the_owners_and_is_what_others_will_see(app, ben):
    make_package(make_manager(people.ben(), published=False), title="Boost", kind="boosting", price_minor=300_000)
    page = words(ben.get("/profile/preview"))
    for said in ("Only you see this", "Boost", "You pay ৳3,087 by card", PROFILE["headline"]):
        assert said in page


def test_hiding_takes_it_out_of_the_list(app, ben):
    make_manager(people.ben())
    ben.post("/profile/withdrawal")
    visitor = app.test_client()
    assert visitor.get("/managers/ben-das").status_code == 404
    assert "Ben Das" not in words(visitor.get("/managers"))
