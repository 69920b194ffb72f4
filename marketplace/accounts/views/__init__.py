"""Pages of accounts."""
from __future__ import annotations

from flask import Blueprint, Flask
from flask_login import LoginManager

from marketplace.accounts import queries
from marketplace.accounts.commands import sessions
from marketplace.accounts.models import Person

pages = Blueprint("accounts", __name__)


def register(app: Flask) -> None:
    """Tell Flask-Login how a cookie's token becomes a person. Sessions are rows, so it need not guard the cookie itself."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(load_person)


def load_person(token: str) -> Person | None:
    """Whom a cookie signs in."""
    person = queries.signed_in(token)
    if person is not None:
        sessions.notice_use(person.session)
    return person
