"""People: found, looked at, kept out and let in."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.accounts.models import Person
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer, clean
from marketplace.moderation import commands, policies, queries
from marketplace.moderation.forms import EndingForm, RestrictionForm, RolesForm
from marketplace.moderation.models import RESTRICTION_RULES, Restriction
from marketplace.moderation.views.desk import pages, person

KINDS = ("all", "staff", "suspended")


def address(row: Person) -> str:
    """The team's page about somebody."""
    return url_for("moderation.person", person_id=row.id)


@pages.get("/staff/people")
@allow(policies.see_people)
def people() -> str:
    """People by name or address, newest first."""
    words, kind = (clean(request.args.get("q")) or "")[:100], request.args.get("only")
    kind = kind if kind in KINDS else "all"
    found = queries.search_people(words, kind, request.args.get("after"))
    return render_template("moderation/people.html", found=found, words=words, kind=kind, kinds=KINDS,
                           next_url=url_for("moderation.people", q=words, only=kind, after=found.next) if found.next else None)


@pages.get("/staff/people/<uuid:person_id>", endpoint="person")
@allow(policies.see_people, queries.person_seen_by)
def show(subject: Person) -> Response:
    """What one person acts as, what keeps them out, what they did."""
    return sheet(subject)


@pages.post("/staff/people/<uuid:person_id>/restrictions")
@allow(policies.suspend, queries.person_seen_by)
def create_restriction(subject: Person) -> Response:
    """Keep them out until a day."""
    form = RestrictionForm()
    if form.validate_on_submit():
        try:
            commands.suspend(subject, person(), form.rule.data, form.reason.data, form.ends_at)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Signed out everywhere and kept out. A letter says why."), "success")
            return redirect(address(subject), 303)
    return sheet(subject, restriction=form)


@pages.post("/restrictions/<uuid:restriction_id>/ending")
@allow(policies.lift, queries.restriction_seen_by)
def create_restriction_ending(restriction: Restriction) -> Response:
    """Let them in before the day has come."""
    form = EndingForm()
    if form.validate_on_submit():
        commands.lift(restriction, person(), form.why.data, form.mistake.data)
        flash(_("They can sign in again. A letter says so."), "success")
        return redirect(address(restriction.person), 303)
    return sheet(restriction.person, ending=form)


def sheet(subject: Person, **typed: Any) -> Response:
    """The person's page, with a form that was refused."""
    forms = {"restriction": RestrictionForm, "ending": EndingForm, "roles": RolesForm}
    shown = {name: typed.get(name) or make(formdata=None, data={"roles": subject.staff_roles}) for name, make in forms.items()}
    return answer("moderation/person.html", next(iter(typed.values()), None), subject=subject, sheet=queries.sheet(subject),
                  forms=shown, rules=dict(RESTRICTION_RULES))
