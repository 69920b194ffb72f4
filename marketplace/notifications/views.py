"""The page of notices, and whether they come by mail too."""
from __future__ import annotations

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.core import subjects
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.forms import answer
from marketplace.core.slots import panel
from marketplace.notifications import commands, policies, queries
from marketplace.notifications.forms import PreferenceForm
from marketplace.notifications.models import Notice

pages = Blueprint("notifications", __name__)


def register(app: Flask) -> None:
    """Let the bell of every page say how many notices are new."""
    app.add_template_global(unread_notices, "unread_notices")


def unread_notices() -> int:
    """How many notices the person who is signed in has not opened."""
    return queries.count_unread(current_user) if current_user.is_authenticated else 0


@pages.get("/notices")
@signed_in
def index() -> str:
    """What one was told, newest first."""
    return render_template("notifications/index.html", notices=queries.notices_of(current_user, request.args.get("after")))


@pages.post("/notices/<uuid:notice_id>/opening")
@allow(policies.open_notice, queries.notice_seen_by)
def create_opening(notice: Notice) -> Response:
    """Open what a notice is about; from now on it is not new."""
    commands.read(notice)
    found = subjects.link(notice.subject, current_user)
    if found is None:
        flash(_("What this was about is no longer there for you to see."))
    return redirect(found[1] if found else url_for("notifications.index"), 303)


@pages.post("/notices/reading")
@signed_in
def create_reading() -> Response:
    """Nothing is new any more."""
    commands.read_all(current_user)
    return redirect(url_for("notifications.index"), 303)


@pages.route("/settings/notices", methods=["GET", "POST"])
@signed_in
def preference() -> Response:
    """Letters for everything, or only for what is essential."""
    form = PreferenceForm(letters=queries.wants_letters(current_user))
    if form.validate_on_submit():
        commands.want_letters(current_user, form.letters.data)
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.settings"), 303)
    return answer("notifications/preference.html", form)


@panel("accounts.settings")
def preference_panel(_person: object) -> str:
    """The part of the account's page that is about letters."""
    return render_template("notifications/_preference.html", letters=queries.wants_letters(current_user))
