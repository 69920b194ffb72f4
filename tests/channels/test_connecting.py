"""From the consent screen to a connected page, against the sandbox's Facebook."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.channels import commands, queries
from marketplace.channels.commands import vault
from marketplace.channels.commands.speaking import place
from marketplace.channels.models import ChannelStatus, Consent, Problem, VaultEntry
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from sandbox.meta.seed import FARHANA, GADGET, NAKSHI, NUSRAT, PITHA, TANVIR, TEA
from tests import people
from tests.factories.businesses import make_business
from tests.factories.channels import NONCE, connect, make_consent
from tests.worker import letters, run_jobs, run_sweeps


def test_a_page_is_connected_with_its_own_token_and_proves_the_business(facebook):
    channel = connect(facebook)
    assert (channel.name, channel.followers, channel.status) == ("নকশি ঘর Nakshi Ghor", 48210, ChannelStatus.connected)
    secret = vault.read(place(channel))
    assert secret["page"] != secret["user"]
    assert channel.business.page_proven_at
    assert channel.others_in_control == ["Rakib Hasan"]
    assert facebook.calls("POST", f"{NAKSHI}/subscribed_apps")


def test_a_page_reached_only_through_a_business_is_offered(facebook):
    consent = make_consent(facebook)
    assert {page["id"] for page in consent.candidates} >= {NAKSHI, PITHA, TEA}
    assert connect(facebook, page=TEA).name == "Sylhet Tea Trails"


def test_a_page_that_was_not_ticked_cannot_be_connected(facebook):
    consent = make_consent(facebook, untick=(PITHA,))
    assert {page["id"]: page["ticked"] for page in consent.candidates}[PITHA] is False
    with pytest.raises(Invalid) as refusal:
        commands.connect_page(consent, PITHA, None, people.ada())
    assert refusal.value.field == "page"
    assert queries.channels_of(consent.business) == []


def test_a_page_somebody_may_only_look_at_cannot_be_connected(facebook):
    consent = make_consent(facebook, person=NUSRAT)
    with pytest.raises(Invalid):
        commands.connect_page(consent, NAKSHI, None, people.ada())


def test_a_permission_that_was_not_given_is_told(facebook):
    consent = make_consent(facebook, untick=("pages_manage_metadata",))
    with pytest.raises(Invalid):
        commands.connect_page(consent, NAKSHI, None, people.ada())


def begun(facebook, nonce=NONCE):
    return begun_by(people.ada(), facebook, nonce)


def begun_by(person, facebook, nonce=NONCE):
    address = commands.begin_consent(make_business(person), person, nonce, f"{facebook.world.listener.url}/channels/facebook/callback")
    db.session.flush()
    return address


def test_the_address_asks_for_pkce_and_never_shows_the_verifier(facebook):
    address = begun(facebook)
    assert "code_challenge_method=S256" in address
    consent = db.session.query(Consent).one()
    assert consent.verifier not in address
    assert facebook.world.url in address


@pytest.mark.parametrize("spoil", ["state", "nonce", "person", "late", "twice"])
def test_a_state_belongs_to_one_person_browser_and_moment(facebook, spoil):
    given = facebook.agree(begun(facebook))
    person, nonce = people.eve() if spoil == "person" else people.ada(), "another browser" if spoil == "nonce" else NONCE
    if spoil == "late":
        clock.move(timedelta(minutes=21))
    if spoil == "twice":
        commands.end_consent(person, nonce, given["state"], given["code"])
    state = "made up" if spoil == "state" else given["state"]
    with pytest.raises(Invalid):
        commands.end_consent(person, nonce, state, given["code"])


def test_a_cancelled_consent_connects_nothing(facebook):
    given = facebook.cancel(begun(facebook))
    with pytest.raises(Invalid):
        commands.end_consent(people.ada(), NONCE, given["state"], given.get("code", ""))


def test_a_stolen_code_is_worthless_without_the_verifier(facebook):
    stolen = facebook.agree(begun(facebook))
    given = facebook.agree(begun(facebook))
    with pytest.raises(Invalid):
        commands.end_consent(people.ada(), NONCE, given["state"], stolen["code"])


def test_another_business_cannot_take_a_connected_page(facebook):
    connect(facebook, page=GADGET, person=TANVIR)
    given = facebook.agree(begun_by(people.eve(), facebook), TANVIR)
    consent = commands.end_consent(people.eve(), NONCE, given["state"], given["code"])
    with pytest.raises(Invalid):
        commands.connect_page(consent, GADGET, None, people.eve())


def test_consents_nobody_used_are_forgotten_with_their_tokens(facebook):
    make_consent(facebook)
    assert db.session.query(VaultEntry).count() == 1
    clock.move(timedelta(hours=1))
    run_sweeps()
    assert db.session.query(Consent).count() == db.session.query(VaultEntry).count() == 0


@pytest.mark.parametrize(("state", "problem"), [("password_changed", Problem.signed_out), ("checkpointed", Problem.checkpoint)])
def test_a_broken_connection_is_told_and_reconnecting_keeps_the_row(facebook, state, problem):
    channel = connect(facebook)
    facebook.control(f"people/{FARHANA}/state", state=state)
    clock.move(timedelta(hours=7))
    run_sweeps()
    assert (channel.status, channel.problem) == (ChannelStatus.broken, problem)
    assert [letter["Subject"] for letter in letters("ada@example.com")] == ["নকশি ঘর Nakshi Ghor must be connected again"]
    facebook.control(f"people/{FARHANA}/state", state="ok")
    facebook.world.advance(timedelta(seconds=5))
    again = connect(facebook)
    assert (again.id, again.status, again.problem) == (channel.id, ChannelStatus.connected, None)


def test_disconnecting_stops_at_once_and_gives_the_consent_back_when_facebook_answers(facebook):
    channel = connect(facebook)
    facebook.fault("drop_before", f"/{FARHANA}/permissions")
    commands.disconnect(channel, people.ada())
    with pytest.raises(commands.TokenGone):
        commands.publish_post(channel, "after")
    run_jobs()
    assert channel.withdrawn_at is None
    assert vault.read(place(channel))
    run_jobs()
    assert channel.withdrawn_at
    assert vault.read(place(channel)) is None
    assert facebook.posts() == []


def test_the_consent_stays_while_another_page_lives_on_it(facebook):
    first, second = connect(facebook), connect(facebook, page=PITHA)
    commands.disconnect(first, people.ada())
    run_jobs()
    assert first.withdrawn_at
    commands.publish_post(second, "Still here")
    assert facebook.calls("DELETE", "/permissions") == []
