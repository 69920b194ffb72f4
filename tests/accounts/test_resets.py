"""A forgotten password: by mail, once, and never around the second factor."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.accounts import commands, queries
from marketplace.accounts.commands import passwords, resets
from marketplace.core import clock
from marketplace.core.db import db
from tests import people
from tests.pages import errors, link_in, read, words
from tests.people import PASSWORD, TOTP, sign_in
from tests.worker import letters, run_jobs

NEW = "a quiet boat on the Padma"


def test_a_link_sets_a_new_password_and_signs_everybody_out(app, client):
    ada = people.ada()
    thief = sign_in(app.test_client(), ada)
    link = _asked(client, "Ada@Example.com")
    assert "ada@example.com" in words(client.get(link))
    assert client.post(link, data={"password": NEW}).location == "/home"
    assert client.get("/settings").status_code == 200
    assert thief.get("/settings").status_code == 303
    assert passwords.matches(queries.by_email("ada@example.com"), NEW)
    assert client.post(link, data={"password": PASSWORD}).status_code == 409


def test_an_unknown_address_looks_the_same_and_gets_no_letter(client):
    people.ada()
    known = client.post("/forgotten-password", data={"email": "ada@example.com"})
    unknown = client.post("/forgotten-password", data={"email": "nobody@example.com"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert run_jobs().count("accounts.commands.resets.send") == 2
    assert len(letters("ada@example.com")) == 1 and letters("nobody@example.com") == []


def test_a_link_lasts_half_an_hour(client):
    people.ada()
    link = _asked(client)
    clock.move(resets.LASTS - timedelta(seconds=1))
    assert client.get(link).status_code == 200
    clock.move(timedelta(seconds=2))
    assert client.get(link).status_code == client.post(link, data={"password": NEW}).status_code == 409


def test_a_newer_link_ends_the_older(client):
    people.ada()
    older, newer = _asked(client), _asked(client)
    assert client.get(older).status_code == 409 and client.get(newer).status_code == 200


def test_a_weak_password_does_not_use_the_link_up(client):
    people.ada()
    link = _asked(client)
    answer = client.post(link, data={"password": "password123"})
    assert answer.status_code == 422 and "Many people use" in errors(answer)["password"]
    assert client.post(link, data={"password": NEW}).status_code == 303


def test_the_second_factor_is_still_asked_for(client):
    people.sam()
    link = _asked(client, "sam@example.com")
    assert client.post(link, data={"password": NEW}).location == "/sign-in/code"
    assert client.get("/settings").location == "/sign-in?next=/settings"
    assert client.post("/sign-in/code", data={"code": TOTP.now()}).location == "/home"


def test_the_suspended_get_no_link(client):
    commands.suspend(people.ada(), people.sam(), "fake receipts")
    client.post("/forgotten-password", data={"email": "ada@example.com"})
    run_jobs()
    assert letters("ada@example.com") == []


def test_the_link_names_our_site_whatever_host_was_asked(client):
    people.ada()
    client.post("/forgotten-password", data={"email": "ada@example.com"}, headers={"Host": "evil.example"})
    run_jobs()
    for letter in letters("ada@example.com"):
        assert "evil.example" not in letter.as_string()


def test_the_queue_does_not_tell_the_address(app, client):
    client.post("/forgotten-password", data={"email": "ada@example.com"})
    assert "ada@" not in str(db.session.execute(text("select args from procrastinate_jobs")).all())


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\u0995"])
def test_a_made_up_link_is_over(client, token):
    answer = client.get("/new-password", query_string={"token": token})
    assert answer.status_code == 409 and read(answer).main.find("a", href="/forgotten-password")


def _asked(client, email: str = "ada@example.com") -> str:
    client.post("/forgotten-password", data={"email": email})
    run_jobs()
    return link_in(letters(email.lower())[-1])
