"""Held money that is not to be the manager's: asked back, agreed to, declined, given."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import refunds, settlements
from marketplace.contracts.models import Milestone, RefundRequest
from marketplace.contracts.views import pages
from marketplace.contracts.views.milestones import address
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer


@pages.get("/milestones/<uuid:milestone_id>/refund-request")
@allow(policies.fund_milestone, queries.milestone_seen_by)
def new_refund_request(milestone: Milestone) -> Any:
    """Ask for the money back, all or part, or for keeping it for the next step."""
    return _request_page(milestone, forms.RefundRequestForm(data=_whole(milestone)))


@pages.post("/milestones/<uuid:milestone_id>/refund-requests")
@allow(policies.fund_milestone, queries.milestone_seen_by)
def create_refund_request(milestone: Milestone) -> Any:
    """The manager answers it."""
    form = forms.RefundRequestForm()
    if form.validate_on_submit():
        try:
            refunds.ask_refund(milestone, current_user, form.reason.data, form.part(milestone), form.for_next.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The manager was asked."), "success")
            return redirect(address(milestone), 303)
    return _request_page(milestone, form)


@pages.post("/refund-requests/<uuid:request_id>/agreement")
@allow(policies.answer_refund_request, queries.refund_request_seen_by)
def create_refund_agreement(request: RefundRequest) -> Any:
    """Just what was asked for."""
    refunds.agree_refund(request, current_user)
    flash(_("You agreed. It is done as asked."), "success")
    return redirect(address(request.milestone), 303)


@pages.post("/refund-requests/<uuid:request_id>/refusal")
@allow(policies.answer_refund_request, queries.refund_request_seen_by)
def create_refund_refusal(request: RefundRequest) -> Any:
    """The money stays held."""
    refunds.decline_refund(request, current_user)
    flash(_("You declined. The money stays held."), "success")
    return redirect(address(request.milestone), 303)


@pages.get("/milestones/<uuid:milestone_id>/refund")
@allow(policies.deliver_milestone, queries.milestone_seen_by)
def new_refund(milestone: Milestone) -> Any:
    """Give money back unasked, all or part."""
    return answer("contracts/refund.html", forms.PartForm(data=_whole(milestone)), milestone=milestone)


@pages.post("/milestones/<uuid:milestone_id>/refund")
@allow(policies.deliver_milestone, queries.milestone_seen_by)
def create_refund(milestone: Milestone) -> Any:
    """It returns to the card it came from."""
    form = forms.PartForm()
    if form.validate_on_submit():
        try:
            refunds.give_back(milestone, current_user, amount=form.part(milestone))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The money goes back to the business."), "success")
            return redirect(address(milestone), 303)
    return answer("contracts/refund.html", form, milestone=milestone)


def _request_page(milestone: Milestone, form: forms.RefundRequestForm) -> Any:
    return answer("contracts/refund_request.html", form, milestone=milestone, following=settlements.next_step(milestone))


def _whole(milestone: Milestone) -> dict[str, int]:
    """What the form begins with: all that may move, and what its reader sees held."""
    return {"amount": milestone.free.minor, "held_minor": milestone.held.minor}
