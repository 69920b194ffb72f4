"""Comments through the real SDK, visitors, and the webhooks that tell of them."""

import hashlib
import hmac
import json

import pytest
import requests
from bs4 import BeautifulSoup
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost

from sandbox.meta.seed import HONEY, NAKSHI, NUSRAT, PITHA
from sandbox.webhooks import RETRY_AFTER
from tests.sandbox.meta.consent import page_api

QUESTION = "দাম কত? ডেলিভারি কি ঢাকার বাইরে হয়?"


@pytest.fixture
def page(sandbox):
    return Page(NAKSHI, api=page_api(sandbox))


@pytest.fixture
def post(page):
    return PagePost(page.create_feed(params={"message": "নতুন শাড়ি"})["id"], api=page.get_api())


@pytest.fixture
def subscribed(page, post, sandbox):
    page.create_subscribed_app(params={"subscribed_fields": ["feed"]})
    return page


def visit(sandbox, post, message=QUESTION, name="Mitu Sarker", page=NAKSHI, **more):
    form = {"post_id": post["id"], "from_name": name, "message": message} | more
    return requests.post(f"{sandbox.base_url}/meta/world/pages/{page}/comments", json=form, timeout=5)


def changes(listener):
    return [json.loads(heard.body)["entry"][0]["changes"][0]["value"] for heard in listener.posts()]


def test_a_visitors_comment_is_read_and_answered(sandbox, page, post):
    visit(sandbox, post)
    (comment,) = post.get_comments(fields=["id", "message", "from", "created_time", "can_hide", "comment_count"])
    assert (comment["message"], comment["from"]["name"], comment["can_hide"]) == (QUESTION, "Mitu Sarker", True)
    answer = Comment(comment["id"], api=page.get_api()).create_comment(params={"message": "৳১,২০০। হ্যাঁ, হয়।"})
    (reply,) = Comment(comment["id"], api=page.get_api()).get_comments(fields=["id", "message", "from", "parent", "can_hide"])
    assert (reply["id"], reply["from"]["id"], reply["can_hide"]) == (answer["id"], NAKSHI, False)
    assert reply["parent"]["id"] == comment["id"]
    text = BeautifulSoup(requests.get(f"{sandbox.base_url}/meta/pages/{NAKSHI}", timeout=5).text, "html.parser").text
    assert QUESTION in text
    assert "৳১,২০০" in text


def test_lists_are_top_level_or_whole_in_either_order(sandbox, page, post):
    first, second = visit(sandbox, post, "1").json(), visit(sandbox, post, "2").json()
    reply = visit(sandbox, post, "1a", comment_id=first["id"]).json()
    ids = lambda **asked: [c["id"] for c in post.get_comments(fields=["id"], params=asked)]
    assert ids() == [first["id"], second["id"]]
    assert ids(order="reverse_chronological") == [second["id"], first["id"]]
    assert ids(filter="stream") == [first["id"], second["id"], reply["id"]]
    assert ids(since=int(sandbox.now().timestamp()) + 60) == []


def test_an_answer_to_an_answer_lands_beside_it(sandbox, page, post):
    top = visit(sandbox, post).json()
    reply = Comment(top["id"], api=page.get_api()).create_comment(params={"message": "ok"})
    nested = visit(sandbox, post, "thanks", comment_id=reply["id"]).json()
    assert nested["parent"] == top["id"]


def test_a_comment_is_hidden_shown_and_removed(sandbox, page, post, refused):
    comment = Comment(visit(sandbox, post).json()["id"], api=page.get_api())
    comment.api_update(params={"is_hidden": True})
    assert comment.api_get(fields=["is_hidden"])["is_hidden"] is True
    comment.api_update(params={"is_hidden": False})
    assert comment.api_get(fields=["is_hidden"])["is_hidden"] is False
    comment.api_delete()
    assert refused(Comment(comment["id"], api=page.get_api()).api_get) == (100, 33, 400)


def test_the_page_edits_its_own_words_only(sandbox, page, post, refused):
    theirs = Comment(visit(sandbox, post).json()["id"], api=page.get_api())
    mine = Comment(theirs.create_comment(params={"message": "৳১২০"})["id"], api=page.get_api())
    mine.api_update(params={"message": "৳১,২০০"})
    assert mine.api_get(fields=["message"])["message"] == "৳১,২০০"
    assert refused(theirs.api_update, params={"message": "I love it"})[0] == 100
    assert refused(mine.api_update, params={"is_hidden": True})[0] == 100
    assert refused(theirs.create_comment, params={"message": "  "})[0] == 100


