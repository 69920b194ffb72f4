"""Opening a dispute, its record, and what is said in it."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.accounts.models import Person
from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Milestone
from marketplace.contracts.policies import as_side
from marketplace.core.authorisation import allow, public
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.forms import answer
from marketplace.core.money import Money
from marketplace.disputes import commands, policies, queries
from marketplace.disputes.forms import ClaimForm, StatementForm
from marketplace.disputes.models import CLAIMS, GROUNDS, Dispute
from marketplace.disputes.queries import limits

pages = Blueprint("disputes", __name__)


def person() -> Person:
    """Who is signed in, as the row itself."""
    return current_user._get_current_object()


def back(dispute: Dispute) -> Response:
    """To the dispute's page."""
    return redirect(url_for("disputes.show", dispute_id=dispute.id), 303)


@pages.get("/disputes/reasons")
@public
def reasons() -> str:
    """The published table: what may be claimed for, what decisions rest on, and the clocks."""
    return render_template("disputes/reasons.html", claims=CLAIMS, grounds=GROUNDS, days=limits.DAYS,
                           much=Money(TWO_PEOPLE_FROM_MINOR))


@pages.get("/milestones/<uuid:milestone_id>/dispute")
@allow(policies.open_dispute, contracts.milestone_seen_by)
def new(milestone: Milestone) -> Response:
    """How much may be claimed, and what happens then."""
    return _new_page(milestone, ClaimForm(formdata=None))


@pages.post("/milestones/<uuid:milestone_id>/disputes")
@allow(policies.open_dispute, contracts.milestone_seen_by)
def create(milestone: Milestone) -> Response:
    """The claimed part stops; the other side is asked."""
    side = as_side(person(), milestone.contract)
    form = ClaimForm().of(side)
    if form.validate_on_submit():
        try:
            dispute = commands.open_dispute(milestone, person(), side, amount=Money(form.amount.data, milestone.currency),
                                            reason=form.reason.data, text=form.text.data, uploads=form.uploads())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your dispute is open. The other side was told and may answer until the date below."), "success")
            return back(dispute)
    return _new_page(milestone, form)


@pages.get("/disputes/<uuid:dispute_id>")
@allow(policies.see, queries.dispute_seen_by)
def show(dispute: Dispute) -> Response:
    """What is claimed, whose turn it is until when, and the whole record."""
    return _page(dispute)


@pages.post("/disputes/<uuid:dispute_id>/statements")
@allow(policies.speak, queries.dispute_seen_by)
def create_statement(dispute: Dispute) -> Response:
    """Say something; it cannot be changed."""
    form = StatementForm()
    if form.validate_on_submit():
        try:
            commands.add_statement(dispute, person(), side(dispute), form.text.data, form.uploads())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("It stands on the record. The other side was told."), "success")
            return back(dispute)
    return _page(dispute, form)


def side(dispute: Dispute) -> Any:
    """The reader's side; None for the team."""
    return contracts.side_of(current_user, dispute.milestone.contract)


def _new_page(milestone: Milestone, form: ClaimForm) -> Response:
    mine = as_side(person(), milestone.contract)
    claim = queries.claimable(milestone, mine)
    if claim is None:
        raise WrongState(commands.too_late(milestone))
    if queries.barred(queries.disputes_of(milestone), mine):
        abort(409)
    return answer("disputes/new.html", form.of(mine), milestone=milestone, claim=claim, side=mine, days=limits.DAYS,
                  decided_by=limits.decided_by(milestone))


def _page(dispute: Dispute, form: StatementForm | None = None) -> Response:
    milestone = dispute.milestone
    reader = side(dispute)
    return answer("disputes/show.html", form or StatementForm(formdata=None), dispute=dispute, milestone=milestone,
                  contract=milestone.contract, side=reader, stations=contracts.line_of(milestone), days=limits.DAYS,
                  decided_by=limits.decided_by(milestone), decisions=queries.waiting_decisions(dispute) if reader is None else [],
                  record=queries.record_of(dispute), files=queries.evidence_of(dispute), proposal=queries.open_proposal(dispute),
                  reason=dict(CLAIMS[dispute.by_side])[dispute.reason], grounds=[one for one in GROUNDS if one.code in dispute.grounds])
