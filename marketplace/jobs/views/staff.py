"""The team's desk: listings that wait, one of them, and the decision."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.firewall.models import RULES
from marketplace.jobs import commands, policies, queries
from marketplace.jobs.forms import RemovalForm, ReturnForm
from marketplace.jobs.models import Job
from marketplace.jobs.models.choices import SEND_BACK_REASONS
from marketplace.jobs.views.pages import FIELDS, found_in, marked, pages, person


@pages.get("/staff/jobs")
@allow(policies.see_queue)
def desk() -> str:
    """What waits, oldest first."""
    return render_template("jobs/desk.html", **_queue())


@pages.get("/staff/jobs/<uuid:job_id>")
@allow(policies.see_queue, queries.case_seen_by)
def case(job: Job) -> Response:
    """One listing with all that helps to decide."""
    form = RemovalForm(formdata=None) if job.may("remove") else ReturnForm(formdata=None, data={"reasons": _suggested(job)})
    return _case(job, form, 200)


@pages.post("/staff/jobs/<uuid:job_id>/approval")
@allow(policies.moderate, queries.case_seen_by)
def create_approval(job: Job) -> Response:
    """Publish it."""
    commands.approve(job, person())
    flash(_("Published. The business has been told."), "success")
    return redirect(url_for("jobs.desk"), 303)


@pages.post("/staff/jobs/<uuid:job_id>/return")
@allow(policies.moderate, queries.case_seen_by)
def create_return(job: Job) -> Response:
    """Send it back with reasons."""
    return _decide(job, ReturnForm(), commands.send_back, _("Sent back. The business reads your reasons."))


@pages.post("/staff/jobs/<uuid:job_id>/removal")
@allow(policies.moderate, queries.case_seen_by)
def create_removal(job: Job) -> Response:
    """Take a published listing down."""
    return _decide(job, RemovalForm(), commands.remove, _("Taken down. The business reads your reasons."))


def _decide(job: Job, form: Any, command: Any, done: str) -> Response:
    if form.validate_on_submit():
        try:
            command(job, person(), form.reasons.data, form.note.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(done, "success")
            return redirect(url_for("jobs.desk"), 303)
    return _case(job, form, 422)


def _case(job: Job, form: Any, code: int) -> Response:
    texts, findings = commands.texts(job), found_in(job)
    plain = [(FIELDS[name], text) for name, text in texts.items() if text and name not in {found.field for found in findings}]
    page = render_template(
        "jobs/case.html", job=job, business=job.business, form=form, findings=findings, marks=marked(texts, findings), plain=plain,
        facts=queries.facts(job), twins=queries.duplicates([job]).get(job.id, []), decisions=queries.decisions(job),
        reasons_of=queries.reasons_of, open_count=queries.open_count(job.business), most=queries.limit_of(job.business),
        **_queue())
    return make_response(page, code)


def _queue() -> dict[str, Any]:
    """The queue, narrowed to one tab: all, late, found by a rule, sent again, alike."""
    waiting = queries.queue()
    twins = queries.duplicates(waiting)
    tabs = {"all": waiting, "found": [job for job in waiting if job.findings], "again": [job for job in waiting if job.submissions > 1],
            "alike": [job for job in waiting if job.id in twins]}
    chosen = request.args.get("only") if request.args.get("only") in tabs else "all"
    return {"listings": tabs[chosen], "tabs_of_queue": tabs, "chosen": chosen, "alike": twins, "rules": RULES}


def _suggested(job: Job) -> list[str]:
    """Reasons that answer what the rules found."""
    known = {code for code, _label in SEND_BACK_REASONS}
    return [finding.rule for finding in found_in(job) if finding.rule in known]
