"""Approved posts reach the page once, at their time, within access; against the sandbox's Facebook."""
from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from marketplace.access import commands as access
from marketplace.access.models import Outcome, Right, UseEntry
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.publishing import commands
from marketplace.publishing.models import Failure, PostStatus
from sandbox.meta.seed import FARHANA, NAKSHI
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.channels import connect
from tests.factories.contracts import make_approved, make_delivered
from tests.factories.files import picture
from tests.factories.publishing import TEXT, make_scheduled
from tests.worker import letters, run_jobs, run_sweeps


@pytest.fixture
def grant(facebook):
    contract = make_working_contract()
    return make_grant(contract, connect(facebook, contract.business))


def day_passes(facebook, by=timedelta(days=1, seconds=5)):
    facebook.world.advance(by)
    return run_sweeps()


def test_a_post_goes_out_at_its_time_with_its_picture(facebook, grant):
    post = make_scheduled(grant, pictured=True)
    run_sweeps()
    assert facebook.posts() == []
    day_passes(facebook)
    [there] = facebook.posts()
    assert (post.status, post.external_id, post.slot) == (PostStatus.published, there["id"], "kept")
    assert there["message"] == TEXT
    assert requests.get(post.permalink, timeout=5).ok
    [media] = there["photos"]
    assert requests.get(f"{facebook.world.url}/meta/media/{media}", timeout=5).content == _drawn(post)
    assert [(use.act, use.outcome) for use in db.session.query(UseEntry)] == [("publish", Outcome.done)]
    assert "A post is on নকশি ঘর Nakshi Ghor" in [letter["Subject"] for letter in letters("ada@example.com")]


def _drawn(post):
    from marketplace.files.commands import body
    from marketplace.files.models import Variant

    assert picture()
    return body(post.file, Variant.original)


def test_a_lost_answer_does_not_publish_twice(facebook, grant):
    post = make_scheduled(grant)
    facebook.fault("drop_after_commit", "/feed$")
    day_passes(facebook)
    assert (post.status, len(facebook.posts())) == (PostStatus.unconfirmed, 1)
    run_sweeps()
    assert post.status == PostStatus.unconfirmed
    day_passes(facebook, timedelta(minutes=2))
    assert post.status == PostStatus.published
    [there] = facebook.posts()
    assert post.external_id == there["id"]
    assert len(facebook.calls("POST", "/feed")) == 1


def test_a_call_that_never_arrived_is_made_again(facebook, grant):
    post = make_scheduled(grant)
    facebook.fault("drop_before", "/feed$")
    day_passes(facebook)
    assert (post.status, facebook.posts()) == (PostStatus.unconfirmed, [])
    day_passes(facebook, timedelta(minutes=2))
    assert (post.status, len(facebook.posts())) == (PostStatus.published, 1)


def test_a_worker_that_died_during_the_call_does_not_publish_twice(facebook, grant):
    """The process is gone with its transaction; only the use log, committed before the call, knows."""
    from marketplace.channels.commands import publish_post

    post = make_scheduled(grant)
    facebook.world.advance(timedelta(days=1, seconds=5))
    publish_post(post.channel, post.text)
    db.session.add(UseEntry(grant_id=grant.id, right=Right.publish, act="publish", subject=f"post:{post.id}", at=clock.now()))
    run_sweeps()
    assert (post.status, len(facebook.posts())) == (PostStatus.published, 1)


def test_the_same_words_a_second_time_are_a_second_post(facebook, grant):
    first = make_scheduled(grant)
    second = make_scheduled(grant, at=first.publish_at + timedelta(minutes=30))
    facebook.fault("drop_after_commit", "/feed$", nth=2)
    day_passes(facebook, timedelta(days=1, hours=1))
    day_passes(facebook, timedelta(minutes=2))
    assert {first.status, second.status} == {PostStatus.published}
    assert {post["id"] for post in facebook.posts()} == {first.external_id, second.external_id}


def test_facebook_that_never_answers_is_given_up_with_a_warning(facebook, grant):
    post = make_scheduled(grant)
    facebook.fault("status:503", "/feed$", times=0)
    for _ in range(8):
        day_passes(facebook)
    assert (post.status, post.failure) == (PostStatus.failed, Failure.silence)
    assert len(facebook.calls("POST", "/feed")) == 6


def test_too_many_calls_only_wait(facebook, grant):
    post = make_scheduled(grant)
    facebook.fault("status:429", "/feed$")
    day_passes(facebook)
    assert post.status == PostStatus.scheduled
    run_sweeps()
    assert (post.status, len(facebook.posts())) == (PostStatus.published, 1)


def spoil_access(facebook, post):
    access.revoke(post.grant, people.ada())


def spoil_money(facebook, post):
    from marketplace.contracts.queries import milestones_of

    make_approved(make_delivered(milestones_of(post.contract)[0]))
    clock.move(timedelta(days=2, hours=1))
    access.suspend(str(post.grant_id))


def spoil_right(facebook, post):
    access.change(post.grant, [Right.draft], (clock.today() + timedelta(days=5)).date(), people.ada())


def spoil_connection(facebook, post):
    facebook.control(f"people/{FARHANA}/state", state="password_changed")


def spoil_task(facebook, post):
    facebook.control(f"pages/{NAKSHI}/roles", person=FARHANA, tasks=["ANALYZE"])


def spoil_content(facebook, post):
    db.session.execute(db.text("update posts set text = 'Send money to 01711223344' where id = :id"), {"id": post.id})


@pytest.mark.parametrize(("spoil", "failure"), [
    (spoil_access, Failure.access_ended), (spoil_money, Failure.access_suspended), (spoil_right, Failure.right_missing),
    (spoil_connection, Failure.channel_broken), (spoil_task, Failure.not_allowed), (spoil_content, Failure.changed)])
def test_what_cannot_go_out_says_why_and_publishes_nothing(facebook, grant, spoil, failure):
    post = make_scheduled(grant)
    spoil(facebook, post)
    day_passes(facebook)
    assert (post.status, post.failure) == (PostStatus.failed, failure)
    assert facebook.posts() == []
    assert "A post for নকশি ঘর Nakshi Ghor was not published" in [letter["Subject"] for letter in letters("ben@example.com")]


def test_revoking_cancels_what_waits_at_once(facebook, grant):
    post = make_scheduled(grant)
    access.revoke(grant, people.ada())
    assert (post.status, post.failure) == (PostStatus.failed, Failure.access_ended)


def test_a_failed_post_is_tried_again_as_it_was_approved(facebook, grant):
    post = make_scheduled(grant)
    facebook.fault("status:400", "/feed$", body={"error": {"message": "(#368) Blocked", "code": 368, "type": "OAuthException"}})
    day_passes(facebook)
    assert (post.failure, post.failure_detail) == (Failure.refused, "(#368) Blocked")
    commands.retry(post, people.ben())
    run_sweeps()
    assert (post.status, post.slot) == (PostStatus.published, "kept")


def test_a_post_that_came_late_missed_its_slot(facebook, grant):
    post = make_scheduled(grant)
    day_passes(facebook, timedelta(days=1, minutes=16))
    assert (post.status, post.slot) == (PostStatus.published, "missed")


def test_publishing_twice_at_once_is_once(facebook, grant):
    post = make_scheduled(grant)
    facebook.world.advance(timedelta(days=1, seconds=5))
    commands.publish(str(post.id))
    commands.publish(str(post.id))
    run_jobs()
    assert len(facebook.posts()) == 1
