"""Finance: the money of one step, and businesses whose funding waits for the team."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.businesses.models import Business
from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import funding_checks as checks
from marketplace.contracts.commands import staff_refunds
from marketplace.contracts.models import Milestone
from marketplace.contracts.views import pages
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError
from marketplace.core.forms import StaffRefundForm, answer
from marketplace.core.money import Money
from marketplace.core.slots import panel
from marketplace.payments.queries import payments_for, proposals_about, transfers_for


@pages.get("/staff/milestones/<uuid:milestone_id>/money")
@allow(policies.refund_by_staff, queries.milestone_for_finance)
def milestone_money(milestone: Milestone) -> Any:
    """Where a step's money is, and the way back to the card."""
    return _money_page(milestone, _refund_form(milestone))


@pages.post("/staff/milestones/<uuid:milestone_id>/refunds")
@allow(policies.refund_by_staff, queries.milestone_for_finance)
def create_staff_refund(milestone: Milestone) -> Any:
    """All or part of what is held goes back; much of it waits for a second person."""
    require_recent(current_user)
    form = StaffRefundForm()
    if form.validate_on_submit():
        try:
            proposal = staff_refunds.refund_by_staff(milestone, Money(form.amount.data, milestone.currency), by=current_user,
                                                     why=form.reason.data, key=form.key.data)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(proposal.told(_("The money is on its way back to the card.")), "success")
            return redirect(url_for("contracts.milestone_money", milestone_id=milestone.id), 303)
    return _money_page(milestone, form)


@pages.post("/staff/milestones/<uuid:milestone_id>/take-backs")
@allow(policies.refund_by_staff, queries.milestone_for_finance)
def create_take_back(milestone: Milestone) -> Any:
    """All that was released and waits for finance goes back; much of it waits for a second person."""
    require_recent(current_user)
    form = forms.TakeBackForm()
    if form.validate_on_submit():
        proposal = staff_refunds.take_back_by_staff(milestone, by=current_user, why=form.reason.data, key=form.key.data)
        flash(proposal.told(_("The money is on its way back to the card.")), "success")
        return redirect(url_for("contracts.milestone_money", milestone_id=milestone.id), 303)
    return _money_page(milestone, form)


@pages.get("/staff/funding-checks")
@allow(policies.check_funding)
def funding_checks() -> Any:
    """Businesses that took their money back often and wait for the team."""
    return answer("contracts/funding_checks.html", forms.FundingReleaseForm(), found=queries.funding_checks(), business=None)


@pages.post("/staff/businesses/<uuid:business_id>/funding-releases")
@allow(policies.check_funding, queries.business_for_finance)
def create_funding_release(business: Business) -> Any:
    """It may pay in again."""
    form = forms.FundingReleaseForm()
    if form.validate_on_submit():
        checks.release_funding(business, current_user, form.reason.data)
        flash(_("%(name)s may pay in again and has been told.", name=business.name), "success")
        return redirect(url_for("contracts.funding_checks"), 303)
    return answer("contracts/funding_checks.html", form, found=queries.funding_checks(), business=business)


@panel("ledger.transaction")
def way_to_step(transaction: Any) -> str:
    """From a posting to the money of the step it is about."""
    return _way(transaction.subject or "")


@panel("payments.money")
def way_from_payment(payment: Any) -> str:
    """From a payment to the money of the step it was for."""
    return _way(payment.holder)


@panel("payments.transfer")
def way_from_transfer(transfer: Any) -> str:
    """From a payout that waits to the money of the step it is for."""
    return _way(transfer.subject)


def _way(subject: str) -> str:
    kind, _colon, key = subject.partition(":")
    return render_template("contracts/_way_to_money.html", milestone_id=key) if kind == Milestone.KIND else ""


def _money_page(milestone: Milestone, form: StaffRefundForm) -> Any:
    subject = f"milestone:{milestone.id}"
    transfers = transfers_for(subject)
    return answer("contracts/milestone_money.html", form, milestone=milestone, payments=payments_for(subject), transfers=transfers,
                  proposals=proposals_about(subject), may_take_back=staff_refunds.waits_for_finance(milestone, transfers),
                  refund=_refund_form(milestone) if isinstance(form, forms.TakeBackForm) else form,
                  take_back=form if isinstance(form, forms.TakeBackForm) else forms.TakeBackForm(formdata=None))


def _refund_form(milestone: Milestone) -> StaffRefundForm:
    return StaffRefundForm(formdata=None, amount=milestone.free.minor or None)
