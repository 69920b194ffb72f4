"""What people see of the inbox."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.inbox import commands, queries
from marketplace.inbox.models import ReplyStatus
from tests import people
from tests.factories.access import make_grant
from tests.factories.businesses import make_member
from tests.factories.channels import make_channel
from tests.factories.inbox import make_comment
from tests.people import sign_in


def seen(answer):
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def comment(app):
    return make_comment(make_grant().channel)


def test_the_manager_answers_from_the_list(client, comment, app):
    sign_in(client, people.ben())
    row = seen(client.get("/inbox")).select_one(".dy-inbox a")
    assert "Waits for an answer" in row.text
    page = seen(client.get(row["href"]))
    form = page.select_one("form.dy-form")
    answer = client.post(form["action"], data={"text": "আপু, ১,৪৫০ টাকা।"})
    assert answer.status_code == 303
    assert "আপু, ১,৪৫০ টাকা।" in seen(client.get(answer.location)).select_one(".dy-talk__line--ours").text


def test_an_empty_answer_is_told_and_a_long_one_kept(client, comment):
    sign_in(client, people.ben())
    assert client.post(f"/comments/{comment.id}/replies", data={"text": " "}).status_code == 422
    answer = client.post(f"/comments/{comment.id}/replies", data={"text": "ক" * 2001})
    assert answer.status_code == 422
    assert "ক" * 2001 in answer.text


def test_the_owner_sees_and_lets_go(client, comment):
    reply = commands.reply(comment, people.ben(), "Call 01711223344")
    sign_in(client, people.ada())
    page = seen(client.get(f"/comments/{comment.id}"))
    assert client.post(page.select_one(f"form[action$='{reply.id}/approval']")["action"]).status_code == 303
    assert reply.status == ReplyStatus.queued


def test_the_owner_answers_without_a_grant_and_with_a_number(client, app):
    comment = make_comment(make_channel())
    sign_in(client, people.ada())
    form = seen(client.get(f"/comments/{comment.id}")).select_one("form.dy-form")
    assert client.post(form["action"], data={"text": "আমাদের নম্বর 01711223344"}).status_code == 303
    (reply,) = queries.replies_to(comment)
    assert (reply.status, reply.grant_id, reply.person) == (ReplyStatus.queued, None, people.ada())


def test_an_approver_or_viewer_of_the_business_does_not_speak_as_the_page(client, app):
    comment = make_comment(make_channel())
    make_member(comment.channel.business, people.eve(), "approver")
    sign_in(client, people.eve())
    assert not seen(client.get(f"/comments/{comment.id}")).select("textarea")
    assert client.post(f"/comments/{comment.id}/replies", data={"text": "Hello"}).status_code == 403


def test_a_comment_is_text_and_nothing_else(client, comment):
    comment.text = "<script>alert(1)</script> <b>bold</b>"
    sign_in(client, people.ben())
    page = seen(client.get(f"/comments/{comment.id}"))
    assert "<b>bold</b>" in page.select_one(".dy-talk__text").text
    assert not page.select(".dy-talk__text b")


def test_one_page_may_be_chosen(client, comment):
    from tests.factories.channels import make_channel

    make_comment(make_channel(comment.channel.business, external_id="200000000000002", name="Pitha"), from_name="Shila")
    sign_in(client, people.ada())
    assert len(seen(client.get("/inbox")).select(".dy-inbox li")) == 2
    only = seen(client.get(f"/inbox?channel={comment.channel_id}"))
    assert [row.select_one(".dy-inbox__who").text.split()[0] for row in only.select(".dy-inbox li")] == ["Mitu"]


@pytest.mark.parametrize(("language", "title"), [("en", "Inbox"), ("bn", "ইনবক্স")])
def test_the_pages_speak_both_languages(client, comment, language, title):
    people.ben().language = language
    sign_in(client, people.ben())
    assert title in seen(client.get("/inbox")).select_one("h1").text
    assert client.get(f"/comments/{comment.id}").status_code == 200
