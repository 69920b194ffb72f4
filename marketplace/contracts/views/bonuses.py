"""A bonus for the manager: given, paid, called off."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import bonuses as commands
from marketplace.contracts.commands import holds
from marketplace.contracts.commands.parties import PartiesAlike, stopping
from marketplace.contracts.models import Bonus, Contract
from marketplace.contracts.queries.bonuses import bonus_being_paid, bonus_seen_by
from marketplace.contracts.queries.parties import party_check
from marketplace.contracts.views import pages
from marketplace.contracts.views.contracts import address
from marketplace.contracts.views.milestones import card_choices, chosen_card
from marketplace.core import clock
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.money import Money
from marketplace.core.pricing import CARD_COST_BP, CARD_COST_FIXED_MINOR, total_cost

USUALLY = 500_00


@pages.get("/contracts/<uuid:contract_id>/bonus")
@allow(policies.give_bonus, queries.contract_seen_by)
def new_bonus(contract: Contract) -> Any:
    """How much, what of it reaches the manager, and by which card."""
    return _page(contract, _form(contract), stopping(party_check(contract)))


@pages.post("/contracts/<uuid:contract_id>/bonuses")
@allow(policies.give_bonus, queries.contract_seen_by)
def create_bonus(contract: Contract) -> Any:
    """To the payment page; or a saved card is charged, and the person waits for the bank's word."""
    form = _form(contract)
    if not form.validate_on_submit():
        return _page(contract, form)
    here = url_for("contracts.show", contract_id=contract.id, _external=True)
    try:
        payment = commands.give_bonus(contract, current_user, Money(form.amount.data, contract.currency), form.note.data or "", here, here,
                                      chosen_card(form, contract), form.keep_card.data)
    except PartiesAlike as refusal:
        return _page(contract, form, refusal)
    except Invalid as error:
        form.refuse(error)
        return _page(contract, form)
    if payment.card_id:
        return redirect(url_for("payments.come_back", payment_id=payment.id), 303)
    return redirect(payment.checkout_url or address(contract), 303)


@pages.post("/bonuses/<uuid:bonus_id>/cancellation")
@allow(policies.cancel_bonus, bonus_seen_by)
def create_bonus_cancellation(bonus: Bonus) -> Any:
    """Do not pay after all."""
    commands.cancel_bonus(bonus, current_user)
    flash(_("The payment was called off. Nothing was taken."), "success")
    return redirect(address(bonus.contract), 303)


def _form(contract: Contract) -> forms.BonusForm:
    cards = card_choices(contract)
    form = forms.BonusForm(data={"card": cards[0][0], "amount": USUALLY})
    form.card.choices = cards
    return form


def _page(contract: Contract, form: forms.BonusForm, stop: PartiesAlike | None = None) -> Any:
    amount = form.amount.data or 0
    being_paid = bonus_being_paid(contract)
    return answer("contracts/bonus.html", form, contract=contract, stop=stop, fits=commands.may_get_bonus(contract), being_paid=being_paid,
                  payment=commands.payment_of(being_paid) if being_paid else None,
                  cost=total_cost(amount, currency=contract.currency, fee_bp=contract.fee_bp), card_bp=CARD_COST_BP,
                  card_fixed=CARD_COST_FIXED_MINOR, least=commands.BONUS_LEAST_MINOR, most=commands.BONUS_MOST_MINOR,
                  days=commands.BONUS_DAYS, sent=holds.send_after(contract, clock.now()))
