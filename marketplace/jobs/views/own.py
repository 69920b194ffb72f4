"""A business's own jobs: the list, and what it does with a published one."""
from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.businesses import queries as businesses
from marketplace.core.authorisation import allow, signed_in
from marketplace.jobs import commands, policies, queries
from marketplace.jobs.forms import ClosingForm
from marketplace.jobs.models import Job
from marketplace.jobs.views.pages import pages, person


@pages.get("/jobs/mine")
@signed_in
def mine() -> Response:
    """All jobs of the reader's business, with their states."""
    business = businesses.business_of(person())
    if business is None:
        return redirect(url_for("businesses.create"), 303)
    found = queries.mine(business, request.args.get("after"))
    return make_response(render_template("jobs/mine.html", found=found, business=business, most=queries.limit_of(business)))


@pages.post("/jobs/<uuid:job_id>/pause")
@allow(policies.edit, queries.own)
def create_pause(job: Job) -> Response:
    """Take no new bids for a while."""
    commands.pause(job, person())
    return _back(job)


@pages.post("/jobs/<uuid:job_id>/resumption")
@allow(policies.edit, queries.own)
def create_resumption(job: Job) -> Response:
    """Take bids again."""
    commands.resume(job, person())
    return _back(job)


@pages.route("/jobs/<uuid:job_id>/closing", methods=["GET", "POST"])
@allow(policies.edit, queries.own)
def closing(job: Job) -> Response:
    """End the listing, or throw the draft away."""
    form = ClosingForm()
    if form.validate_on_submit():
        commands.close(job, person(), why=form.why.data)
        flash(_("The job is closed."), "success")
        return redirect(url_for("jobs.mine"), 303)
    return make_response(render_template("jobs/closing.html", form=form, job=job), 200 if request.method == "GET" else 422)


def _back(job: Job) -> Response:
    return redirect(url_for("jobs.show", job_id=job.id), 303)
