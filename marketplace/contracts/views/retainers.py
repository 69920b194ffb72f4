"""Monthly contracts: the days of the months, the consent to be charged, and dividing a month that ended early."""
from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import prorating
from marketplace.contracts.commands import retainers as commands
from marketplace.contracts.models import Contract, Milestone, Month, MonthProposal, Retainer
from marketplace.contracts.models.milestone import HELD
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import monthly
from marketplace.contracts.queries.months import earned_unasked, elapsed
from marketplace.contracts.views import pages
from marketplace.contracts.views.contracts import address
from marketplace.core import i18n
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.slots import panel
from marketplace.payments.queries.cards import cards_of


@pages.app_template_filter("iso_day")
def iso_day(value: str) -> str:
    """A day of stored terms as people read it."""
    return i18n.day(date.fromisoformat(value))


@panel("contracts.page")
def months(contract: Contract) -> str:
    """A monthly contract's months, what is asked for next, and by whom it is paid."""
    retainer = queries.retainer_of(contract) if monthly(contract.terms) else None
    if retainer is None:
        return ""
    found = queries.months_of(contract)
    ended = next((month for month in found if contract.ended_at and month.milestone.work in HELD), None)
    return render_template(
        "contracts/_retainer.html", contract=contract, retainer=retainer, ended=ended,
        next=next((month for month in found if month.charge_at and month.milestone.status == "planned"), None),
        proposal=queries.open_proposal(ended.milestone) if ended else None,
        earned=earned_unasked(ended.milestone) if ended else None)


@pages.get("/contracts/<uuid:contract_id>/card-consent")
@allow(policies.consent_to_charges, queries.retainer_seen_by)
def new_consent(retainer: Retainer) -> Any:
    """Which card, how much, when, and how one takes it back."""
    return _consent_page(retainer, _consent_form(retainer))


@pages.post("/contracts/<uuid:contract_id>/card-consent")
@allow(policies.consent_to_charges, queries.retainer_seen_by)
def create_consent(retainer: Retainer) -> Any:
    """Each next month is charged from now on."""
    form = _consent_form(retainer)
    if form.validate_on_submit():
        card = next(card for card in cards_of(retainer.contract.business_id) if str(card.id) == form.card.data)
        try:
            commands.consent(retainer, card, current_user)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Each next month is charged to %(card)s. You are told %(days)s days before, and once more just before.",
                    card=card.mask, days=i18n.number(commands.TELL_DAYS)), "success")
            return redirect(address(retainer.contract), 303)
    return _consent_page(retainer, form)


@pages.post("/contracts/<uuid:contract_id>/card-consent/withdrawal")
@allow(policies.consent_to_charges, queries.retainer_seen_by)
def create_consent_withdrawal(retainer: Retainer) -> Any:
    """Nothing is charged by itself any more."""
    commands.revoke(retainer, current_user)
    flash(_("Nothing is charged by itself any more. Each month waits for you."), "success")
    return redirect(address(retainer.contract), 303)


@pages.get("/milestones/<uuid:milestone_id>/proposal")
@allow(policies.propose_month, queries.month_seen_by)
def new_proposal(month: Month) -> Any:
    """What was delivered of each line; begun from the days that passed."""
    _prove_oneself_for_much(month.milestone)
    form = forms.ProposalForm(data={"done": elapsed(month)})
    return _proposal_page(month, form)


@pages.post("/milestones/<uuid:milestone_id>/proposal")
@allow(policies.propose_month, queries.month_seen_by)
def create_proposal(month: Month) -> Any:
    """The other side answers it."""
    _prove_oneself_for_much(month.milestone)
    form, contract = forms.ProposalForm(), month.milestone.contract
    if form.validate_on_submit():
        try:
            prorating.propose(month.milestone, current_user, policies.as_side(current_user, contract), form.done.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your proposal was sent to the other side."), "success")
            return redirect(address(contract), 303)
    return _proposal_page(month, form)


@pages.post("/month-proposals/<uuid:proposal_id>/agreement")
@allow(policies.answer_proposal, queries.proposal_seen_by)
def create_proposal_agreement(proposal: MonthProposal) -> Any:
    """The money is divided so."""
    _prove_oneself_for_much(proposal.milestone)
    contract = proposal.milestone.contract
    prorating.agree(proposal, current_user, policies.as_side(current_user, contract))
    flash(_("Agreed. The money goes where you both said."), "success")
    return redirect(address(contract), 303)


@pages.post("/month-proposals/<uuid:proposal_id>/refusal")
@allow(policies.answer_proposal, queries.proposal_seen_by)
def create_proposal_refusal(proposal: MonthProposal) -> Any:
    """The money stays held."""
    contract = proposal.milestone.contract
    prorating.decline(proposal, current_user, policies.as_side(current_user, contract))
    flash(_("You declined. The money stays held."), "success")
    return redirect(address(contract), 303)


def _prove_oneself_for_much(milestone: Milestone) -> None:
    """Whoever says yes for the business gives held money away, by a proposal of theirs as by their answer."""
    if milestone.free.minor >= policies.CONFIRM_FROM_MINOR and policies.as_side(current_user, milestone.contract) is Side.business:
        require_recent(current_user)


def _consent_form(retainer: Retainer) -> forms.ConsentForm:
    saved = [(str(card.id), f"{card.mask}, {card.expiry}") for card in cards_of(retainer.contract.business_id) if card.usable]
    form = forms.ConsentForm(data={"card": saved[0][0]} if len(saved) == 1 else None)
    form.card.choices = saved
    return form


def _consent_page(retainer: Retainer, form: forms.ConsentForm) -> Any:
    month = next((one for one in queries.months_of(retainer.contract) if one.charge_at and one.milestone.status == "planned"), None)
    return answer("contracts/retainer_consent.html", form, contract=retainer.contract, month=month)


def _proposal_page(month: Month, form: forms.ProposalForm) -> Any:
    terms = month.milestone.contract.terms
    return answer("contracts/retainer_proposal.html", form, month=month, milestone=month.milestone, lines=terms["lines"],
                  back=url_for("contracts.show", contract_id=month.milestone.contract_id))
