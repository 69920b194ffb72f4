"""One's own account: particulars, password, sessions."""
from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts import commands, policies, queries
from marketplace.accounts.commands import passwords, sessions, sign_ins
from marketplace.accounts.forms import ChangePasswordForm, ParticularsForm
from marketplace.accounts.models import Session
from marketplace.accounts.views.pages import keep_signed_in, leave, pages, person
from marketplace.accounts.views.sign_in import refused
from marketplace.core import i18n, limits
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import Invalid, TooMany
from marketplace.core.forms import answer


@pages.get("/settings")
@signed_in
def settings() -> str:
    """Everything about one's account, each with its way to change it."""
    codes = queries.recovery_codes_left(current_user) if current_user.totp_since else 0
    return render_template("accounts/settings.html", sessions=queries.sessions_of(current_user), codes=codes)


@pages.route("/settings/particulars", methods=["GET", "POST"])
@signed_in
def particulars() -> Response:
    """Name and language."""
    form = ParticularsForm(obj=current_user)
    if form.validate_on_submit():
        commands.rename(person(), form.name.data)
        commands.set_language(person(), form.language.data)
        i18n.forget()
        return _saved(_("Saved."))
    return answer("accounts/particulars.html", form)


@pages.route("/settings/password", methods=["GET", "POST"])
@signed_in
def password() -> Response:
    """A new password; the one until now is asked for."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            _change_password(form)
        except (Invalid, TooMany) as error:
            return refused(error, "accounts/password.html", form)
        return _saved(_("Your password is changed. Other phones and computers are signed out."))
    return answer("accounts/password.html", form)


@pages.post("/settings/sessions/<uuid:session_id>/ending")
@allow(policies.end_session, queries.session_seen_by)
def create_session_ending(session: Session) -> Response:
    """Sign one of one's browsers out."""
    sessions.end(session, person())
    return _saved(_("That phone or computer is signed out."))


@pages.post("/settings/sessions/ending")
@signed_in
def create_ending_of_all() -> Response:
    """Sign out everywhere, here too."""
    sessions.end_all(person(), person())
    return leave(redirect(url_for("accounts.sign_in"), 303))


def _change_password(form: ChangePasswordForm) -> None:
    limits.hit(f"confirm:{current_user.id}", sign_ins.PER_ACCOUNT, sign_ins.WINDOW)
    passwords.change(person(), form.current.data, form.password.data)
    sessions.renew(person())
    keep_signed_in(person())


def _saved(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("accounts.settings"), 303)
