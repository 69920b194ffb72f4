"""What people see when they look after their account."""
from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.commands import factors, passwords
from marketplace.accounts.models import Person, Session
from marketplace.core.db import db
from tests import people
from tests.pages import errors, link_in, read, words
from tests.people import PASSWORD, sign_in
from tests.worker import body, letters, run_jobs

NEW = "a quiet boat on the Padma"


def test_settings_show_the_account(client):
    sign_in(client, people.ada())
    page = words(client.get("/settings"))
    assert "Ada Rahman" in page and "ada@example.com" in page and "This one, now" in page


@pytest.mark.parametrize("path", ["/settings", "/settings/particulars", "/settings/password", "/settings/email", "/settings/second-factor",
                                  "/password-again"])
def test_own_pages_speak_both_languages(client, path):
    sign_in(client, people.person_named("Ada", "ada@example.com", language="en"))
    english = read(client.get(path))
    people.person_named("Ada", "ada@example.com", language="bn")
    bengali = read(client.get(path))
    assert english.html["lang"] == "en" and bengali.html["lang"] == "bn"
    assert not re.search("[\u0980-\u09ff]", english.main.h1.text)
    assert re.search("[\u0980-\u09ff]", bengali.main.h1.text)


def test_name_and_language_are_changed_at_once(client):
    sign_in(client, people.ada())
    answer = client.post("/settings/particulars", data={"name": "আদা রহমান", "language": "bn"}, follow_redirects=True)
    assert read(answer).html["lang"] == "bn" and "আদা রহমান" in words(answer)


def test_a_changed_password_signs_the_others_out_and_is_told(app, client):
    ada = people.ada()
    other = sign_in(app.test_client(), ada)
    sign_in(client, ada)
    client.post("/settings/password", data={"current": PASSWORD, "password": NEW})
    assert "changed" in words(client.get("/settings"))
    assert other.get("/settings").status_code == 303
    run_jobs()
    assert letters("ada@example.com")[0]["Subject"] == "Your password was changed"
    assert passwords.matches(queries.by_email("ada@example.com"), NEW)


def test_a_change_needs_the_password_one_has(client):
    sign_in(client, people.ada())
    answer = client.post("/settings/password", data={"current": "not this one at all", "password": NEW})
    assert answer.status_code == 422
    assert errors(answer) == {"current": "This is not your password now."}
    assert passwords.matches(people.ada(), PASSWORD)


def test_a_new_token_after_a_change(client):
    sign_in(client, people.ada())
    copied = client.get_cookie("session").value
    client.post("/settings/password", data={"current": PASSWORD, "password": NEW})
    thief = client.application.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/settings").status_code == 303
    assert client.get("/settings").status_code == 200


def test_one_session_is_ended_from_another(app, client):
    ada = people.ada()
    phone = sign_in(app.test_client(), ada)
    theirs = ada.session.id
    sign_in(client, ada)
    assert "Sign out there" in words(client.get("/settings"))
    assert client.post(f"/settings/sessions/{theirs}/ending").status_code == 303
    assert phone.get("/settings").status_code == 303
    assert client.get("/settings").status_code == 200


def test_signing_out_everywhere_means_here_too(app, client):
    phone = sign_in(app.test_client(), people.ada())
    sign_in(client, people.ada())
    assert client.post("/settings/sessions/ending").location == "/sign-in"
    assert client.get("/settings").status_code == phone.get("/settings").status_code == 303
    assert db.session.scalars(select(Session)).all() == []


def test_a_new_address_is_taken_by_its_link_and_the_old_one_told(client):
    sign_in(client, people.ada())
    client.post("/settings/email", data={"email": "new@example.com"})
    run_jobs()
    assert queries.by_email("ada@example.com")
    link = link_in(letters("new@example.com")[0])
    assert "new@example.com" in words(client.get(link))
    client.post(link)
    assert "new@example.com" in words(client.get("/settings"))
    run_jobs()
    assert "new@example.com" in body(letters("ada@example.com")[-1])
    assert client.post(link).status_code == 409


