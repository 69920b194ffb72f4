"""What the parties do with a milestone: pay in, deliver, ask for changes, approve."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import funding, holds
from marketplace.contracts.commands import milestones as commands
from marketplace.contracts.commands.parties import PartiesAlike, stopping
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries.months import earned_unasked, ended_month
from marketplace.contracts.queries.parties import party_check
from marketplace.contracts.views import pages
from marketplace.core import clock, i18n
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError, Invalid, WrongState
from marketplace.core.forms import answer
from marketplace.core.pricing import total_cost
from marketplace.files import commands as files
from marketplace.files.models import Purpose
from marketplace.payments.models import Card
from marketplace.payments.queries.cards import cards_of


def address(milestone: Milestone) -> str:
    """A milestone stands on its contract's page."""
    return url_for("contracts.show", contract_id=milestone.contract_id)


@pages.get("/milestones/<uuid:milestone_id>/funding")
@allow(policies.fund_milestone, queries.milestone_seen_by)
def new_funding(milestone: Milestone) -> Any:
    """What is paid, by which cards, and what happens next."""
    return _funding_page(milestone, _funding_form(milestone), stopping(party_check(milestone.contract)))


@pages.post("/milestones/<uuid:milestone_id>/funding")
@allow(policies.fund_milestone, queries.milestone_seen_by)
def create_funding(milestone: Milestone) -> Any:
    """To the payment page; or a saved card is charged, and the person waits for the bank's word."""
    form = _funding_form(milestone)
    if not form.validate_on_submit():
        return _funding_page(milestone, form)
    here = url_for("contracts.show", contract_id=milestone.contract_id, _external=True)
    try:
        payment = funding.start_funding(milestone, current_user, success_url=here, cancel_url=here,
                                        card=chosen_card(form, milestone.contract), keep_card=form.keep_card.data)
    except PartiesAlike as refusal:
        return _funding_page(milestone, form, refusal)
    if payment.card_id:
        return redirect(url_for("payments.come_back", payment_id=payment.id), 303)
    return redirect(payment.checkout_url or address(milestone), 303)


@pages.post("/milestones/<uuid:milestone_id>/funding/cancellation")
@allow(policies.fund_milestone, queries.milestone_seen_by)
def create_funding_cancellation(milestone: Milestone) -> Any:
    """Do not pay after all."""
    funding.cancel_funding(milestone, current_user)
    flash(_("The payment was called off. Nothing was taken."), "success")
    return redirect(address(milestone), 303)


@pages.get("/milestones/<uuid:milestone_id>/delivery")
@allow(policies.deliver_milestone, queries.milestone_seen_by)
def new_delivery(milestone: Milestone) -> Any:
    """Hand in the work."""
    if milestone.work not in milestone.TRANSITIONS["deliver"]:
        raise WrongState()
    return _delivery_page(milestone, forms.DeliveryForm())


@pages.post("/milestones/<uuid:milestone_id>/deliveries")
@allow(policies.deliver_milestone, queries.milestone_seen_by)
def create_delivery(milestone: Milestone) -> Any:
    """The review window begins."""
    form = forms.DeliveryForm()
    if form.validate_on_submit():
        try:
            commands.deliver(milestone, current_user, form.note.data, form.link_list, _stored(form))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Handed in. The business now has time to look."), "success")
            return redirect(address(milestone), 303)
    return _delivery_page(milestone, form)


@pages.get("/milestones/<uuid:milestone_id>/approval")
@allow(policies.approve_milestone, queries.milestone_seen_by)
def new_approval(milestone: Milestone) -> Any:
    """What approving does, before it is done. Much money asks for the password first."""
    _prove_oneself_for_much(milestone)
    return _approval_page(milestone, forms.PartForm(data={"amount": milestone.free.minor, "held_minor": milestone.held.minor}))


