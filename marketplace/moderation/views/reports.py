"""Reports: made from a public page, read and decided by the team."""
from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.access.models import PageLoss
from marketplace.businesses.queries import memberships
from marketplace.contracts.models import PartyCheck
from marketplace.contracts.queries import parties
from marketplace.core import subjects
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.fragments import fragment
from marketplace.core.slots import panel
from marketplace.jobs.models import Job
from marketplace.managers.models import Manager
from marketplace.moderation import commands, policies, queries
from marketplace.moderation.forms import ClearanceForm, DecisionForm, PageReturnForm, ReportForm
from marketplace.moderation.models import JUDGED, REPORT_REASONS, Report
from marketplace.moderation.views.desk import pages, person
from marketplace.reviews.models import CRITERIA, Review


def address(report: Report) -> str:
    """The team's page of a report."""
    return url_for("moderation.report", report_id=report.id)


@pages.route("/reports/new", methods=["GET", "POST"])
@signed_in
def create_report() -> Response:
    """Tell the team about the job, manager or review that `subject` names."""
    subject = request.args.get("subject", "")
    row = queries.reportable(current_user, subject)
    if row is None:
        abort(404)
    title, back = subjects.link(subject, current_user)  # type: ignore[misc]
    form = ReportForm().about(row.KIND)
    if form.validate_on_submit():
        try:
            commands.report(row, title, person(), form.reason.data, form.text.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Thank you. A person of our team reads it and tells you what was decided."), "success")
            return redirect(back, 303)
    return answer("moderation/new_report.html", form, title=title, back=back, subject=subject)


@pages.get("/staff/reports")
@allow(policies.see_reports)
def reports() -> str:
    """What waits, oldest first; or what was decided, newest first."""
    decided = request.args.get("state") == "decided"
    found: Any = queries.decided_reports(request.args.get("after")) if decided else queries.open_reports()
    following = getattr(found, "next", None)
    return render_template("moderation/reports.html", found=found, decided=decided, reasons=dict(REPORT_REASONS),
                           next_url=url_for("moderation.reports", state="decided", after=following) if following else None)


@pages.get("/staff/reports/<uuid:report_id>", endpoint="report")
@allow(policies.see_reports, queries.report_seen_by)
def show(report: Report) -> Response:
    """One report, with the thing it is about."""
    return _page(report)


@pages.post("/staff/reports/<uuid:report_id>/decision")
@allow(policies.decide, queries.report_seen_by)
def create_decision(report: Report) -> Response:
    """Settle it."""
    form = DecisionForm().about(report)
    if form.validate_on_submit():
        subject = queries.reportable(current_user, report.subject, JUDGED)
        commands.decide(report, person(), form.outcome.data == "uphold", form.why.data, subject)
        flash(_("Decided. Whoever reported it has been told.") if report.person_id else _("Decided."), "success")
        return redirect(url_for("moderation.reports"), 303)
    return _page(report, form)


@pages.post("/staff/party-checks/<uuid:check_id>/clearance")
@allow(policies.clear_parties, parties.party_check_seen_by)
def create_parties_clearance(check: PartyCheck) -> Response:
    """Two sides that were refused may go on after all."""
    form = ClearanceForm()
    if form.validate_on_submit():
        commands.clear_parties(check, person(), form.why.data)
        flash(_("Cleared. Money may be paid in."), "success")
        return redirect(url_for("moderation.reports", state="decided"), 303)
    report = queries.newest_report_about(check)
    return _page(report, clearance=form) if report else redirect(url_for("moderation.reports"), 303)


@pages.post("/staff/page-losses/<uuid:loss_id>/return")
@allow(policies.return_page, queries.loss_seen_by)
def create_page_return(loss: PageLoss) -> Response:
    """A page that was given up is back after all."""
    form = PageReturnForm()
    if form.validate_on_submit():
        commands.return_page(loss, person(), form.why.data)
        flash(_("Payouts go on."), "success")
        return redirect(url_for("moderation.reports", state="decided"), 303)
    report = queries.newest_report_about(loss)
    return _page(report, returning=form) if report else redirect(url_for("moderation.reports"), 303)


@panel("jobs.main")
def on_job(job: Job) -> str:
    """The way to report a listing."""
    return _way_in("job", job) if job.listed else ""


@panel("managers.profile")
def on_profile(manager: Manager) -> str:
    """The way to report a profile."""
    return _way_in("manager", manager) if manager.published else ""


@panel("reviews.review")
def on_review(review: Review) -> str:
    """The way to report a review."""
    return _way_in("review", review)


def _way_in(kind: str, row: Any) -> str:
    return fragment("moderation/_way_in.html", kind, subjects.subject_of(row))


def _page(report: Report, form: DecisionForm | None = None, clearance: ClearanceForm | None = None,
          returning: PageReturnForm | None = None) -> Response:
    row = queries.reportable(current_user, report.subject, JUDGED)
    page = subjects.link(report.subject, current_user) if row is not None else None
    return answer("moderation/report.html", form or clearance or returning, report=report, row=row, page=page, reasons=dict(REPORT_REASONS),
                  criteria=CRITERIA, decision_form=form or DecisionForm(formdata=None).about(report),
                  clearance_form=clearance or ClearanceForm(formdata=None), loss=row if isinstance(row, PageLoss) else None,
                  return_form=returning or PageReturnForm(formdata=None), **_sides(report, row))


def _sides(report: Report, row: Any) -> dict[str, Any]:
    """Where two sides may be the same people: what says so, and who they are."""
    if row is None or report.reason != "same_people":
        return {"check": None, "members": ()}
    check = row if isinstance(row, PartyCheck) else parties.party_check(row.contract) if isinstance(row, Review) else None
    return {"check": check, "members": memberships(check.business) if check else ()}
