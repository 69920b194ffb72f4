"""Posts are written by the manager, decided by the business, and frozen by what was seen."""
from __future__ import annotations

import io
from datetime import timedelta

import pytest

from marketplace.access.commands import Withheld, revoke
from marketplace.access.models import Right
from marketplace.businesses.models import Role
from marketplace.core import clock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.states import InvalidTransition
from marketplace.publishing import commands, policies, queries
from marketplace.publishing.models import PostStatus
from tests import people
from tests.factories.access import make_grant
from tests.factories.businesses import make_member
from tests.factories.files import picture
from tests.factories.publishing import make_post, make_scheduled, make_submitted
from tests.worker import body, letters, run_jobs


def test_from_draft_to_its_time(app):
    post = make_post(pictured=True)
    assert (post.status, post.file.type) == (PostStatus.draft, "image/png")
    commands.submit(post, people.ben())
    assert post.status == PostStatus.submitted
    commands.approve(post, people.ada(), post.hash)
    assert (post.status, post.approved_hash) == (PostStatus.scheduled, post.hash)
    run_jobs()
    assert "A post for Nakshi Ghor waits for your approval" in [letter["Subject"] for letter in letters("ada@example.com")]
    assert "Your post for Nakshi Ghor is approved" in [letter["Subject"] for letter in letters("ben@example.com")]


@pytest.mark.parametrize("change", ["text", "time", "picture"])
def test_an_edit_of_an_approved_post_needs_a_new_approval(app, change):
    post = make_scheduled(pictured=True)
    before = post.hash
    upload = commands.Upload(io.BytesIO(picture(colour="#8a1c1c")), "other.png") if change == "picture" else None
    commands.edit(post, people.ben(), "Other words" if change == "text" else post.text,
                  post.publish_at + timedelta(hours=1 if change == "time" else 0), upload)
    assert (post.status, post.approved_hash) == (PostStatus.draft, "")
    assert post.hash != before
    with pytest.raises(InvalidTransition):
        commands.approve(post, people.ada(), post.hash)


def test_what_changed_meanwhile_is_not_approved(app):
    post = make_submitted()
    seen = post.hash
    commands.edit(post, people.ben(), "Other words", post.publish_at)
    commands.submit(post, people.ben())
    with pytest.raises(WrongState):
        commands.approve(post, people.ada(), seen)
    assert post.status == PostStatus.submitted


def test_changes_go_back_with_a_reason_also_after_approval(app):
    post = make_scheduled()
    commands.ask_changes(post, people.ada(), "The price is 1,450 now.")
    assert (post.status, post.approved_hash) == (PostStatus.changes_asked, "")
    run_jobs()
    assert any("The price is 1,450 now." in body(letter) for letter in letters("ben@example.com"))
    commands.edit(post, people.ben(), "Now 1,450", post.publish_at)
    commands.submit(post, people.ben())
    assert post.status == PostStatus.submitted


@pytest.mark.parametrize(("hours", "field"), [(-1, "publish_at"), (24 * 31, "publish_at")])
def test_a_time_must_lie_ahead_and_within_access(app, hours, field):
    with pytest.raises(Invalid) as refusal:
        make_post(make_grant(days=30), at=clock.now() + timedelta(hours=hours))
    assert refusal.value.field == field


def test_writing_needs_the_right(app):
    with pytest.raises(Withheld):
        make_post(make_grant(rights=[Right.publish]))


def test_sending_needs_living_access(app):
    post = make_post()
    revoke(post.grant, people.ada())
    with pytest.raises(Withheld):
        commands.submit(post, people.ben())


@pytest.mark.parametrize(("text", "waits"), [
    ("অর্ডার করতে বিকাশে অগ্রিম পাঠান 01711223344", True), ("Message us on https://bit.ly/x", True), ("দাম ১,৪৫০ টাকা।", False)])
def test_a_number_or_link_waits_for_an_owner(app, text, waits):
    post = make_submitted(text=text)
    rina = people.person_named("Rina Approver", "rina@example.com")
    make_member(post.contract.business, rina, Role.approver)
    assert bool(post.findings) is waits
    assert policies.approve_post(rina, post) is not waits
    assert policies.approve_post(people.ada(), post)
    assert not policies.approve_post(people.ben(), post)


def test_who_sees_what(app):
    draft = make_post()
    assert queries.post_seen_by(people.ben(), draft.id)
    assert queries.post_seen_by(people.ada(), draft.id) is None
    assert queries.post_seen_by(people.eve(), draft.id) is None
    commands.submit(draft, people.ben())
    assert queries.post_seen_by(people.ada(), draft.id)
    start = queries.week_start(draft.day)
    assert [post.id for day in queries.week(people.ada(), start) for post in day.posts] == [draft.id]
    assert [post.id for day in queries.week(people.eve(), start) for post in day.posts] == []
    assert [post.id for post in queries.waiting_for(people.ada())] == [draft.id]
    assert queries.waiting_for(people.ben()) == []


def test_a_week_begins_on_saturday(app):
    assert queries.week_start(clock.today().date()).weekday() == 5
    assert len(queries.week(people.eve(), queries.week_start(clock.today().date()))) == 7
