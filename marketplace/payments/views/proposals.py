"""Finance: money that waits for a second person, and money sent back by staff."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core import subjects
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError
from marketplace.core.forms import StaffRefundForm, answer
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands, forms, policies, queries
from marketplace.payments.models import MoneyProposal, Payment
from marketplace.payments.views.blueprint import pages

KINDS = {"repair": _l("Repair of a difference"), "payment_refund": _l("Refund of a payment"), "milestone_refund": _l("Refund of a step"),
         "milestone_take_back": _l("Taking back what was released"),
         "ad_refund": _l("Refund of ad money"), "dispute_decision": _l("Decision of a dispute"),
         "write_off": _l("Write-off of a debt"), "find_fault": _l("Fault for a charge-back")}


@pages.app_template_filter("proposal_words")
def proposal_words(kind: str) -> Any:
    """What a kind of proposal is called."""
    return KINDS.get(kind, kind)


@pages.get("/staff/money-proposals")
@allow(policies.mend_money)
def proposals() -> str:
    """What waits for a second person, or what was decided."""
    decided = request.args.get("status") == "decided"
    return render_template("payments/proposals.html", found=queries.proposals(not decided, request.args.get("after")), decided=decided)


@pages.get("/staff/money-proposals/<uuid:proposal_id>")
@allow(policies.see_proposal, queries.proposal_seen_by)
def show_proposal(proposal: MoneyProposal) -> Response:
    """What is proposed, by whom and why."""
    return _proposal_page(proposal, forms.DeclineForm())


@pages.post("/staff/money-proposals/<uuid:proposal_id>/confirmation")
@allow(policies.confirm_proposal, queries.proposal_seen_by)
def create_proposal_confirmation(proposal: MoneyProposal) -> Response:
    """The second person agrees: it is done now."""
    require_recent(current_user)
    commands.confirm(proposal, current_user)
    flash(_("Confirmed and done."), "success")
    return redirect(url_for("payments.show_proposal", proposal_id=proposal.id), 303)


@pages.post("/staff/money-proposals/<uuid:proposal_id>/refusal")
@allow(policies.see_proposal, queries.proposal_seen_by)
def create_proposal_refusal(proposal: MoneyProposal) -> Response:
    """The second person declines, or the first takes it back."""
    form = forms.DeclineForm()
    if form.validate_on_submit():
        commands.decline(proposal, current_user, form.reason.data)
        flash(_("Declined. Nothing was moved."), "success")
        return redirect(url_for("payments.show_proposal", proposal_id=proposal.id), 303)
    return _proposal_page(proposal, form)


@pages.get("/staff/payments/<uuid:payment_id>/money")
@allow(policies.refund_payment, queries.payment_for_finance)
def payment_money(payment: Payment) -> Response:
    """What is still held of a payment, for what, and the way back to the card."""
    return _money_page(payment, StaffRefundForm())


@pages.post("/staff/payments/<uuid:payment_id>/refunds")
@allow(policies.refund_payment, queries.payment_for_finance)
def create_payment_refund(payment: Payment) -> Response:
    """Send back what nothing else decides about: a payment that came for nothing, or for something that is no step of a contract."""
    require_recent(current_user)
    form = StaffRefundForm()
    if form.validate_on_submit():
        try:
            proposal = commands.refund_by_staff(payment, Money(form.amount.data, payment.currency), by=current_user, why=form.reason.data,
                                                key=form.key.data)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(proposal.told(_("The money is on its way back to the card.")), "success")
            return redirect(url_for("payments.payment_money", payment_id=payment.id), 303)
    return _money_page(payment, form)


def _money_page(payment: Payment, form: StaffRefundForm) -> Response:
    return answer("payments/payment_money.html", form, payment=payment, held=books.held_by_source(payment.source),
                  refunds=queries.refunds_of(payment), proposals=queries.proposals_about(f"payment:{payment.id}"))


def _proposal_page(proposal: MoneyProposal, form: forms.DeclineForm) -> Response:
    return answer("payments/proposal.html", form, proposal=proposal, about=subjects.link(proposal.subject, current_user))
