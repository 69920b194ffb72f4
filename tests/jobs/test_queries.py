"""Who sees which listing, and what search finds."""
from __future__ import annotations

import pytest
from flask_login import AnonymousUserMixin

from marketplace.core.db import db
from marketplace.jobs import commands, queries
from marketplace.managers.models import Kind
from tests import people
from tests.factories.businesses import make_business
from tests.factories.jobs import make_draft, make_job, make_submitted


@pytest.fixture
def business(app):
    return make_business(people.ada())


def seen_by(job):
    """Who sees it, of a visitor, its owner, a stranger and staff."""
    db.session.flush()
    cast = {"visitor": AnonymousUserMixin(), "ada": people.ada(), "eve": people.eve(), "sam": people.sam()}
    return {name for name, reader in cast.items() if queries.job_seen_by(reader, job.id)}


def test_a_draft_is_its_business_s_alone(business):
    assert seen_by(make_draft(business)) == {"ada"}


def test_what_waits_is_seen_by_staff_too(business):
    assert seen_by(make_submitted(business)) == {"ada", "sam"}


@pytest.mark.parametrize("verb", [None, "pause", "close"])
def test_what_was_published_is_everybody_s(business, verb):
    job = make_job(business)
    if verb:
        getattr(commands, verb)(job, people.ada())
    assert seen_by(job) == {"visitor", "ada", "eve", "sam"}


def test_a_changed_listing_hides_until_it_was_read_and_a_removed_one_for_good(business):
    job = make_job(business)
    commands.change(job, {"description": "Something else."}, people.ada())
    assert seen_by(job) == {"ada", "sam"}
    commands.approve(job, people.sam())
    commands.remove(job, people.sam(), ["fraud"])
    assert seen_by(job) == {"ada", "sam"}


def found(words="", **filters):
    return [job.id for job in queries.list_open(words, filters, None)]


@pytest.mark.parametrize("words", ["boutique", "বুটিক", "butik", "BOUTIQUE saree", "ঢাকা", "dhaka page", "ফেইসবুক", "sare"])
def test_one_index_for_bengali_english_and_banglish(business, words):
    job = make_job(business)
    assert found(words) == [job.id]


@pytest.mark.parametrize("words", ["clinic", "youtube", "সিলেট"])
def test_other_words_find_nothing(business, words):
    make_job(business)
    assert found(words) == []


def test_filters(business):
    page, boost = make_job(business), make_job(business, Kind.boosting, district="sylhet")
    assert found() == [boost.id, page.id]
    for filters, jobs in [({"kind": "boosting"}, [boost]), ({"district": "dhaka"}, [page]), ({"platform": "instagram"}, [page]),
                           ({"budget": "5000"}, [boost]), ({"budget": "7000"}, [page]), ({"budget": "more"}, []),
                           ({"trade": "clinic"}, [])]:
        assert found(**filters) == [job.id for job in jobs], filters


def test_only_open_jobs_are_listed(business):
    make_draft(business)
    make_submitted(business)
    paused = make_job(business)
    commands.pause(paused, people.ada())
    assert found() == []


def test_pages_follow_each_other_without_gap(business):
    business.funded_contracts = 1
    made = [make_job(business, title=f"Job number {number}") for number in range(25)]
    first = queries.list_open("", {}, None)
    second = queries.list_open("", {}, first.next)
    assert [job.id for job in [*first, *second]] == [job.id for job in made[::-1]]
    assert (len(second), second.next) == (1, None)


def test_the_same_listing_twice_is_noticed_also_when_a_word_was_changed(business):
    first = make_job(business, description="Sixty posts a month and inbox from ten to ten, for sarees and three-pieces in Dhaka.")
    again = make_submitted(business, description="Sixty posts a month and inbox from nine to ten, for sarees and three-pieces in Dhaka.")
    other = make_submitted(make_business(people.eve()), title="Clinic", description="Dental patients ask for times in the evening.")
    assert queries.duplicates([again, other]) == {again.id: [first]}


def test_the_queue_is_oldest_first(business):
    first, second = make_submitted(business), make_submitted(business)
    assert queries.queue() == [first, second]
    assert queries.queue_size() == 2


def test_lines_are_what_was_asked(business):
    job = make_draft(business, lives_a_month=0, order_taker="owner", photos="owner", holiday_hours="")
    assert [code for code, _label in queries.lines(job)] == ["posts", "videos", "inbox"]