def test_anothers_address_looks_the_same_and_gets_no_letter(client):
    people.ben()
    sign_in(client, people.ada())
    free = words(client.post("/settings/email", data={"email": "new@example.com"}, follow_redirects=True))
    taken = words(client.post("/settings/email", data={"email": "ben@example.com"}, follow_redirects=True))
    run_jobs()
    assert free == taken
    assert letters("ben@example.com") == []


def test_somebody_elses_link_does_not_move_my_address(app, client):
    sign_in(client, people.ada())
    client.post("/settings/email", data={"email": "new@example.com"})
    run_jobs()
    link = link_in(letters("new@example.com")[0])
    sign_in(client, people.ben())
    assert client.get(link).status_code == client.post(link).status_code == 409
    assert queries.by_email("new@example.com") is None


def test_codes_are_turned_on_with_a_picture_and_a_key(client):
    sign_in(client, people.ada())
    page = read(client.get("/settings/second-factor"))
    assert page.main.img["src"].startswith("data:image/svg+xml")
    app = people.pyotp.TOTP(page.main.code.text.replace(" ", ""))
    wrong = client.post("/settings/second-factor", data={"code": "000000"})
    assert wrong.status_code == 422 and "code" in errors(wrong)
    assert read(wrong).main.code.text == page.main.code.text
    shown = read(client.post("/settings/second-factor", data={"code": app.now()})).main.select("code")
    assert len(shown) == factors.RECOVERY_CODES
    assert "are on" in words(client.get("/settings"))
    run_jobs()
    assert letters("ada@example.com")[0]["Subject"] == "Codes from your phone are turned on"


def test_looking_at_the_key_writes_nothing(client):
    sign_in(client, people.ada())
    client.get("/settings/second-factor")
    assert people.ada().totp_secret is None


def test_staff_keep_their_second_factor(client):
    sign_in(client, people.sam())
    assert "Turn codes off" not in words(client.get("/settings"))
    assert client.post("/settings/second-factor/removal").status_code == 403


def test_staff_without_a_second_factor_get_no_further(client):
    new = people.person_named("Tuli", "tuli@example.com", staff_roles=["vetter"])
    sign_in(client, new)
    for path in ("/home", "/settings", "/settings/email", "/"):
        assert client.get(path).location == "/settings/second-factor"
    assert client.get("/settings/second-factor").status_code == 200
    assert client.post("/sign-out").status_code == 303


def test_what_matters_asks_for_the_password_after_a_while(client):
    ada = people.ada()
    sign_in(client, ada)
    _confirmed_long_ago(ada)
    answer = client.get("/settings/email")
    assert answer.location == "/password-again?next=/settings/email"
    assert client.post(answer.location, data={"password": "not this one"}).status_code == 422
    assert client.post(answer.location, data={"password": PASSWORD}).location == "/settings/email"
    assert client.get("/settings/email").status_code == 200


def test_a_form_sent_too_late_leads_back_to_its_page(client):
    ada = people.ada()
    sign_in(client, ada)
    _confirmed_long_ago(ada)
    answer = client.post("/settings/email", data={"email": "x@example.com"}, headers={"Referer": "http://localhost/settings/email"})
    assert answer.location == "/password-again?next=/settings/email"
    elsewhere = client.post("/settings/email", headers={"Referer": "http://evil.example/settings/email"})
    assert elsewhere.location == "/password-again?next=/home"


def test_the_code_is_asked_for_too_by_those_who_have_one(client):
    sam = people.sam()
    sign_in(client, sam)
    _confirmed_long_ago(sam)
    assert client.post("/password-again", data={"password": PASSWORD}).status_code == 422
    assert client.post("/password-again", data={"password": PASSWORD, "code": people.TOTP.now()}).status_code == 303


def test_nothing_is_done_without_the_forms_token(client):
    sign_in(client, people.ada())
    for path in ("/settings/particulars", "/settings/sessions/ending", "/sign-out", "/sign-in", "/sign-up"):
        assert client.post(path, headers={"X-CSRFToken": ""}).status_code == 400
    assert client.get("/settings").status_code == 200


def _confirmed_long_ago(person: Person) -> None:
    session = db.session.scalars(select(Session).where(Session.person_id == person.id)).one()
    session.confirmed_at = session.confirmed_at.replace(year=2020)
