"""Staff roles: asked for by one superadmin, confirmed by another."""
from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace.accounts.models import Person
from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.moderation import commands, policies, queries
from marketplace.moderation.forms import RolesForm
from marketplace.moderation.models import RoleChange
from marketplace.moderation.views import people
from marketplace.moderation.views.desk import pages, person


def address(change: RoleChange) -> str:
    """The page of the person it is about."""
    return people.address(change.person)


@pages.get("/staff/role-changes")
@allow(policies.read_audit)
def role_changes() -> str:
    """Changes that wait for a second opinion."""
    return render_template("moderation/role_changes.html", changes=queries.role_changes())


@pages.post("/staff/people/<uuid:person_id>/role-changes")
@allow(policies.ask_roles, queries.person_seen_by)
def create_role_change(subject: Person) -> Response:
    """Ask for other roles."""
    form = RolesForm()
    if form.validate_on_submit():
        try:
            commands.ask_roles(subject, person(), form.roles.data, form.reason.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Asked. Another superadmin must confirm it."), "success")
            return redirect(people.address(subject), 303)
    return people.sheet(subject, roles=form)


@pages.post("/role-changes/<uuid:change_id>/confirmation")
@allow(policies.confirm_roles, queries.role_change_seen_by)
def create_role_confirmation(change: RoleChange) -> Response:
    """The second opinion agrees; the password must have been typed a short while ago."""
    require_recent(person())
    commands.confirm_roles(change, person())
    flash(_("The roles are changed. The person signs in anew."), "success")
    return redirect(address(change), 303)


@pages.post("/role-changes/<uuid:change_id>/refusal")
@allow(policies.refuse_roles, queries.role_change_seen_by)
def create_role_refusal(change: RoleChange) -> Response:
    """Drop it."""
    commands.refuse_roles(change, person())
    flash(_("Dropped. The roles stay as they are."), "success")
    return redirect(url_for("moderation.role_changes"), 303)
