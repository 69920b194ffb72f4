"""Comments arrive once, whoever tells of them; answers go out once, within access."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.access import commands as access
from marketplace.access.models import Outcome, Right, UseEntry
from marketplace.channels.commands import publish_post
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.inbox import commands, policies, queries
from marketplace.inbox.models import Comment, ReplyStatus
from sandbox.meta.seed import NAKSHI
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.businesses import make_member
from tests.factories.channels import connect, make_channel
from tests.factories.inbox import heard, make_comment
from tests.worker import letters, run_jobs, run_sweeps

ANSWER = "আপু, ১,৪৫০ টাকা। ঢাকার বাইরেও যায়।"


@pytest.fixture
def grant(facebook):
    contract = make_working_contract()
    return make_grant(contract, connect(facebook, contract.business))


@pytest.fixture
def comment(facebook, grant, client):
    """A visitor's question that came by webhook."""
    facebook.visit(publish_post(grant.channel, "নতুন শাড়ি"), "দাম কত?")
    facebook.deliver(client)
    run_jobs()
    return db.session.query(Comment).one()


def replies_there(facebook):
    return [one["message"] for one in facebook.comments() if one["from"]["id"] == NAKSHI]


def test_a_comment_waits_and_whoever_answers_is_told(facebook, comment):
    assert (comment.from_name, comment.text, comment.waiting) == ("Mitu Sarker", "দাম কত?", True)
    assert [letter["Subject"] for letter in letters("ben@example.com")][-1] == "Mitu Sarker wrote on নকশি ঘর Nakshi Ghor"


def test_an_answer_stands_under_the_comment_and_the_time_to_it_is_kept(facebook, comment, grant, client):
    facebook.world.advance(timedelta(minutes=14))
    reply = commands.reply(comment, people.ben(), ANSWER)
    assert (reply.status, comment.waiting) == (ReplyStatus.queued, True)
    run_jobs()
    assert (reply.status, comment.waiting, replies_there(facebook)) == (ReplyStatus.sent, False, [ANSWER])
    assert timedelta(minutes=13) < comment.first_reply < timedelta(minutes=15)
    [use] = db.session.query(UseEntry).filter_by(act="reply")
    assert (use.outcome, use.person_id) == (Outcome.done, people.ben().id)
    facebook.deliver(client)
    run_jobs()
    assert db.session.query(Comment).count() == 1


def test_a_lost_answer_is_not_sent_twice(facebook, comment):
    reply = commands.reply(comment, people.ben(), ANSWER)
    facebook.fault("drop_after_commit", "/comments$", method="POST")
    run_jobs()
    assert reply.status == ReplyStatus.unconfirmed
    facebook.world.advance(timedelta(minutes=2))
    run_sweeps()
    assert (reply.status, replies_there(facebook)) == (ReplyStatus.sent, [ANSWER])


def test_an_owner_answers_without_a_grant_and_a_lost_answer_is_not_sent_twice(facebook, comment):
    reply = commands.reply(comment, people.ada(), ANSWER)
    facebook.fault("drop_after_commit", "/comments$", method="POST")
    run_jobs()
    facebook.world.advance(timedelta(minutes=2))
    run_sweeps()
    assert (reply.status, reply.grant_id, replies_there(facebook)) == (ReplyStatus.sent, None, [ANSWER])
    assert not comment.waiting


def test_who_is_no_owner_any_more_when_it_goes_out_does_not_speak(facebook, comment):
    member = make_member(comment.channel.business, people.eve(), "owner")
    reply = commands.reply(comment, people.eve(), ANSWER)
    member.role = "viewer"
    run_jobs()
    assert (reply.status, reply.failure, replies_there(facebook)) == (ReplyStatus.failed, "ended", [])


def test_after_revoking_no_answer_goes_out(facebook, comment, grant):
    reply = commands.reply(comment, people.ben(), ANSWER)
    access.revoke(grant, people.ada())
    run_jobs()
    assert (reply.status, reply.failure, replies_there(facebook)) == (ReplyStatus.failed, "ended", [])
    with pytest.raises(WrongState):
        commands.reply(comment, people.ben(), ANSWER)
    assert queries.comment_seen_by(people.ben(), comment.id) is None
    assert queries.comment_seen_by(people.ada(), comment.id)


