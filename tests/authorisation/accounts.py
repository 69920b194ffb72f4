"""Who may do what with accounts. What is told to whom inside a page is tested in tests/accounts."""
from __future__ import annotations

from marketplace.accounts.commands import sessions
from tests.authorisation.routes import ROLES, Route
from tests.people import PASSWORD, TOTP, person_named

ANYONE, ANYONE_LED_ON, REFUSED = (dict.fromkeys(ROLES, status) for status in (200, 303, 409))
SIGNED_IN = {**ANYONE, "visitor": 303}
NEW = "a quiet boat on the Padma"


def _session_of(person):
    sessions.begin(person, "Phone", "127.0.0.1")
    return person.session


THINGS = {"session": lambda world: _session_of(world.ada),
          "other_session": lambda world: _session_of(person_named("Zara", "zara@example.com"))}

ROUTES = [
    Route("accounts.sign_up", "GET", ANYONE, statements=3),
    Route("accounts.sign_up", "POST", ANYONE_LED_ON, data={
        "intends": "manager", "name": "Nadia", "email": "nadia@example.com", "password": NEW}),
    Route("accounts.sign_up_letter", "GET", ANYONE_LED_ON, statements=3),
    Route("accounts.create_sign_up_letter", "POST", ANYONE_LED_ON),
    Route("accounts.confirm_sign_up", "GET", REFUSED, query={"token": "made-up"}, statements=3),
    Route("accounts.create_confirmation", "POST", REFUSED, query={"token": "made-up"}, data={"password": NEW}),
    Route("accounts.sign_in", "GET", {**ANYONE_LED_ON, "visitor": 200}, statements=3),
    Route("accounts.sign_in", "POST", {**ANYONE_LED_ON, "visitor": 422}, data={"email": "nobody@example.com", "password": PASSWORD}),
    Route("accounts.sign_in_code", "GET", ANYONE_LED_ON, statements=3),
    Route("accounts.sign_in_code", "POST", ANYONE_LED_ON, data={"code": "123456"}),
    Route("accounts.sign_out", "POST", ANYONE_LED_ON),
    Route("accounts.confirm", "GET", SIGNED_IN, statements=6),
    Route("accounts.confirm", "POST", ANYONE_LED_ON, data=lambda world: {"password": PASSWORD, "code": TOTP.now()}),
    Route("accounts.forgotten_password", "GET", ANYONE, statements=3),
    Route("accounts.forgotten_password", "POST", ANYONE_LED_ON, data={"email": "ada@example.com"}),
    Route("accounts.forgotten_password_letter", "GET", ANYONE, statements=3),
    Route("accounts.new_password", "GET", REFUSED, query={"token": "made-up"}, statements=3),
    Route("accounts.new_password", "POST", REFUSED, query={"token": "made-up"}, data={"password": NEW}),
    Route("accounts.settings", "GET", SIGNED_IN, statements=10),
    Route("accounts.particulars", "GET", SIGNED_IN, statements=6),
    Route("accounts.particulars", "POST", ANYONE_LED_ON, data={"name": "আমি", "language": "bn"}),
    Route("accounts.password", "GET", SIGNED_IN, statements=6),
    Route("accounts.password", "POST", ANYONE_LED_ON, data={"current": PASSWORD, "password": NEW}),
    Route("accounts.email", "GET", SIGNED_IN, statements=6),
    Route("accounts.email", "POST", ANYONE_LED_ON, data={"email": "new@example.com"}),
    Route("accounts.confirm_email", "GET", {**REFUSED, "visitor": 303}, query={"token": "made-up"}, statements=6),
    Route("accounts.create_email_confirmation", "POST", {**REFUSED, "visitor": 303}, query={"token": "made-up"}),
    Route("accounts.turn_on_factor", "GET", SIGNED_IN, statements=6),
    Route("accounts.create_factor", "POST", ANYONE_LED_ON, data={"code": "123456"}),
    Route("accounts.create_factor_removal", "POST", {**ANYONE_LED_ON, "sam": 403}),
    Route("accounts.create_recovery_codes", "POST", SIGNED_IN),
    Route("accounts.create_session_ending", "POST", {"visitor": 303, "ada": 303, "ben": 404, "eve": 404, "sam": 404},
          ids=lambda world: {"session_id": world.session.id}, other=lambda world: {"session_id": world.other_session.id}),
    Route("accounts.create_ending_of_all", "POST", ANYONE_LED_ON),
]