@pages.post("/milestones/<uuid:milestone_id>/approval")
@allow(policies.approve_milestone, queries.milestone_seen_by)
def create_approval(milestone: Milestone) -> Any:
    """The money becomes the manager's, all of it or the part that was typed."""
    _prove_oneself_for_much(milestone)
    form = forms.PartForm()
    if form.validate_on_submit():
        try:
            settlement = commands.approve(milestone, current_user, form.part(milestone))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Approved. Our team has a look before the money is sent.") if settlement.check_reason else
                  _("Approved. The money is on its way to the manager."), "success")
            return redirect(address(milestone), 303)
    return _approval_page(milestone, form)


@pages.get("/milestones/<uuid:milestone_id>/changes")
@allow(policies.approve_milestone, queries.milestone_seen_by)
def new_change_request(milestone: Milestone) -> Any:
    """Say what should be different."""
    return answer("contracts/changes.html", forms.ChangesForm(), milestone=milestone)


@pages.post("/milestones/<uuid:milestone_id>/changes")
@allow(policies.approve_milestone, queries.milestone_seen_by)
def create_change_request(milestone: Milestone) -> Any:
    """Back to the manager."""
    form = forms.ChangesForm()
    if form.validate_on_submit():
        try:
            commands.ask_changes(milestone, current_user, form.note.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The manager was told what to change."), "success")
            return redirect(address(milestone), 303)
    return answer("contracts/changes.html", form, milestone=milestone)


@pages.post("/milestones/<uuid:milestone_id>/extension")
@allow(policies.approve_milestone, queries.milestone_seen_by)
def create_extension(milestone: Milestone) -> Any:
    """More days to look, once."""
    commands.extend_review(milestone, current_user)
    flash(_("You now have until %(when)s to look.", when=i18n.moment(milestone.review_until)), "success")
    return redirect(address(milestone), 303)


def _funding_form(milestone: Milestone) -> forms.FundingForm:
    cards = card_choices(milestone.contract)
    form = forms.FundingForm(data={"card": cards[0][0]})
    form.card.choices = cards
    return form


def card_choices(contract: Contract) -> list[tuple[str, str]]:
    """The business's saved cards, the newest first, and Stripe's page."""
    saved = [(str(card.id), f"{card.mask}, {card.expiry}") for card in cards_of(contract.business_id) if card.usable]
    return [*saved, ("", _("Another card, on Stripe’s page"))]


def _funding_page(milestone: Milestone, form: forms.FundingForm, stop: PartiesAlike | None = None) -> Any:
    cost = total_cost(milestone.to_fund.minor, funding.ads_beside(milestone).minor, milestone.currency, milestone.contract.fee_bp)
    return answer("contracts/funding.html", form, milestone=milestone, cost=cost, stop=stop)


def chosen_card(form: forms.FundingForm, contract: Contract) -> Card | None:
    """The saved card that was chosen; None for Stripe's page."""
    return next((card for card in cards_of(contract.business_id) if str(card.id) == form.card.data), None)


def _delivery_page(milestone: Milestone, form: forms.DeliveryForm) -> Any:
    return answer("contracts/delivery.html", form, milestone=milestone, change_request=queries.last_change_request(milestone),
                  days=commands.review_days(milestone), ended=ended_month(milestone), earned=earned_unasked(milestone))


def _stored(form: forms.DeliveryForm) -> Any:
    """The evidence file, kept privately; its refusal belongs to the field `file`."""
    if not form.file.data:
        return None
    try:
        return files.store(form.file.data.stream, form.file.data.filename, Purpose.delivery, by=current_user)
    except DomainError as error:
        raise Invalid(error.message, field="file") from error


def _approval_page(milestone: Milestone, form: forms.PartForm) -> Any:
    return answer("contracts/approval.html", form, milestone=milestone, hold=holds.hold_days(milestone.contract),
                  send_after=holds.send_after(milestone.contract, clock.now()))


def _prove_oneself_for_much(milestone: Milestone) -> None:
    if milestone.amount_minor >= policies.CONFIRM_FROM_MINOR:
        require_recent(current_user)
