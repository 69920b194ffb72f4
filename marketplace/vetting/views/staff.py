"""What the team sees: the queue and the case, and its acts."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_login import current_user

from marketplace.core import vocabulary
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import Form, answer
from marketplace.files.queries import files_of
from marketplace.managers import queries as managers
from marketplace.vetting import commands, policies, queries
from marketplace.vetting.forms import InterviewForm, ReasonForm, RecommendationForm
from marketplace.vetting.models import RUBRIC, Application, ApplicationStatus, Verdict
from marketplace.vetting.views.blueprint import pages

TABS = (*queries.WAITING, ApplicationStatus.approved, ApplicationStatus.probation, ApplicationStatus.rejected, ApplicationStatus.revoked)


@pages.get("/staff/vetting")
@allow(policies.look)
def index() -> str:
    """Applications by status; those that wait first."""
    wanted = request.args.get("status", "")
    status = ApplicationStatus(wanted) if wanted in set(TABS) else ApplicationStatus.submitted
    found = queries.queue(status, request.args.get("after"))
    return render_template("vetting/index.html", status=status, found=found, statuses=TABS, counts=queries.waiting(),
                           next_url=url_for("vetting.index", status=status, after=found.next) if found.next else None)


@pages.get("/staff/vetting/<uuid:application_id>")
@allow(policies.vet, queries.application_seen_by)
def show(application: Application) -> Response:
    """One case: the evidence, the rubric, what was done, and what may be done now."""
    return _case(application)


@pages.post("/staff/vetting/<uuid:application_id>/review")
@allow(policies.vet, queries.application_seen_by)
def create_review(application: Application) -> Response:
    """Begin to look into it."""
    commands.take(application, current_user)
    return _back(application)


@pages.post("/staff/vetting/<uuid:application_id>/interview")
@allow(policies.vet, queries.application_seen_by)
def create_interview(application: Application) -> Response:
    """Agree on a video call."""
    form = InterviewForm()
    return _act(application, form, "interview", lambda: commands.invite_to_interview(
        application, current_user, form.moment(), form.link.data))


@pages.post("/staff/vetting/<uuid:application_id>/recommendation")
@allow(policies.vet, queries.application_seen_by)
def create_recommendation(application: Application) -> Response:
    """The first opinion."""
    form = _recommendation(application)
    return _act(application, form, "recommendation", lambda: commands.recommend(
        application, current_user, Verdict(form.verdict.data), form.why.data, form.reasons.data, form.checks.data))


@pages.post("/staff/vetting/<uuid:application_id>/decision")
@allow(policies.confirm, queries.application_seen_by)
def create_decision(application: Application) -> Response:
    """The second opinion agrees."""
    form = ReasonForm()
    return _act(application, form, "decision", lambda: commands.confirm(application, current_user, form.why.data))


@pages.post("/staff/vetting/<uuid:application_id>/return")
@allow(policies.confirm, queries.application_seen_by)
def create_return(application: Application) -> Response:
    """The second opinion does not agree."""
    form = ReasonForm()
    return _act(application, form, "decision", lambda: commands.return_recommendation(application, current_user, form.why.data))


@pages.post("/staff/vetting/<uuid:application_id>/probation")
@allow(policies.vet, queries.application_seen_by)
def create_probation(application: Application) -> Response:
    """Watch a manager after a fault."""
    form = ReasonForm()
    return _act(application, form, "watch", lambda: commands.put_on_probation(application, current_user, form.why.data))


@pages.post("/staff/vetting/<uuid:application_id>/restoration")
@allow(policies.vet, queries.application_seen_by)
def create_restoration(application: Application) -> Response:
    """End a probation well."""
    form = ReasonForm()
    return _act(application, form, "watch", lambda: commands.restore(application, current_user, form.why.data))


@pages.post("/staff/vetting/<uuid:application_id>/revocation")
@allow(policies.vet, queries.application_seen_by)
def create_revocation(application: Application) -> Response:
    """End a vetting."""
    form = ReasonForm()
    return _act(application, form, "watch", lambda: commands.revoke(application, current_user, form.why.data))


def _act(application: Application, form: Form, name: str, act: Callable[[], Any]) -> Response:
    """Do it and show the case again; a refusal beside its field."""
    if form.validate_on_submit():
        try:
            act()
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _back(application)
    return _case(application, **{name: form})


def _case(application: Application, **typed: Form) -> Response:
    forms = {"interview": InterviewForm, "recommendation": lambda **kwargs: _recommendation(application, **kwargs),
             "decision": ReasonForm, "watch": ReasonForm}
    shown = {name: typed.get(name) or make(formdata=None) for name, make in forms.items()}
    return answer("vetting/show.html", next(iter(typed.values()), None), application=application, forms=shown,
                  manager=application.manager, packages=managers.packages(application.manager), evidence=files_of(application),
                  steps=queries.record_of(application), rubric=RUBRIC[application.level])


def _recommendation(application: Application, **kwargs: Any) -> RecommendationForm:
    form = RecommendationForm(**kwargs)
    asked = {criterion.check for criterion in RUBRIC[application.level]}
    form.checks.choices = [(code, text) for code, text in vocabulary.CHECKS if code in asked]
    return form


def _back(application: Application) -> Response:
    return redirect(url_for("vetting.show", application_id=application.id), 303)