def test_answering_needs_scope_and_task(sandbox, post, refused):
    comment = visit(sandbox, post).json()["id"]
    without = Comment(comment, api=page_api(sandbox, without=("pages_manage_engagement",)))
    assert refused(without.create_comment, params={"message": "never"}) == (200, None, 403)
    other = Comment(comment, api=page_api(sandbox, PITHA))
    assert refused(other.create_comment, params={"message": "never"}) == (100, 33, 400)
    assert len(sandbox.collection("meta.comments")) == 1


def test_a_moderator_through_a_business_may_answer(sandbox):
    page = Page(HONEY, api=page_api(sandbox, HONEY, NUSRAT))
    post = PagePost(page.create_feed(params={"message": "মধু"})["id"], api=page.get_api())
    assert post.create_comment(params={"message": "খাঁটি"})["id"]


def test_a_comment_is_told_by_a_signed_webhook(sandbox, subscribed, post, listener):
    comment = visit(sandbox, post).json()
    assert sandbox.webhooks.wait_until_idle()
    challenge, heard = listener.heard
    assert (challenge.method, challenge.query["hub.mode"]) == ("GET", ["subscribe"])
    assert heard.path == "/webhooks/meta"
    secret = sandbox.settings["META_APP_SECRET"].encode()
    assert heard.headers["X-Hub-Signature-256"] == "sha256=" + hmac.new(secret, heard.body, hashlib.sha256).hexdigest()
    payload = json.loads(heard.body)
    assert (payload["object"], payload["entry"][0]["id"]) == ("page", NAKSHI)
    (value,) = changes(listener)
    assert (value["item"], value["verb"]) == ("comment", "add")
    assert (value["comment_id"], value["post_id"], value["message"]) == (comment["id"], post["id"], QUESTION)
    assert value["from"] == comment["from"]


def test_the_signature_covers_the_raw_bytes_not_the_parsed_value(sandbox, subscribed, post, listener):
    visit(sandbox, post, "https://example.com/ক")
    assert sandbox.webhooks.wait_until_idle()
    body = listener.posts()[0].body
    assert b"https:\\/\\/example.com\\/\\u0995" in body
    assert json.dumps(json.loads(body)).encode() != body


def test_answers_edits_hiding_and_removal_are_told_too(sandbox, subscribed, post, listener):
    comment = Comment(visit(sandbox, post).json()["id"], api=subscribed.get_api())
    reply = Comment(comment.create_comment(params={"message": "a"})["id"], api=subscribed.get_api())
    reply.api_update(params={"message": "b"})
    comment.api_update(params={"is_hidden": True})
    post.api_delete()
    assert sandbox.webhooks.wait_until_idle()
    told = [(value["item"], value["verb"], value["from"]["id"] == NAKSHI) for value in changes(listener)]
    assert told == [("comment", "add", False), ("comment", "add", True), ("comment", "edited", True), ("comment", "hide", False),
                    ("status", "remove", True)]  # fmt: skip


def test_a_callback_that_does_not_know_the_token_is_told_nothing(sandbox, subscribed, post, listener):
    listener.verify_token = "another"
    visit(sandbox, post)
    assert sandbox.webhooks.wait_until_idle()
    assert listener.posts() == []
    listener.verify_token = "sandbox-verify-token"
    sandbox.advance(RETRY_AFTER[0])
    assert sandbox.webhooks.wait_until_idle()
    assert len(listener.posts()) == 1


def test_a_page_that_is_not_subscribed_is_silent(sandbox, subscribed, post, listener):
    subscribed.delete_subscribed_apps()
    visit(sandbox, post)
    assert sandbox.webhooks.wait_until_idle()
    assert listener.heard == []


def test_a_person_writes_on_the_page_by_its_form(sandbox, post):
    page = requests.get(f"{sandbox.base_url}/meta/pages/{NAKSHI}", timeout=5)
    form = BeautifulSoup(page.text, "html.parser").select_one("article form")
    fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    answer = requests.post(sandbox.base_url + form["action"], data=fields | {"from_name": "Mitu", "message": QUESTION}, timeout=5)
    assert answer.url.startswith(f"{sandbox.base_url}/meta/pages/{NAKSHI}")
    assert QUESTION in BeautifulSoup(answer.text, "html.parser").text


@pytest.mark.parametrize(("changes", "status"), [
    ({"post_id": "none"}, 404), ({"page": PITHA}, 404), ({"message": " "}, 422), ({"name": ""}, 422),
])  # fmt: skip
def test_a_visit_that_cannot_be_leaves_nothing(sandbox, post, changes, status):
    asked = {"page": changes.get("page", NAKSHI)} | {k: v for k, v in changes.items() if k != "page"}
    assert visit(sandbox, post, **asked).status_code == status
    assert sandbox.collection("meta.comments") == {}
