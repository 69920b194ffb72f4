"""Writing a listing: begun at once, saved as one types, looked over, sent to the team."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.businesses import queries as businesses
from marketplace.core import pricing
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.forms import clean
from marketplace.core.i18n import number
from marketplace.jobs import commands, policies, queries
from marketplace.jobs.commands import Warned
from marketplace.jobs.forms import FORMS, JobForm, SubmissionForm
from marketplace.jobs.models import Job, ad_spend_minor, choices
from marketplace.jobs.views.pages import marked, pages, person
from marketplace.managers import queries as managers
from marketplace.managers.models import Kind


@pages.route("/jobs/new", methods=["GET", "POST"])
@signed_in
def create() -> Response:
    """Choose the kind of work; the draft exists from then on."""
    business = businesses.business_of(person())
    if business is None:
        flash(_("First say who you are; then your job."))
        return redirect(url_for("businesses.create"), 303)
    if not policies.post(person(), business):
        raise NotAllowed()
    if request.form.get("kind") in set(Kind):
        job = commands.create_draft(business, Kind(request.form["kind"]), person(), clean(request.form.get("title", "")))
        _invite(job, clean(request.form.get("manager", "")))
        return redirect(url_for("jobs.edit", job_id=job.id), 303)
    page = render_template("jobs/new.html", title=request.args.get("title") or request.args.get("q", ""),
                           manager=managers.by_slug(person(), request.args.get("manager", "")))
    return make_response(page, 200 if request.method == "GET" else 422)


@pages.route("/jobs/<uuid:job_id>/edit", methods=["GET", "POST"])
@allow(policies.edit, queries.own)
def edit(job: Job) -> Response:
    """The draft's form. Its buttons: save what is there, work out the cost, look it over."""
    if not (job.may("submit") or job.may("revise")):
        raise WrongState()
    form = form_of(job)
    act = request.form.get("act")
    if act == "work_out":
        form.fits_a_draft()
        return _page(form, job, 200)
    if act == "save" and form.fits_a_draft():
        return _saved(form, job, "jobs.edit")
    if act == "preview" and form.validate():
        return _saved(form, job, "jobs.preview")
    return _page(form, job, 200 if request.method == "GET" else 422)


@pages.post("/jobs/<uuid:job_id>/draft")
@allow(policies.edit, queries.own)
def create_draft(job: Job) -> Response:
    """Keep what is typed so far; what cannot be taken yet is left as it was."""
    form = form_of(job)
    form.fits_a_draft()
    commands.save_draft(job, form.values())
    return make_response("", 204)


@pages.post("/jobs/<uuid:job_id>/cost")
@allow(policies.edit, queries.own)
def cost(job: Job) -> str:
    """The cost of what is typed so far, as a part of the page."""
    form = form_of(job)
    form.fits_a_draft()
    return render_template("jobs/_cost.html", cost=_cost(job, form), job=job, typed=form.values())


@pages.get("/jobs/<uuid:job_id>/preview")
@allow(policies.edit, queries.own)
def preview(job: Job) -> Response:
    """The listing as managers will see it."""
    if not (job.may("submit") or job.may("revise")):
        raise WrongState()
    return _preview(job, SubmissionForm(formdata=None), 200)


@pages.post("/jobs/<uuid:job_id>/submission")
@allow(policies.edit, queries.own)
def create_submission(job: Job) -> Response:
    """Send it to the team; first show what the text rules found."""
    whole = form_of(job, stored=True)
    if not whole.validate():
        return _page(whole, job, 422)
    form = SubmissionForm()
    try:
        commands.submit(job, person(), keep=form.keep.data)
    except Warned as warned:
        return _preview(job, form, 422, warned.findings)
    except Invalid as refusal:
        form.refuse(refusal)
        return _preview(job, form, 422)
    flash(_("Sent to the team. You hear from us within %(hours)s working hours.", hours=number(commands.REVIEW_HOURS)), "success")
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@pages.route("/jobs/<uuid:job_id>/change", methods=["GET", "POST"])
@allow(policies.edit, queries.own)
def change(job: Job) -> Response:
    """Change a published listing; price, scope or links go back to the team."""
    if not job.may("review_again"):
        raise WrongState()
    form, findings = form_of(job), []
    if request.form.get("act") == "work_out":
        form.fits_a_draft()
        return _page(form, job, 200)
    if form.validate_on_submit():
        try:
            again = commands.change(job, form.values(), person(), keep="keep" in request.form)
        except Warned as warned:
            findings = warned.findings
        else:
            flash(_("Changed. The team reads it again before others do.") if again else _("Changed."), "success")
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return _page(form, job, 200 if request.method == "GET" else 422, findings)


def form_of(job: Job, stored: bool = False) -> JobForm:
    """The form of a job's kind with what is stored under what is typed; `stored`: only what is stored, ready to be validated."""
    data = {name: getattr(job, name) for name in commands.COLUMNS} | job.details
    kind = FORMS[job.kind]
    form = kind(formdata=None, data=data, meta={"csrf": False}) if stored else kind(data=data)
    return form.with_brands(businesses.brands(job.business))


def _invite(job: Job, slug: str) -> None:
    """Whoever the job is written for is told when it is published; who may not be invited hinders no draft."""
    manager = managers.by_slug(person(), slug) if slug else None
    try:
        if manager:
            commands.invite(job, manager, person())
    except Invalid as refusal:
        flash(refusal.message, "info")


def _saved(form: JobForm, job: Job, endpoint: str) -> Response:
    commands.save_draft(job, form.values())
    return redirect(url_for(endpoint, job_id=job.id), 303)


def _cost(job: Job, form: JobForm) -> pricing.Cost:
    typed = form.values()
    return pricing.total_cost(typed.get("budget_minor") or 0, ad_spend_minor(job.kind, typed), job.currency)


def _page(form: JobForm, job: Job, code: int, findings: Any = ()) -> Response:
    cost = _cost(job, form) if form.is_submitted() else job.cost
    page = render_template("jobs/edit.html", form=form, job=job, cost=cost, typed=form.values() if form.is_submitted() else job.details,
                           choices=choices, findings=findings, marks=marked(commands.texts(job), findings),
                           decision=queries.last_sent_back(job), reasons_of=queries.reasons_of)
    return make_response(page, code)


def _preview(job: Job, form: SubmissionForm, code: int, findings: Any = ()) -> Response:
    page = render_template("jobs/preview.html", job=job, business=job.business, facts=queries.facts(job), form=form, findings=findings,
                           marks=marked(commands.texts(job), findings))
    return make_response(page, code)