@pytest.mark.parametrize("text", ["বিকাশ করুন 01711223344", "See https://my-own-shop.example.com"])
def test_an_answer_that_leads_customers_away_waits_for_the_owner(facebook, comment, text):
    reply = commands.reply(comment, people.ben(), text)
    run_jobs()
    assert (reply.status, replies_there(facebook)) == (ReplyStatus.held, [])
    assert "An answer on নকশি ঘর Nakshi Ghor waits for you" in [letter["Subject"] for letter in letters("ada@example.com")]
    assert policies.decide_reply(people.ada(), reply)
    assert not policies.decide_reply(people.ben(), reply)
    commands.let_go(reply, people.ada())
    run_jobs()
    assert replies_there(facebook) == [text]


def test_an_answer_the_owner_stops_is_never_sent(facebook, comment):
    reply = commands.reply(comment, people.ben(), "01711223344")
    commands.stop(reply, people.ada())
    run_jobs()
    assert (reply.status, replies_there(facebook)) == (ReplyStatus.stopped, [])
    with pytest.raises(WrongState):
        commands.let_go(reply, people.ada())


def test_hiding_is_done_at_once_and_undone(facebook, comment):
    commands.hide(comment, people.ben(), True)
    assert (facebook.comments()[0]["is_hidden"], comment.waiting) == (True, False)
    commands.hide(comment, people.ben(), False)
    assert (facebook.comments()[0]["is_hidden"], comment.waiting) == (False, True)


def test_hiding_while_facebook_is_down_is_told(facebook, comment):
    facebook.fault("status:503", f"/{comment.external_id}$")
    with pytest.raises(Invalid):
        commands.hide(comment, people.ben(), True)
    assert comment.hidden is False


def test_what_no_webhook_told_is_found_by_looking(facebook, grant):
    post = publish_post(grant.channel, "নতুন শাড়ি")
    facebook.visit(post, "দাম কত?")
    facebook.visit(post, "স্টকে আছে?", name="Shila")
    run_sweeps()
    assert {comment.from_name for comment in db.session.query(Comment)} == {"Mitu Sarker", "Shila"}
    looked = len(facebook.calls("GET", "/published_posts"))
    run_sweeps()
    assert len(facebook.calls("GET", "/published_posts")) == looked


def test_an_answer_given_on_facebook_itself_counts(facebook, app):
    channel = make_channel()
    comment = make_comment(channel)
    later = comment.at + timedelta(minutes=3)
    commands.take_in(channel, heard(parent_external_id=comment.external_id, from_id=channel.external_id, at=later))
    assert (comment.waiting, comment.first_reply) == (False, timedelta(minutes=3))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_messages_in_any_order_leave_a_removed_comment_removed(app, order):
    channel = make_channel()
    told = [heard(external_id="1_1"), heard(external_id="1_1", hidden=True), heard(external_id="1_1", removed=True)]
    for at in order:
        commands.take_in(channel, told[at])
    comment = db.session.query(Comment).one()
    assert (comment.removed, comment.waiting) == (True, False)


def test_what_waits_comes_first_and_pages_follow(app):
    channel = make_channel()
    answered = [make_comment(channel, at=clock.now() - timedelta(minutes=n)) for n in range(20)]
    for comment in answered:
        commands.mark_answered(comment, clock.now())
    waiting = [make_comment(channel, at=clock.now() - timedelta(days=2, minutes=n)) for n in range(10)]
    first = queries.inbox(people.ada(), None, None)
    assert [comment.id for comment in first][:10] == [comment.id for comment in waiting]
    second = queries.inbox(people.ada(), None, first.next)
    assert {comment.id for comment in [*first, *second]} == {comment.id for comment in [*waiting, *answered]}
    assert queries.inbox(people.eve(), None, None).rows == []


def test_a_manager_without_the_right_to_answer_sees_nothing(app):
    grant = make_grant(rights=[Right.draft])
    comment = make_comment(grant.channel)
    assert queries.comment_seen_by(people.ben(), comment.id) is None
