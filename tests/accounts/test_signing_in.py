"""Signing in: guessing is slow, nobody is locked out by others, cookies die with their session."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.accounts import commands, queries
from marketplace.accounts.commands import factors, passwords, sign_ins
from marketplace.accounts.models import SESSION_DAYS, SESSION_IDLE_DAYS, STAFF_IDLE_MINUTES, Session
from marketplace.core import clock
from marketplace.core.db import db
from tests import people
from tests.pages import read, words
from tests.people import PASSWORD, TOTP, sign_in
from tests.worker import body, letters, run_jobs

ADA = {"email": "ada@example.com", "password": PASSWORD}


def test_the_right_password_leads_to_the_page_wanted(client):
    people.ada()
    assert client.get("/settings").location == "/sign-in?next=/settings"
    assert client.post("/sign-in?next=/settings", data=ADA).location == "/settings"
    assert "Ada Rahman" in words(client.get("/settings"))
    assert client.get("/sign-in").location == "/home"


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "https://evil.example/",
                                    "/%0a/evil", "javascript:alert(1)", "@evil.example", " //evil.example", "/\n/evil.example", ""])
def test_nobody_is_led_elsewhere(client, wanted):
    people.ada()
    location = client.post("/sign-in", query_string={"next": wanted}, data=ADA).location
    assert location in ("/home", "/%0a/evil")


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client):
    people.ada()
    wrong = client.post("/sign-in", data=ADA | {"password": "not this one"})
    unknown = client.post("/sign-in", data=ADA | {"email": "nobody@example.com"})
    assert wrong.status_code == unknown.status_code == 422
    assert words(wrong) == words(unknown) and "do not fit" in words(wrong)
    assert read(wrong).find(id="email")["value"] == "ada@example.com"


def test_a_cookie_holds_no_id_and_dies_at_sign_out(client):
    ada = people.ada()
    client.post("/sign-in", data=ADA)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert str(ada.id) not in token and token not in {row.token_hash for row in db.session.query(Session)}
    copied = client.get_cookie("session").value
    client.post("/sign-out")
    client.set_cookie("session", copied)
    assert client.get("/settings").status_code == 303


def test_a_cookie_made_by_hand_opens_nothing(client):
    ada = people.ada()
    sign_in(client, ada)
    for forged in (str(ada.id), ada.session.token_hash, str(ada.session.id), ""):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = forged
        assert client.get("/settings").status_code == 303


def test_signing_in_begins_a_new_cookie(client):
    people.ada()
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    client.post("/sign-in", data=ADA)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_a_session_ends_unused_and_ends_at_last(client):
    sign_in(client, people.ada())
    clock.move(timedelta(days=SESSION_IDLE_DAYS, seconds=1))
    assert client.get("/settings").status_code == 303
    clock.reset()
    used = range(SESSION_DAYS // 10)
    for _ in used:
        assert client.get("/settings").status_code == 200
        clock.move(timedelta(days=10))
    clock.move(timedelta(seconds=1))
    assert client.get("/settings").status_code == 303


def test_sessions_of_staff_end_sooner(client):
    sign_in(client, people.sam())
    clock.move(timedelta(minutes=STAFF_IDLE_MINUTES, seconds=1))
    assert client.get("/settings").status_code == 303


def test_use_is_written_down_once_a_minute(client):
    ada = people.ada()
    sign_in(client, ada)
    began = db.session.get(Session, ada.session.id).seen_at
    clock.move(timedelta(seconds=30))
    client.get("/settings")
    assert db.session.get(Session, ada.session.id).seen_at == began
    clock.move(timedelta(seconds=31))
    client.get("/settings")
    assert db.session.get(Session, ada.session.id).seen_at > began


def test_a_suspension_ends_every_session_and_lets_nobody_in(client):
    ada = people.ada()
    sign_in(client, ada)
    commands.suspend(ada, people.sam(), "fake receipts")
    assert client.get("/settings").status_code == 303
    answer = client.post("/sign-in", data=ADA)
    assert answer.status_code == 403 and "suspended" in words(answer)
    commands.lift_suspension(people.ada(), people.sam(), "a mistake")
    assert client.post("/sign-in", data=ADA).status_code == 303


def test_a_session_that_outlives_its_persons_suspension_opens_nothing(client):
    sign_in(client, people.ada())
    people.person_named("Ada", "ada@example.com", suspended_at=clock.now())
    assert client.get("/settings").status_code == 303


def test_guessing_is_stopped_but_the_known_browser_gets_in(browsers):
    client = browsers()
    people.ada()
    client.post("/sign-in", data=ADA)
    client.post("/sign-out")
    thieves = [browsers() for _ in range(sign_ins.PER_ACCOUNT + 2)]
    codes = [thief.post("/sign-in", data=ADA | {"password": f"guess number {number}"}, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})
             .status_code for number, thief in enumerate(thieves)]
    assert codes == [422] * (sign_ins.PER_ACCOUNT - 1) + [429] * 3  # ada's own first sign-in counts too
    right = thieves[0].post("/sign-in", data=ADA, environ_base={"REMOTE_ADDR": "10.0.1.1"})
    assert right.status_code == 429 and "by mail" in words(right)
    assert client.post("/sign-in", data=ADA).location == "/home"


def test_a_known_browser_cannot_guess_for_ever(browsers):
    client = browsers()
    people.ada()
    client.post("/sign-in", data=ADA)
    client.post("/sign-out")
    codes = [client.post("/sign-in", data=ADA | {"password": "a wrong guess"}).status_code for _ in range(sign_ins.PER_DEVICE + 1)]
    assert codes == [422] * sign_ins.PER_DEVICE + [429]


def test_one_address_cannot_try_many_accounts(browsers, monkeypatch):
    client = browsers()
    monkeypatch.setattr(sign_ins, "PER_ADDRESS", 3)
    codes = [client.post("/sign-in", data=ADA | {"email": f"somebody{number}@example.com"}).status_code for number in range(4)]
    assert codes == [422, 422, 422, 429]


def test_a_device_cookie_of_another_person_or_made_by_hand_helps_nobody(browsers):
    client = browsers()
    people.ada()
    ben = people.ben()
    client.post("/sign-in", data=ADA | {"email": ben.email})
    client.post("/sign-out")
    for _ in range(sign_ins.PER_ACCOUNT):
        client.post("/sign-in", data=ADA | {"password": "a wrong guess"})
    assert client.post("/sign-in", data=ADA).status_code == 429
    client.set_cookie("device", client.get_cookie("device").value[:-2] + "xx")
    assert client.post("/sign-in", data=ADA).status_code == 429


def test_a_new_device_is_told_by_mail_but_not_the_first(app, client):
    people.ada()
    client.post("/sign-in", data=ADA)
    client.post("/sign-out")
    client.post("/sign-in", data=ADA)
    run_jobs()
    assert letters("ada@example.com") == []
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14; SM-A145F) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"}
    app.test_client().post("/sign-in", data=ADA, headers=phone)
    run_jobs()
    assert "Chrome, Android" in body(letters("ada@example.com")[0])


def test_the_second_factor_is_asked_for_and_its_code_works_once(app, client):
    people.sam()
    sam = {"email": "sam@example.com", "password": PASSWORD}
    assert client.post("/sign-in?next=/settings", data=sam).location == "/sign-in/code"
    assert client.get("/settings").status_code == 303
    assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    code = TOTP.now()
    bengali = f"{code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    assert client.post("/sign-in/code", data={"code": bengali}).location == "/settings"
    other = app.test_client()
    other.post("/sign-in", data=sam)
    assert other.post("/sign-in/code", data={"code": code}).status_code == 422


def test_a_code_belongs_to_the_browser_that_typed_the_password(app, client):
    people.sam()
    assert client.post("/sign-in/code", data={"code": TOTP.now()}).location == "/sign-in"


def test_a_waiting_code_ends_with_time_and_with_the_password(client):
    sam = people.sam()
    client.post("/sign-in", data={"email": sam.email, "password": PASSWORD})
    assert client.get("/sign-in/code").status_code == 200
    sam.password_hash = passwords.hashed("another password now")
    assert client.get("/sign-in/code").location == "/sign-in"
    sam.password_hash = people._hash()
    clock.move(timedelta(minutes=10, seconds=1))
    assert client.get("/sign-in/code").location == "/sign-in"


def test_codes_are_tried_only_a_few_times(browsers):
    client = browsers()
    sam = people.sam()
    client.post("/sign-in", data={"email": sam.email, "password": PASSWORD})
    codes = [client.post("/sign-in/code", data={"code": f"{number:06}"}).status_code for number in range(factors.TRIES + 1)]
    assert codes == [422] * factors.TRIES + [429]


def test_a_recovery_code_works_once(app, client):
    sam = people.sam()
    code = factors.renew_recovery_codes(sam)[3]
    for browser, status in ((client, 303), (app.test_client(), 422)):
        browser.post("/sign-in", data={"email": sam.email, "password": PASSWORD})
        assert browser.post("/sign-in/code", data={"code": code.lower()}).status_code == status
    assert queries.recovery_codes_left(people.sam()) == factors.RECOVERY_CODES - 1


def test_old_hashes_are_renewed_when_the_password_is_typed(client):
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    people.person_named("Ada", "ada@example.com", password_hash=weak)
    client.post("/sign-in", data=ADA)
    renewed = queries.by_email("ada@example.com").password_hash
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and passwords.matches(people.ada(), PASSWORD)


def test_who_is_signed_in_costs_one_statement(app, client):
    sign_in(client, people.ada())
    db.session.commit()
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    client.get("/settings/password")
    assert len([statement for statement in seen if "FROM sessions" in statement or "FROM people" in statement]) == 1
