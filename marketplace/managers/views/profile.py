"""A manager's own profile: write, look, publish, withdraw."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import answer
from marketplace.core.pricing import platform_fee
from marketplace.managers import commands, policies, queries
from marketplace.managers.forms import ProfileForm
from marketplace.managers.models import Manager
from marketplace.managers.views.blueprint import pages
from marketplace.managers.views.public import everything_of


@pages.route("/profile", methods=["GET", "POST"])
@signed_in
def profile() -> Response:
    """One's own profile; the first save begins it."""
    manager = queries.own(current_user)
    form = ProfileForm(obj=manager or current_user)
    if form.validate_on_submit():
        try:
            _save(form)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("managers.profile"), 303)
    return desk(manager, form)


@pages.get("/profile/preview")
@allow(policies.edit, queries.own)
def preview(manager: Manager) -> str:
    """The profile as businesses see it, published or not."""
    return render_template("managers/preview.html", **everything_of(manager), missing=queries.missing(manager))


@pages.post("/profile/publication")
@allow(policies.edit, queries.own)
def create_publication(manager: Manager) -> Response:
    """Show the profile to everybody."""
    try:
        commands.publish(manager)
    except Invalid as refusal:
        form = ProfileForm(formdata=None, obj=manager)
        form.refuse(refusal)
        return desk(manager, form)
    flash(_("Your profile is public now."), "success")
    return redirect(url_for("managers.show", slug=manager.slug), 303)


@pages.post("/profile/withdrawal")
@allow(policies.edit, queries.own)
def create_withdrawal(manager: Manager) -> Response:
    """Take the profile out of everybody's sight."""
    commands.withdraw(manager)
    flash(_("Your profile is hidden. Nothing was deleted."), "success")
    return redirect(url_for("managers.profile"), 303)


def desk(manager: Manager | None, form: ProfileForm) -> Response:
    """The page on which a manager writes the profile."""
    shown: dict[str, Any] = {"packages": queries.packages(manager), "items": queries.items(manager),
                             "missing": queries.missing(manager)} if manager else {}
    return answer("managers/profile.html", form, manager=manager, fee=platform_fee, **shown)


def _save(form: ProfileForm) -> None:
    manager = commands.begin(current_user, form.name.data)
    commands.edit(manager, **{name: value for name, value in form.data.items() if name not in {"csrf_token", "photo"}})
    if form.photo.data:
        try:
            commands.set_photo(manager, form.photo.data.stream, form.photo.data.filename)
        except Invalid as refusal:
            raise Invalid(refusal.message, field="photo") from refusal
