"""Turning the second factor on and off, and recovery codes."""
from __future__ import annotations

from typing import Any

import segno
from flask import Response, flash, make_response, redirect, render_template, session, url_for
from flask_babel import gettext as _

from marketplace.accounts import policies
from marketplace.accounts.commands import factors, sessions
from marketplace.accounts.forms import CodeForm
from marketplace.accounts.views.pages import keep_signed_in, pages, person, site_name
from marketplace.core.authorisation import signed_in
from marketplace.core.errors import Invalid, TooMany
from marketplace.core.forms import answer


@pages.get("/settings/second-factor")
@signed_in
def turn_on_factor() -> Response:
    """The secret as a picture and as text, and a field for the app's first code. The secret waits in the signed cookie:
    a look at a page writes no row."""
    policies.require_recent(person())
    session["secret"] = session.get("secret") or factors.new_secret()
    return answer("accounts/turn_on_factor.html", CodeForm(), **_shown(session["secret"]))


@pages.post("/settings/second-factor")
@signed_in
def create_factor() -> Response:
    """Turn it on, or move it to another phone; then the recovery codes, once."""
    policies.require_recent(person())
    form, secret = CodeForm(), session.get("secret")
    if secret is None:
        return redirect(url_for("accounts.turn_on_factor"), 303)
    if form.validate():
        try:
            return _codes(_turn_on(secret, form.code.data))
        except (Invalid, TooMany) as error:
            form.refuse(error)
            return make_response(answer("accounts/turn_on_factor.html", form, **_shown(secret)), error.code)
    return answer("accounts/turn_on_factor.html", form, **_shown(secret))


@pages.post("/settings/second-factor/removal")
@signed_in
def create_factor_removal() -> Response:
    """Turn it off."""
    policies.require_recent(person())
    factors.turn_off(person())
    flash(_("Codes are turned off. Your password alone signs you in."), "success")
    return redirect(url_for("accounts.settings"), 303)


@pages.post("/settings/recovery-codes")
@signed_in
def create_recovery_codes() -> Response:
    """New recovery codes, shown once; the older ones stop working."""
    policies.require_recent(person())
    return _codes(factors.renew_recovery_codes(person()))


def _turn_on(secret: str, code: str) -> list[str]:
    codes = factors.turn_on(person(), secret, code)
    sessions.renew(person())
    keep_signed_in(person())
    return codes


def _codes(codes: list[str]) -> Response:
    return make_response(render_template("accounts/recovery_codes.html", codes=codes))


def _shown(secret: str) -> dict[str, Any]:
    """The secret for the camera and for the eye."""
    picture = segno.make(factors.app_address(person(), secret, site_name()), error="m")
    groups = [secret[start:start + 4] for start in range(0, len(secret), 4)]
    return {"picture": picture.svg_data_uri(scale=5, dark="#0a3327", light="#ffffff"), "secret": " ".join(groups)}
