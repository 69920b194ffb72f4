"""A forgotten password, and a new one by link."""
from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.accounts import queries
from marketplace.accounts.commands import links, passwords, resets
from marketplace.accounts.forms import EmailForm, NewPasswordForm
from marketplace.accounts.models import LinkPurpose, Person
from marketplace.accounts.views.pages import own_address, pages
from marketplace.accounts.views.sign_in import admit
from marketplace.core.authorisation import public
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer

BY_LINK = (LinkPurpose.reset_password, LinkPurpose.join_staff)


@pages.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten_password() -> Response:
    """Ask for a link; the answer is the same whether the address is known or not."""
    form = EmailForm()
    if form.validate_on_submit():
        resets.ask(form.email.data, own_address())
        return redirect(url_for("accounts.forgotten_password_letter"), 303)
    return answer("accounts/forgotten_password.html", form)


@pages.get("/forgotten-password/letter")
@public
def forgotten_password_letter() -> str:
    """Look into the mailbox."""
    return render_template("accounts/forgotten_password_letter.html", minutes=int(resets.LASTS.total_seconds() // 60))


@pages.route("/new-password", methods=["GET", "POST"])
@public
def new_password() -> Response:
    """Choose a password with the link from the mail, then sign in; a second factor is still asked for."""
    form, token = NewPasswordForm(), request.args.get("token", "")
    link = queries.link(token, *BY_LINK)
    if link is None:
        again = url_for("accounts.forgotten_password")
        return render_template("accounts/link_over.html", again=again, again_label=_("Ask for a new link")), 409
    if form.validate_on_submit():
        try:
            return admit(_choose(token, form.password.data, link.person), None)
        except Invalid as error:
            form.refuse(error)
    return answer("accounts/new_password.html", form, email=link.person.email)


def _choose(token: str, password: str, person: Person) -> Person:
    """The password is looked at first, so that a weak one does not use the link up."""
    passwords.fit(password, person.email)
    return passwords.reset(links.use(token, *BY_LINK), password)
