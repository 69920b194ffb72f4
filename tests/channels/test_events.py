"""Facebook's webhooks: proven, stored once, worked later, in any order."""
from __future__ import annotations

import pytest

from marketplace.channels import signals
from marketplace.channels.commands import publish_post
from marketplace.channels.models import MetaEvent
from marketplace.core.db import db
from tests.factories.channels import connect
from tests.worker import run_jobs


@pytest.fixture
def heard():
    told = []

    def listen(channel, comment):
        told.append((channel.name, comment))

    with signals.comment_changed.connected_to(listen):
        yield told


def test_a_comment_comes_once_however_often_it_is_told(facebook, client, heard):
    channel = connect(facebook)
    post = publish_post(channel, "নতুন শাড়ি")
    facebook.visit(post, "দাম কত?")
    sent = facebook.webhooks()
    assert facebook.deliver(client, [*sent, *sent]) == [200] * 2 * len(sent)
    assert db.session.query(MetaEvent).count() == len(sent)
    run_jobs()
    [(name, comment)] = heard
    assert (name, comment.text, comment.from_name, comment.post_external_id) == (channel.name, "দাম কত?", "Mitu Sarker", post)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc"])
def test_a_webhook_facebook_did_not_sign_is_refused(facebook, client, signature):
    answer = client.post("/webhooks/meta", data=b'{"object":"page","entry":[]}', headers={"X-Hub-Signature-256": signature})
    assert answer.status_code == 403
    assert db.session.query(MetaEvent).count() == 0


def test_a_changed_body_is_refused(facebook, client):
    channel = connect(facebook)
    facebook.visit(publish_post(channel, "x"), "দাম কত?")
    one = facebook.webhooks()[-1]
    answer = client.post("/webhooks/meta", data=one.body + b" ", headers={"X-Hub-Signature-256": one.headers["X-Hub-Signature-256"]})
    assert answer.status_code == 403


def test_facebook_is_answered_only_when_it_knows_the_word(facebook, client):
    asked = {"hub.mode": "subscribe", "hub.challenge": "123456", "hub.verify_token": "sandbox-verify-token"}
    assert client.get("/webhooks/meta", query_string=asked).text == "123456"
    assert client.get("/webhooks/meta", query_string=asked | {"hub.verify_token": "guess"}).status_code == 403


@pytest.mark.parametrize("payload", [
    b"{}", b'{"entry":5}', b'{"entry":[{"changes":[{"value":"x"}]}]}', b'{"entry":[{"id":"1","changes":"no"}]}',
])
def test_odd_payloads_are_worked_without_effect(facebook, app, heard, payload):
    import hashlib
    import hmac

    from marketplace.channels.commands import receive

    secret = app.extensions["settings"].meta_app_secret.encode()
    assert receive(payload, "sha256=" + hmac.new(secret, payload, hashlib.sha256).hexdigest())
    run_jobs()
    assert heard == []
    assert db.session.query(MetaEvent).one().handled_at
