"""Signing in and out, and proving oneself again."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import Response, make_response, redirect, request, session, url_for
from flask_login import current_user

from marketplace.accounts.commands import factors, sessions, sign_ins
from marketplace.accounts.forms import CodeForm, ConfirmForm, SignInForm
from marketplace.accounts.models import Person
from marketplace.accounts.views import devices
from marketplace.accounts.views.pages import enter, keep_signed_in, leave, own_path, pages, person
from marketplace.core import clock, crypto
from marketplace.core.authorisation import public, signed_in
from marketplace.core.db import db
from marketplace.core.errors import DomainError, Invalid, TooMany
from marketplace.core.forms import Form, answer

CODE_WAITS = timedelta(minutes=10)


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Address and password; the page wanted before comes next."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next")), 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            return admit(sign_ins.check_password(form.email.data, form.password.data, devices.browser()), request.args.get("next"))
        except DomainError as error:
            return refused(error, "accounts/sign_in.html", form)
    return answer("accounts/sign_in.html", form)


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> Response:
    """The second factor of whoever just typed their password in this browser."""
    waiting, form = _waiting(), CodeForm()
    if waiting is None:
        return redirect(url_for("accounts.sign_in"), 303)
    if form.validate_on_submit():
        try:
            factors.use_code(waiting, form.code.data)
            return enter(waiting, session["waiting"]["next"])
        except (Invalid, TooMany) as error:
            return refused(error, "accounts/sign_in_code.html", form)
    return answer("accounts/sign_in_code.html", form)


@pages.post("/sign-out")
@public
def sign_out() -> Response:
    """Sign this browser out; copies of its cookie are worth nothing."""
    if current_user.is_authenticated:
        sessions.end(current_user.session, person())
    return leave(redirect(url_for("site.landing"), 303))


@pages.route("/password-again", methods=["GET", "POST"])
@signed_in
def confirm() -> Response:
    """The password once more before something that matters, then back to it."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            sign_ins.confirm_again(person(), form.password.data, form.code.data)
        except (Invalid, TooMany) as error:
            return refused(error, "accounts/confirm.html", form)
        keep_signed_in(person())
        return redirect(own_path(request.args.get("next")), 303)
    return answer("accounts/confirm.html", form)


def admit(somebody: Person, wanted: str | None) -> Response:
    """Who has proven their password or their mailbox: straight in, or first to the second factor."""
    if somebody.totp_since is None:
        return enter(somebody, wanted)
    session.clear()
    session["waiting"] = {"person": str(somebody.id), "since": clock.now().isoformat(), "next": wanted, "proof": _proof(somebody)}
    return redirect(url_for("accounts.sign_in_code"), 303)


def refused(error: DomainError, template: str, form: Form) -> Response:
    """The form again, saying why, with the refusal's own status."""
    form.refuse(error)
    return make_response(answer(template, form), error.code)


def _waiting() -> Person | None:
    """Who still owes this browser a code; nobody once the password was changed or ten minutes have passed."""
    waiting = session.get("waiting")
    if not waiting or clock.now() - datetime.fromisoformat(waiting["since"]) > CODE_WAITS:
        return None
    somebody = db.session.get(Person, uuid.UUID(waiting["person"]))
    fit = somebody is not None and somebody.is_active and somebody.totp_since and waiting["proof"] == _proof(somebody)
    return somebody if fit else None


def _proof(somebody: Person) -> str:
    return crypto.keyed("waiting", somebody.password_hash)[:16]
