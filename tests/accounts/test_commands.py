"""Passwords, codes, links and staff, below the pages."""
from __future__ import annotations

import threading
import unicodedata
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.commands import factors, links, passwords
from marketplace.accounts.models import LinkPurpose, OneTimeLink, Person, RecoveryCode
from marketplace.core import crypto
from marketplace.core.db import db
from marketplace.core.errors import DomainError, Invalid, WrongState
from tests import people
from tests.people import TOTP

HALF_AN_HOUR = timedelta(minutes=30)
GOOD = ["all lower case words", "সাতটি সবুজ আম", "   ten blanks   ", "x" * 127 + "!", "🐟🐟🐟🐟🐟🐟🐟🐟🐟🐟", "1 long number 48210"]


@pytest.mark.parametrize("password", GOOD)
def test_good_passwords_of_any_kind_are_taken(password):
    assert passwords.fit(password) == password


@pytest.mark.parametrize("password", [
    "nine char", "x" * 129, "password123", "PASSWORD123", "1234567890", "qwertyuiop", "bangladesh1971", "bangladesh2026!",
    "my dayitto 2026", "Dayitto-Dayitto", "দায়িত্ব আমার হাতে", "ada@example.com"])
def test_what_is_tried_first_is_refused(app, password):
    with pytest.raises(Invalid) as refusal:
        passwords.fit(password, "ada@example.com")
    assert refusal.value.field == "password" and str(refusal.value.message)


def test_a_password_is_kept_exactly(app):
    for typed in [*GOOD, "ধ" * 128]:
        ada = people.person_named("Ada", "ada@example.com", password_hash=passwords.hashed(typed))
        assert passwords.matches(ada, typed)
        assert passwords.matches(ada, unicodedata.normalize("NFD", typed))
        for other in (typed[:-1], typed + " ", typed.swapcase() if typed.swapcase() != typed else typed * 2, typed.strip() + "."):
            assert not passwords.matches(ada, other)


def test_a_person_without_a_password_lets_nothing_in(app):
    nobody = people.person_named("New", "new@example.com", password_hash="")
    assert not passwords.matches(nobody, "") and not passwords.matches(None, "whatever")


def test_the_list_of_common_passwords_is_there():
    assert len(passwords._list()) > 2000
    assert crypto.fingerprint("qwertyuiop")[:16] in passwords._list()


def test_secrets_are_not_kept_readable(app):
    ada = people.ada()
    secret = factors.new_secret()
    codes = factors.turn_on(ada, secret, people.pyotp.TOTP(secret).now())
    token = links.issue(ada, LinkPurpose.reset_password, HALF_AN_HOUR)
    kept = [ada.totp_secret, *db.session.scalars(select(RecoveryCode.code_hash)), *db.session.scalars(select(OneTimeLink.token_hash))]
    assert not {secret, token, *(factors.plain(code) for code in codes)} & set(kept)
    assert len(set(codes)) == factors.RECOVERY_CODES and all(len(factors.plain(code)) == 24 for code in codes)


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_many_at_once_use_a_code_once(committed, monkeypatch, kind):
    monkeypatch.setattr(factors, "TRIES", 100)
    sam = people.sam()
    code = factors.renew_recovery_codes(sam)[0] if kind == "recovery" else TOTP.now()
    db.session.commit()
    assert _at_once(committed, lambda: factors.use_code(queries.by_email("sam@example.com"), code)) == 1


def test_a_link_in_use_is_waited_for_and_not_used_twice(committed):
    token = links.issue(people.ada(), LinkPurpose.reset_password, HALF_AN_HOUR)
    db.session.commit()
    links.use(token, LinkPurpose.reset_password)
    outcomes: list[object] = []
    second = threading.Thread(target=lambda: outcomes.append(_use_apart(committed, token)))
    second.start()
    second.join(timeout=0.5)
    assert outcomes == []
    db.session.commit()
    second.join()
    assert outcomes == [WrongState]


def test_a_link_serves_its_purpose_only(app):
    token = links.issue(people.ada(), LinkPurpose.change_email, HALF_AN_HOUR)
    with pytest.raises(DomainError):
        links.use(token, LinkPurpose.reset_password, LinkPurpose.join_staff)
    assert links.use(token, LinkPurpose.change_email).person == people.ada()


def test_an_operator_makes_staff_who_set_their_own_password(app, client):
    run = app.test_cli_runner()
    done = run.invoke(args=["staff", "create", "rima@example.com", "--name", "Rima", "--role", "vetter", "--role", "moderator"])
    assert done.exit_code == 0, done.output
    rima = queries.by_email("rima@example.com")
    assert rima.staff_roles == ["moderator", "vetter"] and not rima.email_verified_at
    link = done.output.strip().removeprefix("http://localhost")
    assert client.post(link, data={"password": "a quiet boat on the Padma"}).location == "/home"
    assert client.get("/home").location == "/settings/second-factor"
    assert "rima@example.com\tRima\tmoderator, vetter\tNO second factor" in run.invoke(args=["staff", "list"]).output


def test_promoting_keeps_the_person_and_can_forget_a_lost_factor(app):
    sam = people.sam()
    run = app.test_cli_runner()
    assert run.invoke(args=["staff", "create", "sam@example.com", "--name", "X", "--role", "finance"]).exit_code == 0
    kept = db.session.get(Person, sam.id)
    assert (kept.name, kept.staff_roles, bool(kept.totp_since)) == ("Sam Akter", ["finance"], True)
    run.invoke(args=["staff", "create", "sam@example.com", "--name", "X", "--role", "finance", "--fresh-factor"])
    assert db.session.get(Person, sam.id).totp_since is None


def test_a_role_that_does_not_exist_is_refused(app):
    done = app.test_cli_runner().invoke(args=["staff", "create", "x@example.com", "--name", "X", "--role", "god"])
    assert done.exit_code != 0 and queries.by_email("x@example.com") is None


def test_nobody_is_there_by_default(app):
    assert db.session.query(Person).count() == 0


def _use_apart(app, token: str) -> type:
    """What comes of using a link in a transaction of its own."""
    with app.app_context():
        try:
            return type(links.use(token, LinkPurpose.reset_password))
        except DomainError as refusal:
            return type(refusal)
        finally:
            db.session.rollback()


def _at_once(app, act, times: int = 7) -> int:
    """How many of so many threads, each in its own transaction, did it."""
    done, faults = [], []
    start = threading.Barrier(times)

    def run() -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                db.session.commit()
                done.append(True)
            except DomainError:
                db.session.rollback()
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert faults == []
    return len(done)
