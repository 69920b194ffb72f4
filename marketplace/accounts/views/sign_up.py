"""Joining: sign up, a letter, and the link in it."""
from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from marketplace.accounts import queries
from marketplace.accounts.commands import sign_ups
from marketplace.accounts.forms import PasswordForm, SignUpForm
from marketplace.accounts.models import Intention, SignUp
from marketplace.accounts.views.pages import enter, own_address, pages
from marketplace.core import limits
from marketplace.core.authorisation import public
from marketplace.core.config import rule
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.i18n import language

PER_ADDRESS = rule("SIGN_UPS_PER_ADDRESS", 30, "sign-ups in an hour from one network address")
FIRST_STEP = {Intention.business: "/businesses/new", Intention.manager: "/profile"}


@pages.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Response:
    """Join as a business or as a manager."""
    form = SignUpForm(intends=request.args.get("as"))
    if form.validate_on_submit():
        try:
            return _sent(_join(form))
        except Invalid as error:
            form.refuse(error)
    return answer("accounts/sign_up.html", form)


@pages.get("/sign-up/letter")
@public
def sign_up_letter() -> Response:
    """A letter is on its way; look for it."""
    joining = queries.sign_up(session.get("sign_up"))
    return render_template("accounts/sign_up_letter.html", joining=joining) if joining else redirect(url_for("accounts.sign_up"), 303)


@pages.post("/sign-up/letter")
@public
def create_sign_up_letter() -> Response:
    """Send it again."""
    joining = queries.sign_up(session.get("sign_up"))
    limits.hit(f"sign-up-letter:{own_address()}", PER_ADDRESS, timedelta(hours=1))
    if joining:
        sign_ups.send_again(joining)
        flash(_("The letter is on its way again. Only the newest link works."), "success")
    return redirect(url_for("accounts.sign_up_letter"), 303)


@pages.get("/confirmation")
@public
def confirm_sign_up() -> Response:
    """What the link in the letter opens: one button. A look changes nothing, so mail programs may look ahead."""
    joining = queries.sign_up_of_link(request.args.get("token", ""))
    return _confirming(PasswordForm(), joining)


@pages.post("/confirmation")
@public
def create_confirmation() -> Response:
    """Become a person, signed in, at the first step."""
    form, token = PasswordForm(), request.args.get("token", "")
    joining = queries.sign_up_of_link(token)
    if joining is None or not (_here(joining) or form.validate()):
        return _confirming(form, joining)
    try:
        person = sign_ups.confirm(token, None if _here(joining) else form.password.data)
    except Invalid as error:
        form.refuse(error)
        return _confirming(form, joining)
    return enter(person, FIRST_STEP[person.intends])


def _join(form: SignUpForm) -> SignUp:
    limits.hit(f"sign-up:from:{own_address()}", PER_ADDRESS, timedelta(hours=1))
    return sign_ups.sign_up(form.name.data, form.email.data, form.password.data, language(), Intention(form.intends.data))


def _sent(joining: SignUp) -> Response:
    session["sign_up"] = str(joining.id)
    return redirect(url_for("accounts.sign_up_letter"), 303)


def _here(joining: SignUp) -> bool:
    """Whether it was this browser that signed up."""
    return session.get("sign_up") == str(joining.id)


def _confirming(form: PasswordForm, joining: SignUp | None) -> Response:
    if joining is None:
        return render_template("accounts/link_over.html", again=url_for("accounts.sign_up"), again_label=_("Sign up again")), 409
    return answer("accounts/confirm_sign_up.html", form, joining=joining, same_browser=_here(joining))
