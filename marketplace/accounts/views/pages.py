"""What all pages of accounts share: the blueprint, the way in, and where a page may lead."""
from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, g, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user

from marketplace.accounts.commands import sign_ins
from marketplace.accounts.models import Person
from marketplace.accounts.views import devices

pages = Blueprint("accounts", __name__)

# A path of ours: one slash, then no slash, backslash, blank or control character that a browser might read as a host.
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def own_path(wanted: str | None) -> str:
    """Where to go next: the wanted page if it is ours, else the start page."""
    return wanted if wanted and OWN_PATH.fullmatch(wanted) else url_for("site.home")


def person() -> Person:
    """Who is signed in, as the row itself: commands store it and lock it."""
    return current_user._get_current_object()


def enter(somebody: Person, wanted: str | None) -> Response:
    """Sign in here: a new session in a new cookie, and the device is known from now on."""
    browser = devices.browser()
    sign_ins.enter(somebody, browser)
    keep_signed_in(somebody)
    return devices.remember(redirect(own_path(wanted), 303), browser, somebody)


def keep_signed_in(somebody: Person) -> None:
    """Put the session's token into a cookie that holds nothing from before; the form token made for that goes too."""
    session.clear()
    g.pop("csrf_token", None)
    session.permanent = True
    login_user(somebody)


def leave(response: Response) -> Response:
    """Forget who was here, and have the browser forget what it kept of them; whoever calls this ends the session's row."""
    logout_user()
    session.clear()
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def own_address() -> str:
    """The network address of the browser."""
    return request.remote_addr or ""


def site_name() -> str:
    """The product's name."""
    return current_app.extensions["settings"].site_name
