"""Offers: made on a bid, answered with other terms, accepted or declined."""
from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.bids.models import Bid
from marketplace.bids.queries import bid_seen_by
from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import offers as commands
from marketplace.contracts.models import Offer
from marketplace.contracts.models.retainer import monthly
from marketplace.contracts.views import pages
from marketplace.core import i18n
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.forms import answer, clean
from marketplace.core.pricing import PLATFORM_FEE_BP, Cost, total_cost
from marketplace.core.slots import panel
from marketplace.jobs.models import Job, ad_spend_minor

CHANGES_USUALLY, NOTICE_USUALLY = 2, 7


def address(offer: Offer) -> str:
    """The offer's page."""
    return url_for("contracts.show_offer", offer_id=offer.id)


@pages.get("/bids/<uuid:bid_id>/offer")
@allow(policies.make_offer, bid_seen_by)
def new_offer(bid: Bid) -> Any:
    """The terms of an offer, begun from the bid."""
    return _offer_page(forms.TermsForm(data=_terms_from(bid)), bid)


@pages.post("/bids/<uuid:bid_id>/offer")
@allow(policies.make_offer, bid_seen_by)
def create_offer(bid: Bid) -> Any:
    """Send the offer."""
    form = forms.TermsForm()
    if form.validate_on_submit():
        try:
            offer = commands.make_offer(bid, current_user, form.terms, form.message.data or "")
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The offer was sent. The manager has %(days)s days to answer.", days=i18n.number(commands.OFFER_DAYS)), "success")
            return redirect(address(offer), 303)
    return _offer_page(form, bid)


@pages.get("/offers/<uuid:offer_id>")
@allow(policies.answer_offer, queries.offer_seen_by)
def show_offer(offer: Offer) -> str:
    """What is on the table, what changed, and whose turn it is."""
    side, terms = policies.as_side(current_user, offer), offer.latest.terms
    cost = _cost(offer.job, sum(step["amount_minor"] for step in terms["milestones"]), terms.get("ads"), queries.fee_of(offer))
    return render_template("contracts/offer.html", offer=offer, side=side, terms=terms, changes=changes(offer), cost=cost,
                           ownership=dict(forms.OWNERSHIP), form=forms.AcceptForm(version=offer.latest.version))


@pages.get("/offers/<uuid:offer_id>/counter-offer")
@allow(policies.answer_offer, queries.offer_seen_by)
def new_counter_offer(offer: Offer) -> Any:
    """The terms on the table, to be changed."""
    return _counter_page(forms.CounterForm(data=_form_data(offer.latest.terms) | {"version": offer.latest.version}), offer)


@pages.post("/offers/<uuid:offer_id>/counter-offer")
@allow(policies.answer_offer, queries.offer_seen_by)
def create_counter_offer(offer: Offer) -> Any:
    """Send other terms."""
    form, side = forms.CounterForm(), policies.as_side(current_user, offer)
    if form.validate_on_submit():
        try:
            commands.counter_offer(offer, current_user, side, form.version.data, form.terms, form.message.data or "")
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your counter-offer was sent."), "success")
            return redirect(address(offer), 303)
    return _counter_page(form, offer)


@pages.post("/offers/<uuid:offer_id>/acceptance")
@allow(policies.answer_offer, queries.offer_seen_by)
def create_acceptance(offer: Offer) -> Any:
    """Accept the version that was read."""
    form = forms.AcceptForm()
    if not form.validate_on_submit():
        raise WrongState()
    contract = commands.accept_offer(offer, current_user, policies.as_side(current_user, offer), form.version.data)
    flash(_("The contract is made."), "success")
    return redirect(url_for("contracts.show", contract_id=contract.id), 303)


@pages.post("/offers/<uuid:offer_id>/refusal")
@allow(policies.answer_offer, queries.offer_seen_by)
def create_refusal(offer: Offer) -> Any:
    """Decline; nothing was paid, nothing is owed."""
    commands.decline_offer(offer, current_user, (clean(request.form.get("reason")) or "")[:2000])
    flash(_("The offer was declined."), "success")
    return redirect(url_for("contracts.index"), 303)


@panel("bids.actions")
def offer_button(bid: Bid) -> str:
    """The way from a bid to an offer."""
    return render_template("contracts/_offer_button.html", bid=bid, offer=queries.offer_of(bid))


def changes(offer: Offer) -> set[str]:
    """Names of the terms that the last version changed."""
    if len(offer.versions) < 2:
        return set()
    before, after = offer.versions[-2].terms, offer.latest.terms
    return {name for name in after if after[name] != before.get(name)}


def _offer_page(form: forms.TermsForm, bid: Bid) -> Any:
    return answer("contracts/offer_new.html", form, bid=bid, cost=_cost(bid.job, form.price))


def _counter_page(form: forms.CounterForm, offer: Offer) -> Any:
    return answer("contracts/offer_counter.html", form, offer=offer, side=policies.as_side(current_user, offer),
                  cost=_cost(offer.job, form.price))


def _cost(job: Job, price_minor: int, ads: dict[str, Any] | None = None, fee_bp: int = PLATFORM_FEE_BP) -> Cost:
    """What the business pays in all. `ads`: what terms have frozen of them; else as the job has them."""
    return total_cost(price_minor, ad_spend_minor(job.kind, job.details | (ads or {})), job.currency, fee_bp)


def _terms_from(bid: Bid) -> dict[str, Any]:
    steps = [{"title": step.title, "amount_minor": step.amount_minor, "days": step.days} for step in bid.milestones]
    return {"title": bid.job.title[:120], "scope": bid.job.description, "milestones": _padded(steps),
            "changes_included": CHANGES_USUALLY, "notice_days": NOTICE_USUALLY}


def _form_data(terms: dict[str, Any]) -> dict[str, Any]:
    """The terms on the table; the steps of a monthly one are its months, which are not typed."""
    if not monthly(terms):
        return {**terms, "milestones": _padded(terms["milestones"])}
    return {**terms, "milestones": _padded([]), "lines": _padded(terms["lines"]), "starts_on": date.fromisoformat(terms["starts_on"])}


def _padded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows, *({} for _ in range(forms.MOST_STEPS - len(rows)))]
