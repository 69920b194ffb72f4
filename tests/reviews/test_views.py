"""The pages of reviews, as people see them."""
from __future__ import annotations

from datetime import timedelta

import pytest
from flask import url_for

from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.reviews.models import ReviewStatus
from tests.factories.businesses import make_member
from tests.factories.jobs import make_job
from tests.factories.reviews import GOOD, make_published, make_round, write
from tests.pages import errors, read, words
from tests.people import ada, ben, person_named, sign_in

STARS = {"regularity": "5", "reply": "4", "care": "5", "honesty": "5"}


def page(review) -> str:
    return f"/contracts/{review.contract_id}/review"


def test_the_form_asks_for_each_criterion_in_words(client):
    review = make_round()[Side.business]
    form = read(sign_in(client, ada()).get(page(review))).main
    assert [legend.get_text(strip=True) for legend in form.select("fieldset legend")] == [
        "Posts on their day", "Quick, polite replies", "Care for the brand", "Honest about the work"]
    assert len(form.select("input[name=reply]")) == 5
    assert form.find("input", {"name": "about_goods"})


def test_the_manager_is_asked_about_the_business(client):
    review = make_round()[Side.manager]
    form = read(sign_in(client, ben()).get(page(review))).main
    asked = [legend.get_text(strip=True) for legend in form.select("fieldset legend")]
    assert asked == ["Clear brief", "Approvals in time", "Paid in on time"]
    assert form.find("input", {"name": "about_goods"}) is None


def test_a_refused_review_keeps_what_was_typed(client):
    review = make_round()[Side.business]
    answer = sign_in(client, ada()).post(page(review), data=STARS | {"reply": "", "text": "Too short"})
    assert answer.status_code == 422
    assert errors(answer)["text"] == "Write a little more: others decide by it."
    assert read(answer).find("input", {"name": "honesty", "value": "5"}).has_attr("checked")
    assert "Too short" in answer.text


def test_contact_details_are_refused_beside_the_text(client):
    review = make_round()[Side.business]
    answer = sign_in(client, ada()).post(page(review), data=STARS | {"text": f"{GOOD} Call 01711223344"})
    assert answer.status_code == 422
    assert "Leave out numbers" in errors(answer)["text"]


def test_written_and_waiting(client):
    review = make_round()[Side.business]
    sign_in(client, ada())
    assert client.post(page(review), data=STARS | {"text": GOOD}).status_code == 303
    seen = words(client.get(page(review)))
    assert "It waits for the other side." in seen
    assert "4.8 of 5" in seen
    assert client.post(page(review), data=STARS | {"text": GOOD}).status_code == 409
    assert GOOD not in words(sign_in(client, ben()).get(page(review)))


def test_both_read_both_once_published_and_the_other_side_replies(client):
    review = make_published()
    sign_in(client, ben())
    assert GOOD in words(client.get(page(review)))
    client.post(f"/reviews/{review.id}/reply", data={"text": "A good month for me too."})
    assert "A good month for me too." in words(sign_in(client, ada()).get(page(review)))


def test_a_viewer_of_the_business_reads_but_does_not_write(client):
    review = make_round()[Side.business]
    viewer = person_named("Vera Das", "vera@example.com")
    make_member(review.business, viewer)
    answer = sign_in(client, viewer).get(page(review))
    assert "An owner or approver of the business writes the review." in words(answer)
    assert client.post(page(review), data=STARS | {"text": GOOD}).status_code == 403


def test_after_the_window_there_is_no_form(client):
    review = make_round()[Side.business]
    clock.move(timedelta(days=18))
    assert "The time to write this review is over." in words(sign_in(client, ada()).get(page(review)))


def test_the_contract_says_what_there_is_to_do(client):
    review = make_round()[Side.business]
    sign_in(client, ada())
    assert read(client.get(f"/contracts/{review.contract_id}")).find("a", href=page(review)).get_text(strip=True) == "Write your review"
    write(review)
    assert "It waits for the other side." in words(client.get(f"/contracts/{review.contract_id}"))


def test_the_start_page_reminds(client):
    review = make_round()[Side.business]
    assert page(review) in sign_in(client, ada()).get("/home").text
    write(review)
    assert page(review) not in client.get("/home").text


def test_the_profile_shows_reviews_and_the_formula(client, app):
    review = make_published(stars=4)
    seen = words(client.get(f"/managers/{review.manager.slug}", headers={"Accept-Language": "en"}))
    assert GOOD in seen
    assert "counts 80 of 100" in seen
    assert "Now: 1 review counts, the score is 80. One more review with 5 stars everywhere would make it 90, one with 3 stars 70." in seen


def test_a_profile_without_reviews_says_who_can_write_one(client):
    review = make_round()[Side.business]
    write(review)
    seen = words(client.get(f"/managers/{review.manager.slug}", headers={"Accept-Language": "en"}))
    assert "No reviews yet." in seen
    assert GOOD not in seen


def test_a_voided_review_is_on_no_page(client):
    review = make_published(text="টাকা ফেরত দিলে ৫ স্টার দেব, নইলে এটাই থাকবে।")
    assert review.status == ReviewStatus.voided
    assert "টাকা ফেরত" not in client.get(f"/managers/{review.manager.slug}").text
    assert "টাকা ফেরত" not in sign_in(client, ben()).get(page(review)).text
    assert "This review was voided" in words(sign_in(client, ada()).get(page(review)))


@pytest.mark.parametrize(("language", "heading"), [("bn", "Ben Das-এর রিভিউ"), ("en", "Reviews of Ben Das")])
def test_all_reviews_in_both_languages(client, app, language, heading):
    review = make_published()
    answer = client.get(url_for("reviews.index", slug=review.manager.slug), headers={"Accept-Language": language})
    assert read(answer).h1.get_text() == heading
    assert GOOD in answer.text


@pytest.mark.parametrize(("language", "button"), [("bn", "রিভিউ পাঠান"), ("en", "Send the review")])
def test_the_form_in_both_languages(client, language, button):
    review = make_round()[Side.business]
    ada().language = language
    assert button in words(sign_in(client, ada()).get(page(review)))


def test_bidders_read_what_managers_said_of_the_business(client):
    review = make_published()
    job = make_job(review.business)
    seen = words(client.get(f"/jobs/{job.id}", headers={"Accept-Language": "en"}))
    assert "1 manager reviewed this business: 4.0 of 5" in seen
