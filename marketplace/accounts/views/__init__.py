"""Pages of accounts."""
from __future__ import annotations

from flask import Flask, Response, flash, redirect, request, url_for
from flask_login import LoginManager, current_user

from marketplace.accounts import policies, queries
from marketplace.accounts.commands import sessions
from marketplace.accounts.models import Person
from marketplace.accounts.views import addresses, factors, passwords, settings, sign_in, sign_up
from marketplace.accounts.views.pages import own_path, pages
from marketplace.core import mail

__all__ = ["addresses", "factors", "pages", "passwords", "register", "settings", "sign_in", "sign_up"]

# What people of staff may open before they have a second factor: how to get one, and the way out.
WITHOUT_FACTOR = {"accounts.turn_on_factor", "accounts.create_factor", "accounts.confirm", "accounts.sign_out",
                  "assets.show", "site.language", "site.theme", "site.health", "site.service_worker"}


def register(app: Flask) -> None:
    """Tell Flask-Login how a cookie's token becomes a person. Sessions are rows, so it need not guard the cookie itself."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(load_person)
    app.add_template_filter(mail.absolute, "absolute")
    app.before_request(second_factor_first)
    app.register_error_handler(policies.ConfirmFirst, confirm_first)


def load_person(token: str) -> Person | None:
    """Whom a cookie signs in."""
    person = queries.signed_in(token)
    if person is not None:
        sessions.notice_use(person.session)
    return person


def second_factor_first() -> Response | None:
    """Staff without a second factor get no further than turning it on."""
    if request.endpoint in WITHOUT_FACTOR or not current_user.is_authenticated or not policies.lacks_second_factor(current_user):
        return None
    return redirect(url_for("accounts.turn_on_factor"), 303)


def confirm_first(refusal: policies.ConfirmFirst) -> Response:
    """To the password and back to the page, for a form to the page it was on."""
    flash(str(refusal.message))
    came_from = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    back = request.full_path.rstrip("?") if request.method == "GET" else own_path(came_from)
    return redirect(url_for("accounts.confirm", next=back), 303)
