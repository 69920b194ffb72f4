"""Signing up: by mail only, telling nobody whose addresses are taken."""
from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from marketplace.accounts import queries
from marketplace.accounts.commands import passwords, sign_ups
from marketplace.accounts.models import SignUp
from marketplace.core import clock
from marketplace.core.db import db
from tests import people
from tests.pages import errors, link_in, read, words
from tests.worker import body, letters, run_jobs, run_sweeps

JOINING = {"intends": "business", "name": "নাদিয়া খান", "email": "nadia@example.com", "password": "তিনটে আম, দুই লিচু"}
BENGALI = {"Accept-Language": "bn"}


@pytest.mark.parametrize(("intends", "first_step"), [("business", "/businesses/new"), ("manager", "/profile")])
def test_somebody_joins_and_is_led_to_the_first_step(client, intends, first_step):
    answer = client.post("/sign-up", data=JOINING | {"intends": intends}, headers=BENGALI)
    assert "nadia@example.com" in words(client.get(answer.location))
    confirm = _link()
    assert "নাদিয়া খান" in words(client.get(confirm))
    assert client.post(confirm).location == first_step
    assert "নাদিয়া খান" in words(client.get("/settings"))
    nadia = queries.by_email("NADIA@example.com")
    assert (nadia.language, nadia.intends, nadia.audiences) == ("bn", intends, [])


def test_the_letter_speaks_the_pages_language(client):
    client.post("/sign-up", data=JOINING, headers={"Accept-Language": "en"})
    run_jobs()
    letter = letters("nadia@example.com")[0]
    assert "Confirm your address" in letter["Subject"] and letter["Content-Language"] == "en"
    button = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser").find("a")
    assert button.text == "Confirm my address" and "/confirmation?token=" in button["href"]


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/forgotten-password", "/forgotten-password/letter", "/new-password",
                                  "/confirmation"])
def test_pages_speak_both_languages(client, path, language):
    page = read(client.get(path, headers={"Accept-Language": language}))
    assert page.html["lang"] == language
    assert any("\u0980" <= letter <= "\u09ff" for letter in page.main.h1.text) == (language == "bn")


def test_a_taken_address_looks_the_same_to_the_visitor(app, client):
    people.ada()
    taken = client.post("/sign-up", data=JOINING | {"email": "Ada@example.com"})
    free = app.test_client().post("/sign-up", data=JOINING)
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    run_jobs()
    told = letters("ada@example.com")
    assert [letter["Subject"] for letter in told] == ["You already have an account at Dayitto"]
    assert "/confirmation" not in body(told[0])
    assert passwords.matches(people.ada(), people.PASSWORD)


def test_nobody_else_confirms_with_the_link_alone(app, client):
    client.post("/sign-up", data=JOINING)
    other = app.test_client()
    answer = other.post(_link(), data={"password": "not what was chosen"})
    assert answer.status_code == 422 and "password" in errors(answer)
    assert queries.by_email("nadia@example.com") is None
    assert other.post(_link(), data={"password": JOINING["password"]}).location == "/businesses/new"


def test_a_link_works_once_and_not_for_ever(client):
    client.post("/sign-up", data=JOINING)
    link = _link()
    clock.move(sign_ups.LASTS + timedelta(seconds=1))
    assert client.get(link).status_code == client.post(link).status_code == 409
    assert queries.by_email("nadia@example.com") is None
    clock.reset()
    client.post(link)
    assert client.post(link).status_code == 409


def test_only_the_newest_letter_works(client):
    client.post("/sign-up", data=JOINING)
    first = _link()
    client.post("/sign-up/letter")
    second = _link()
    assert first != second
    assert client.get(first).status_code == 409 and client.get(second).status_code == 200


def test_letters_to_one_address_are_few(client):
    client.post("/sign-up", data=JOINING)
    for _ in range(sign_ups.LETTERS + 3):
        run_jobs()
        client.post("/sign-up/letter")
    run_jobs()
    assert len(letters("nadia@example.com")) == sign_ups.LETTERS


def test_two_sign_ups_of_one_address_make_one_person(app, client):
    client.post("/sign-up", data=JOINING)
    mine = _link()
    stranger = app.test_client()
    stranger.post("/sign-up", data=JOINING | {"password": "the password of a thief", "name": "Thief"})
    client.post(mine)
    assert queries.by_email("nadia@example.com").name == "নাদিয়া খান"
    assert db.session.query(SignUp).count() == 0


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("name", "x" * 121), ("email", ""), ("email", "nadia"), ("email", "nadia@example.com\r\nBcc: all@example.com"),
    ("email", "n" * 250 + "@example.com"), ("password", ""), ("password", "nine char"), ("intends", "staff"), ("intends", "")])
def test_what_cannot_be_taken_is_said_beside_its_field(client, field, value):
    answer = client.post("/sign-up", data=JOINING | {field: value}, headers=BENGALI)
    assert answer.status_code == 422
    assert set(errors(answer)) == {field}
    if field != "name":
        assert read(answer).find(id="name")["value"] == JOINING["name"]
    assert not read(answer).find(id="password").get("value")
    assert db.session.query(SignUp).count() == 0


def test_what_is_over_is_forgotten(client):
    client.post("/sign-up", data=JOINING)
    clock.move(sign_ups.LASTS + timedelta(seconds=1))
    run_sweeps()
    assert db.session.query(SignUp).count() == 0


def test_password_fields_help_the_password_program(client):
    page = read(client.get("/sign-up"))
    assert page.find(id="password")["type"] == "password" and page.find(id="password")["autocomplete"] == "new-password"
    assert not page.find(id="password").get("maxlength")


def _link() -> str:
    run_jobs()
    return link_in(letters("nadia@example.com")[-1])
