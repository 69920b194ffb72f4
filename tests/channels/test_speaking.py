"""What each of Facebook's errors becomes, and that no token leaves the vault."""
from __future__ import annotations

import traceback

import pytest

from marketplace.channels import commands
from marketplace.channels.commands import vault
from marketplace.channels.commands.speaking import place
from marketplace.channels.models import ChannelStatus, Problem
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.mail import Letter
from sandbox.meta.seed import FARHANA, NAKSHI
from tests import people
from tests.factories.channels import connect
from tests.people import sign_in


@pytest.fixture
def channel(facebook):
    return connect(facebook)


@pytest.mark.parametrize(("mode", "meaning"), [
    ("status:429", commands.SlowDown), ("status:503", commands.Unanswered), ("status:500", commands.Unanswered),
    ("drop_before", commands.Unanswered), ("drop_after_commit", commands.Unanswered)])
def test_trouble_has_one_meaning(facebook, channel, mode, meaning):
    facebook.fault(mode, "/feed$")
    with pytest.raises(meaning):
        commands.publish_post(channel, "Eid")
    assert channel.status == ChannelStatus.connected


def test_an_error_with_status_200_is_an_error(facebook, channel):
    requests_body = {"error": {"message": "(#368) The action is deemed abusive", "type": "OAuthException", "code": 368}}
    facebook.fault("status:400", "/feed$", body=requests_body)
    with pytest.raises(commands.Refused) as refusal:
        commands.publish_post(channel, "Eid")
    assert "abusive" in refusal.value.reason
    assert not isinstance(refusal.value, commands.NotAllowed)


def test_a_lost_task_is_not_a_dead_connection(facebook, channel):
    facebook.control(f"pages/{NAKSHI}/roles", person=FARHANA, tasks=["ANALYZE"])
    with pytest.raises(commands.NotAllowed):
        commands.publish_post(channel, "Eid")
    assert channel.status == ChannelStatus.connected


def test_a_lost_role_breaks_the_connection(facebook, channel):
    facebook.control(f"pages/{NAKSHI}/roles", person=FARHANA, tasks=[])
    with pytest.raises(commands.TokenGone):
        commands.publish_post(channel, "Eid")
    assert (channel.status, channel.problem) == (ChannelStatus.broken, Problem.role_lost)
    with pytest.raises(commands.TokenGone):
        commands.publish_post(channel, "Eid")
    assert len(facebook.calls("POST", "/feed")) == 1


@pytest.mark.parametrize("mode", ["status:500", "drop_before", "status:429"])
def test_no_error_holds_the_token(facebook, channel, mode):
    secret = vault.read(place(channel))
    facebook.fault(mode, f"/{NAKSHI}")
    with pytest.raises(Exception) as error:
        commands.publish_post(channel, "Eid")
    told = "".join(traceback.format_exception(error.value)) + repr(error.value)
    assert not any(token in told for token in secret.values())


def test_tokens_are_in_no_page_letter_log_or_audit(facebook, channel, client, capsys):
    secret = vault.read(place(channel))
    sign_in(client, people.ada())
    shown = [client.get(path).text for path in ("/channels", f"/channels/{channel.id}")]
    facebook.control(f"people/{FARHANA}/removal")
    with pytest.raises(commands.TokenGone):
        commands.publish_post(channel, "Eid")
    written = [letter.text for letter in db.session.query(Letter)] + [str(entry.details) for entry in db.session.query(AuditEntry)]
    everything = "".join([*shown, *written, *capsys.readouterr()])
    assert "Nakshi Ghor" in everything
    assert not any(token in everything for token in secret.values())


def test_a_lost_answer_is_found_again(facebook, channel, app):
    from marketplace.core import clock

    begun = clock.now()
    facebook.fault("drop_after_commit", "/feed$")
    with pytest.raises(commands.Unanswered):
        commands.publish_post(channel, "Eid  is near\n")
    found = commands.find_post(channel, "Eid is near", begun, set())
    assert found == facebook.posts()[0]["id"]
    assert commands.find_post(channel, "Eid is near", begun, {found}) is None
    assert commands.find_post(channel, "Another", begun, set()) is None
