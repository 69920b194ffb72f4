"""Finance: ad money of a contract, and the way back to the card."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.boosts import commands, policies, queries
from marketplace.boosts.models import AdPot
from marketplace.boosts.models.pot import OPEN
from marketplace.boosts.views.pages import pages
from marketplace.contracts.models import Milestone
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError
from marketplace.core.forms import StaffRefundForm, answer
from marketplace.core.money import Money
from marketplace.core.slots import panel
from marketplace.managers.models import Kind
from marketplace.payments.queries import proposals_about


@pages.get("/staff/ad-pots/<uuid:pot_id>/money")
@allow(policies.refund_pot, queries.pot_for_finance)
def pot_money(pot: AdPot) -> Any:
    """Where the ad money is, what counts on it, and the way back to the card."""
    free = queries.free_in(pot)
    return _money_page(pot, StaffRefundForm(amount=free.minor or None), free)


@pages.post("/staff/ad-pots/<uuid:pot_id>/refunds")
@allow(policies.refund_pot, queries.pot_for_finance)
def create_pot_refund(pot: AdPot) -> Any:
    """All or part of what is free goes back; much of it waits for a second person."""
    require_recent(current_user)
    form = StaffRefundForm()
    if form.validate_on_submit():
        try:
            proposal = commands.refund_by_staff(pot, Money(form.amount.data, pot.currency), by=current_user, why=form.reason.data,
                                                key=form.key.data)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(proposal.told(_("The money is on its way back to the card.")), "success")
            return redirect(url_for("boosts.pot_money", pot_id=pot.id), 303)
    return _money_page(pot, form, queries.free_in(pot))


@panel("contracts.money")
def way_to_pot(milestone: Milestone) -> str:
    """From the money of a step to the ad money that was paid in with it."""
    pot = queries.pot_of_milestone(milestone.id) if milestone.contract.kind == Kind.boosting else None
    return render_template("boosts/_way_to_pot.html", pot=pot) if pot else ""


def _money_page(pot: AdPot, form: StaffRefundForm, free: Money) -> Any:
    return answer("boosts/pot_money.html", form, pot=pot, money=queries.money_of(pot), free=free, is_open=pot.status in OPEN,
                  boosts=queries.boosts_of(pot.contract_id), draws=queries.draws_of(pot),
                  proposals=proposals_about(f"{AdPot.KIND}:{pot.id}"))
