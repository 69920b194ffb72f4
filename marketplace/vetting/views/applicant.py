"""What a manager sees of vetting: the levels, the rubric, the application."""
from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.core.authorisation import allow, public, signed_in
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.files.queries import files_of
from marketplace.managers.models import Kind, Manager
from marketplace.vetting import commands, policies, queries
from marketplace.vetting.forms import ApplicationForm, LevelForm, application_form
from marketplace.vetting.models import RUBRIC, Application, ApplicationStatus
from marketplace.vetting.views.blueprint import pages


@pages.get("/vetting")
@signed_in
def home() -> Response | str:
    """Each level and where one stands."""
    manager = queries.own(current_user)
    if manager is None:
        return redirect(url_for("managers.profile"), 303)
    return render_template("vetting/home.html", manager=manager, levels=list(Kind), applications=queries.applications_of(manager))


@pages.get("/vetting/rubric")
@public
def rubric() -> str:
    """What is looked at, word for word."""
    return render_template("vetting/rubric.html", rubric=RUBRIC, days=commands.VALID_DAYS)


@pages.post("/vetting/applications")
@allow(policies.apply, queries.own)
def create_application(manager: Manager) -> Response:
    """Begin, or go on with, an application for a level."""
    form = LevelForm()
    if not form.validate_on_submit():
        abort(422)
    application = commands.begin(manager, Kind(form.level.data))
    return redirect(url_for("vetting.application", application_id=application.id), 303)


@pages.route("/vetting/applications/<uuid:application_id>", methods=["GET", "POST"])
@allow(policies.edit, queries.application_seen_by)
def application(application: Application) -> Response:
    """Write it while it is a draft; read it afterwards. "send" sends it to the team."""
    form = application_form(application.level, data={**application.answers, "links": "\n".join(application.links)})
    if request.method == "POST" and form.validate() and _saved(application, form):
        return redirect(url_for("vetting.application", application_id=application.id), 303)
    return answer("vetting/application.html", form, application=application, evidence=files_of(application),
                  rubric=RUBRIC[application.level], writing=application.status == ApplicationStatus.draft)


@pages.post("/vetting/applications/<uuid:application_id>/evidence/<uuid:file_id>/removal")
@allow(policies.edit, queries.evidence_seen_by)
def create_evidence_removal(evidence: queries.Evidence) -> Response:
    """Take a file out of a draft."""
    commands.remove_evidence(evidence.application, evidence.file)
    return redirect(url_for("vetting.application", application_id=evidence.application.id, _anchor="evidence"), 303)


def _saved(application: Application, form: ApplicationForm) -> bool:
    """Keep what was typed; a refusal is told beside its field. Completeness comes before the files, which a browser would
    have to choose again."""
    sending = request.form.get("act") == "send"
    try:
        commands.save(application, form.lines(), form.answers())
        if sending:
            commands.complete(application)
        for upload in form.evidence.data or []:
            _add(application, upload)
        if sending:
            commands.submit(application)
            flash(_("Your application is with the team. We write to you when somebody takes it up."), "success")
        else:
            flash(_("Saved."), "success")
    except Invalid as refusal:
        form.refuse(refusal)
        return False
    return True


def _add(application: Application, upload: Any) -> None:
    if not upload.filename:
        return
    try:
        commands.add_evidence(application, upload.stream, upload.filename)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="evidence") from refusal
