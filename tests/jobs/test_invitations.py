"""Invitations to bid: who may be asked, who learns of it and when, and saying no."""
from __future__ import annotations

import pytest

from marketplace.bids.queries import invitations_of
from marketplace.core.errors import Invalid, TooMany, WrongState
from marketplace.jobs import commands, queries
from marketplace.managers.models import Kind
from tests import people
from tests.factories.bids import make_bid
from tests.factories.businesses import make_business, make_member
from tests.factories.jobs import make_draft, make_job
from tests.factories.managers import make_manager
from tests.pages import errors, read, words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs


@pytest.fixture
def business(app):
    return make_business(people.ada())


@pytest.fixture
def ben(app):
    return make_manager(people.ben())


@pytest.fixture
def job(business):
    return make_job(business)


def test_a_manager_is_told_once_by_letter_and_notice_with_the_way_to_the_job(job, ben):
    for _twice in range(2):
        commands.invite(job, ben, people.ada())
    run_jobs()
    (letter,) = letters("ben@example.com")
    assert "You are invited" in letter["Subject"]
    assert f"/jobs/{job.id}" in body(letter)
    assert letters("eve@example.com") == []


def test_whoever_is_invited_to_a_draft_is_told_when_it_is_published(business, ben):
    job = make_draft(business)
    commands.invite(job, ben, people.ada())
    commands.submit(job, people.ada(), keep=True)
    run_jobs()
    assert letters("ben@example.com") == []
    assert queries.invitation_seen_by(people.ben(), queries.invitation_of(ben, job).id) is None
    commands.approve(job, people.sam())
    run_jobs()
    assert len(letters("ben@example.com")) == 1


@pytest.mark.parametrize("verb", ["pause", "close"])
def test_nobody_is_invited_to_what_takes_no_bids(job, ben, verb):
    getattr(commands, verb)(job, people.ada())
    with pytest.raises(WrongState):
        commands.invite(job, ben, people.ada())


def test_the_unvetted_own_people_and_bidders_are_not_invited(job, business, ben):
    unvetted, own = make_manager(people.eve(), vetted=("boosting",)), make_manager(people.person_named("Own", "own@example.com"))
    make_member(business, own.person)
    make_bid(job, ben)
    for manager in (unvetted, own, ben):
        with pytest.raises(Invalid):
            commands.invite(job, manager, people.ada())
    assert queries.invitations_to(job) == []


def test_twenty_invitations_a_day(job):
    for number in range(20):
        commands.invite(job, make_manager(people.person_named(f"M{number}", f"m{number}@example.com")), people.ada())
    late = make_manager(people.person_named("Late", "late@example.com"))
    with pytest.raises(TooMany):
        commands.invite(job, late, people.ada())


def test_saying_no_is_told_to_the_business_once_and_may_be_thought_over(job, ben):
    commands.invite(job, ben, people.ada())
    invitation = queries.invitation_of(ben, job)
    commands.decline_invitation(invitation, people.ben())
    assert invitations_of(ben) == []
    with pytest.raises(WrongState):
        commands.decline_invitation(invitation, people.ben())
    run_jobs()
    assert sum("Ben Das will not bid" in letter["Subject"] for letter in letters("ada@example.com")) == 1
    assert make_bid(job, ben)


@pytest.mark.parametrize("language", ["en", "bn"])
def test_from_the_profile_by_choosing_a_job(client, job, ben, language):
    boost = make_job(job.business, Kind.boosting)
    people.ada().language = language
    sign_in(client, people.ada())
    button = read(client.get(f"/managers/{ben.slug}")).select_one("aside a.btn-next")
    page = read(client.get(button["href"]))
    assert [choice["value"] for choice in page.select("input[name=job]")] == [str(boost.id), str(job.id)]
    answer = client.post(button["href"], data={"job": str(job.id)}, follow_redirects=True)
    assert ben.name in read(answer).aside.get_text()
    assert [invitation.manager for invitation in queries.invitations_to(job)] == [ben]
    again = read(client.get(button["href"]))
    assert [choice["value"] for choice in again.select("input[name=job]")] == [str(boost.id)]


def test_a_job_that_is_not_offered_is_refused_beside_the_field(client, job, ben):
    foreign = make_job(make_business(people.eve(), name="Other"))
    sign_in(client, people.ada())
    answer = client.post(f"/managers/{ben.slug}/invitation", data={"job": str(foreign.id)})
    assert answer.status_code == 422
    assert "job" in errors(answer)
    assert queries.invitations_to(foreign) == []


def test_without_an_open_job_one_is_written_for_the_manager(client, business, ben):
    sign_in(client, people.ada())
    page = read(client.get(f"/managers/{ben.slug}/invitation"))
    begin = read(client.get(page.select_one("main a.btn-next")["href"]))
    assert "Ben Das is invited as soon as" in begin.main.get_text()
    client.post("/jobs/new", data={"kind": "management", "manager": begin.select_one("input[name=manager]")["value"]})
    (job,) = queries.mine(business, None)
    assert queries.invitation_of(ben, job).told_at is None


def test_who_has_no_business_writes_about_it_first(client, ben):
    sign_in(client, people.ada())
    assert client.get(f"/managers/{ben.slug}/invitation").headers["Location"].startswith("/jobs/new")


def test_a_viewer_invites_nobody(client, business, job, ben):
    make_member(business, people.eve(), "viewer")
    sign_in(client, people.eve())
    assert client.post(f"/managers/{ben.slug}/invitation", data={"job": str(job.id)}).status_code == 403


@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_invited_see_it_on_their_first_page_and_the_job_and_decline_there(client, job, ben, language):
    commands.invite(job, ben, people.ada())
    people.ben().language = language
    sign_in(client, people.ben())
    assert job.title in words(client.get("/home"))
    page = read(client.get(f"/jobs/{job.id}"))
    assert job.business.name in page.aside.select_one(".dy-strong").get_text()
    assert client.post(page.aside.form["action"]).status_code == 303
    assert job.title not in words(client.get("/home"))
    assert read(client.get(f"/jobs/{job.id}")).aside.form is None


def test_nobody_else_learns_of_it(client, job, ben):
    commands.invite(job, ben, people.ada())
    make_manager(people.eve())
    for person in (people.eve(), None):
        if person:
            sign_in(client, person)
        else:
            client.delete_cookie("session")
        assert "Ben Das" not in client.get(f"/jobs/{job.id}").text
    invitation = queries.invitation_of(ben, job)
    assert queries.invitation_seen_by(people.eve(), invitation.id) is None
