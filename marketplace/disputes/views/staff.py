"""The team's list of disputes, and deciding one."""
from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR, require_recent
from marketplace.contracts import queries as contracts
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.money import Money
from marketplace.disputes import commands, policies, queries
from marketplace.disputes.forms import DecisionForm
from marketplace.disputes.models import CLAIMS, GROUNDS, Dispute, DisputeStatus
from marketplace.disputes.views.disputes import back, pages, person

TABS = ("waiting", "speaking", "over")


@pages.get("/staff/disputes")
@allow(policies.see_queue)
def desk() -> str:
    """What is to be decided, the most urgent first; what the sides speak about; what is over."""
    wanted = request.args.get("state", "")
    tab = wanted if wanted in TABS else "waiting"
    found = queries.to_decide() if tab == "waiting" else queries.queue(tab == "speaking", request.args.get("after"))
    following = getattr(found, "next", None)
    next_url = url_for("disputes.desk", state=tab, after=following) if following else None
    waits = {one.subject for one in queries.waiting_decisions(*found)}
    return render_template("disputes/desk.html", found=found, tab=tab, states=TABS, claims=CLAIMS, waits=waits,
                           count=queries.count_to_decide(), next_url=next_url)


@pages.post("/disputes/<uuid:dispute_id>/assignment")
@allow(policies.mediate, queries.dispute_seen_by)
def create_assignment(dispute: Dispute) -> Response:
    """Look into it, so that nobody else does."""
    commands.take(dispute, person())
    flash(_("It is yours."), "success")
    return back(dispute)


@pages.get("/disputes/<uuid:dispute_id>/decision")
@allow(policies.mediate, queries.dispute_seen_by)
def new_decision(dispute: Dispute) -> Response:
    """Who gets what, and why."""
    require_recent(person())
    return _page(dispute, DecisionForm(formdata=None))


@pages.post("/disputes/<uuid:dispute_id>/decision")
@allow(policies.mediate, queries.dispute_seen_by)
def create_decision(dispute: Dispute) -> Response:
    """Divide it; both sides are told."""
    require_recent(person())
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            proposal = commands.decide(dispute, person(), _division(dispute, form), form.grounds.data, form.text.data,
                                       form.manager_at_fault.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            done = _("Decided. Both sides were told.")
            flash(proposal.told(done) if proposal else done, "success")
            return back(dispute)
    return _page(dispute, form)


def _division(dispute: Dispute, form: DecisionForm) -> commands.Division:
    return commands.Division(Money(form.to_manager.data, dispute.currency), Money(form.to_business.data, dispute.currency))


def _page(dispute: Dispute, form: DecisionForm) -> Response:
    if dispute.status != DisputeStatus.mediation:
        abort(409)
    if waiting := queries.waiting_decisions(dispute):
        return redirect(url_for("payments.show_proposal", proposal_id=waiting[0].id), 303)
    return answer("disputes/decision.html", form, dispute=dispute, grounds=GROUNDS, stations=contracts.line_of(dispute.milestone),
                  much=Money(TWO_PEOPLE_FROM_MINOR))
