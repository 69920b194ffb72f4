"""Changing one's e-mail address."""
from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.accounts import policies, queries
from marketplace.accounts.commands import emails
from marketplace.accounts.forms import EmailForm
from marketplace.accounts.models import LinkPurpose
from marketplace.accounts.views.pages import pages, person
from marketplace.core.authorisation import signed_in
from marketplace.core.forms import answer


@pages.route("/settings/email", methods=["GET", "POST"])
@signed_in
def email() -> Response:
    """Name a new address; nothing changes until the link sent to it is used."""
    policies.require_recent(person())
    form = EmailForm()
    if form.validate_on_submit():
        emails.ask_change(person(), form.email.data)
        flash(_("We sent a link to the new address. Your address changes when you open it."), "success")
        return redirect(url_for("accounts.settings"), 303)
    return answer("accounts/email.html", form)


@pages.get("/settings/email/confirmation")
@signed_in
def confirm_email() -> Response:
    """What the link in the letter opens: one button."""
    link = queries.link(request.args.get("token", ""), LinkPurpose.change_email)
    if link is None or link.person_id != person().id:
        return render_template("accounts/link_over.html", again=url_for("accounts.email"), again_label=_("Ask for a new link")), 409
    return render_template("accounts/confirm_email.html", email=link.email)


@pages.post("/settings/email/confirmation")
@signed_in
def create_email_confirmation() -> Response:
    """Take the new address."""
    emails.change(person(), request.args.get("token", ""))
    flash(_("Your new address is saved."), "success")
    return redirect(url_for("accounts.settings"), 303)
