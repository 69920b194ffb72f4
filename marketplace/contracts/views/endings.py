"""Ending a contract and its hand-over list."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import contracts as commands
from marketplace.contracts.models import Contract, HandoverItem
from marketplace.contracts.views import pages
from marketplace.contracts.views.contracts import address
from marketplace.core.authorisation import allow
from marketplace.core.forms import answer


@pages.get("/contracts/<uuid:contract_id>/ending")
@allow(policies.end_contract, queries.contract_seen_by)
def new_ending(contract: Contract) -> Any:
    """What ending does, and what becomes of held money."""
    return answer("contracts/ending.html", forms.ReasonForm(), contract=contract, holds_money=commands.holds_money(contract))


@pages.post("/contracts/<uuid:contract_id>/ending")
@allow(policies.end_contract, queries.contract_seen_by)
def create_ending(contract: Contract) -> Any:
    """Access stops with this."""
    form = forms.ReasonForm()
    if form.validate_on_submit():
        commands.end_contract(contract, current_user, policies.as_side(current_user, contract), form.reason.data)
        flash(_("The contract has ended. Access has stopped."), "success")
        return redirect(address(contract), 303)
    return answer("contracts/ending.html", form, contract=contract, holds_money=commands.holds_money(contract))


@pages.post("/handover-items/<uuid:item_id>/tick")
@allow(policies.tick_handover, queries.handover_item_seen_by)
def create_tick(item: HandoverItem) -> Any:
    """A line is done, or waived."""
    commands.tick_handover(item, current_user, waived=request.form.get("waive") == "yes")
    return redirect(address(item.contract), 303)
