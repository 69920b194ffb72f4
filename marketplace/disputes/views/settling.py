"""What the sides may settle between them: give way, claim less, divide."""
from __future__ import annotations

from flask import flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace.accounts.policies import require_recent
from marketplace.contracts.policies import CONFIRM_FROM_MINOR
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.money import Money
from marketplace.disputes import commands, policies, queries
from marketplace.disputes.forms import ProposalForm, ReductionForm
from marketplace.disputes.models import Dispute, SplitProposal
from marketplace.disputes.views.disputes import back, pages, person, side


@pages.post("/disputes/<uuid:dispute_id>/acceptance")
@allow(policies.accept_claim, queries.dispute_seen_by)
def create_acceptance(dispute: Dispute) -> Response:
    """Give all that is claimed. Much money asks for the password first."""
    _prove_oneself_for_much(dispute)
    commands.accept_claim(dispute, person(), side(dispute))
    flash(_("Settled. The money goes as was claimed."), "success")
    return back(dispute)


@pages.get("/disputes/<uuid:dispute_id>/proposal")
@allow(policies.settle, queries.dispute_seen_by)
def new_proposal(dispute: Dispute) -> Response:
    """How it could be divided."""
    return answer("disputes/proposal.html", ProposalForm(formdata=None), dispute=dispute)


@pages.post("/disputes/<uuid:dispute_id>/proposals")
@allow(policies.settle, queries.dispute_seen_by)
def create_proposal(dispute: Dispute) -> Response:
    """The other side answers it."""
    form = ProposalForm()
    if form.validate_on_submit():
        try:
            commands.propose(dispute, person(), side(dispute), Money(form.to_manager.data, dispute.currency), form.note.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Proposed. The other side was told."), "success")
            return back(dispute)
    return answer("disputes/proposal.html", form, dispute=dispute)


@pages.post("/dispute-proposals/<uuid:proposal_id>/acceptance")
@allow(policies.answer_proposal, queries.proposal_seen_by)
def create_proposal_acceptance(proposal: SplitProposal) -> Response:
    """Divide it so."""
    _prove_oneself_for_much(proposal.dispute)
    commands.accept_proposal(proposal, person(), side(proposal.dispute))
    flash(_("Settled. The money is divided as proposed."), "success")
    return back(proposal.dispute)


@pages.post("/dispute-proposals/<uuid:proposal_id>/refusal")
@allow(policies.answer_proposal, queries.proposal_seen_by)
def create_proposal_refusal(proposal: SplitProposal) -> Response:
    """Not so."""
    commands.decline_proposal(proposal, person(), side(proposal.dispute))
    flash(_("You declined. The dispute goes on."), "success")
    return back(proposal.dispute)


@pages.get("/disputes/<uuid:dispute_id>/reduction")
@allow(policies.withdraw, queries.dispute_seen_by)
def new_reduction(dispute: Dispute) -> Response:
    """Claim less."""
    return answer("disputes/reduction.html", ReductionForm(formdata=None), dispute=dispute)


@pages.post("/disputes/<uuid:dispute_id>/reduction")
@allow(policies.withdraw, queries.dispute_seen_by)
def create_reduction(dispute: Dispute) -> Response:
    """What is no longer claimed goes on as before."""
    form = ReductionForm()
    if form.validate_on_submit():
        try:
            commands.reduce_claim(dispute, person(), Money(form.amount.data, dispute.currency))
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Less is claimed now. The other side was told."), "success")
            return back(dispute)
    return answer("disputes/reduction.html", form, dispute=dispute)


@pages.post("/disputes/<uuid:dispute_id>/withdrawal")
@allow(policies.withdraw, queries.dispute_seen_by)
def create_withdrawal(dispute: Dispute) -> Response:
    """Claim nothing."""
    commands.withdraw(dispute, person())
    flash(_("Withdrawn. All is as it was before."), "success")
    return back(dispute)


def _prove_oneself_for_much(dispute: Dispute) -> None:
    if dispute.claimed_minor >= CONFIRM_FROM_MINOR:
        require_recent(person())
