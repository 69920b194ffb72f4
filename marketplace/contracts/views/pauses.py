"""Resting a contract, and going on with it."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import contracts as commands
from marketplace.contracts.models import Contract
from marketplace.contracts.views import pages
from marketplace.contracts.views.contracts import address
from marketplace.core.authorisation import allow
from marketplace.core.forms import answer


@pages.get("/contracts/<uuid:contract_id>/pause")
@allow(policies.pause_contract, queries.contract_seen_by)
def new_pause(contract: Contract) -> Any:
    """What a pause stops, and what it does not."""
    return answer("contracts/pause.html", forms.ReasonForm(), contract=contract)


@pages.post("/contracts/<uuid:contract_id>/pause")
@allow(policies.pause_contract, queries.contract_seen_by)
def create_pause(contract: Contract) -> Any:
    """Nothing new is paid in until it goes on."""
    form = forms.ReasonForm()
    if form.validate_on_submit():
        commands.pause_contract(contract, current_user, policies.as_side(current_user, contract), form.reason.data)
        flash(_("The contract is paused. The other side was told."), "success")
        return redirect(address(contract), 303)
    return answer("contracts/pause.html", form, contract=contract)


@pages.post("/contracts/<uuid:contract_id>/resumption")
@allow(policies.resume_contract, queries.contract_seen_by)
def create_resumption(contract: Contract) -> Any:
    """It goes on."""
    commands.resume_contract(contract, current_user)
    flash(_("The contract goes on. The other side was told."), "success")
    return redirect(address(contract), 303)
