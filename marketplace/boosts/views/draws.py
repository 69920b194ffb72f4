"""Receipts: handed in by the manager, decided by the business."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.boosts import commands, policies, queries
from marketplace.boosts.commands.draws import payable
from marketplace.boosts.forms import DrawForm, RefusalForm
from marketplace.boosts.models import AdPot, Draw
from marketplace.boosts.queries.limits import DRAW_DAYS
from marketplace.boosts.views import pots
from marketplace.boosts.views.pages import pages
from marketplace.contracts import policies as contracts
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import answer
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose


@pages.get("/ad-money/<uuid:pot_id>/draws/new")
@allow(policies.ask_draw, queries.pot_seen_by)
def new_draw(pot: AdPot) -> Any:
    """What a receipt must say, and what is repaid of it."""
    return _draw_page(pot, DrawForm())


@pages.post("/ad-money/<uuid:pot_id>/draws")
@allow(policies.ask_draw, queries.pot_seen_by)
def create_draw(pot: AdPot) -> Any:
    """The business looks at it."""
    form = DrawForm()
    if form.validate_on_submit():
        try:
            draw = commands.ask_draw(pot, current_user, form.receipt_number.data, form.dollars_minor.data, form.vat_minor.data,
                                     _stored(form))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The receipt was handed in. The business now looks at it."), "success")
            return redirect(url_for("boosts.show_draw", draw_id=draw.id), 303)
    return _draw_page(pot, form)


@pages.get("/draws/<uuid:draw_id>")
@allow(policies.see_draw, queries.draw_seen_by)
def show_draw(draw: Draw) -> Any:
    """The receipt, what Meta reports, and what is repaid."""
    dollars, amount = payable(draw) if draw.status == "asked" else (draw.paid_dollars_minor, draw.amount)
    spend = queries.spend_of(draw.pot.contract_id) if draw.status == "asked" else draw.spend_minor
    return answer("boosts/draw.html", draw=draw, pot=draw.pot, dollars=dollars, amount=amount, spend=spend)


@pages.post("/draws/<uuid:draw_id>/approval")
@allow(policies.decide_draw, queries.draw_seen_by)
def create_draw_approval(draw: Draw) -> Any:
    """Repay the manager."""
    if payable(draw)[1].minor >= contracts.CONFIRM_FROM_MINOR:
        require_recent(current_user)
    try:
        commands.approve_draw(draw, current_user)
    except Invalid as error:
        flash(error.message, "error")
    else:
        flash(_("Approved. The money is on its way to the manager."), "success")
    return redirect(url_for("boosts.show_draw", draw_id=draw.id), 303)


@pages.get("/draws/<uuid:draw_id>/refusal")
@allow(policies.decide_draw, queries.draw_seen_by)
def new_draw_refusal(draw: Draw) -> Any:
    """Say why not."""
    return answer("boosts/refusal.html", RefusalForm(), draw=draw)


@pages.post("/draws/<uuid:draw_id>/refusal")
@allow(policies.decide_draw, queries.draw_seen_by)
def create_draw_refusal(draw: Draw) -> Any:
    """The ad money stays where it is."""
    form = RefusalForm()
    if form.validate_on_submit():
        commands.refuse_draw(draw, current_user, form.reason.data)
        flash(_("You declined. The money stays held."), "success")
        return redirect(pots.address(draw.pot), 303)
    return answer("boosts/refusal.html", form, draw=draw)


def _draw_page(pot: AdPot, form: DrawForm) -> Any:
    return answer("boosts/new_draw.html", form, pot=pot, days=DRAW_DAYS, spend=queries.spend_of(pot.contract_id))


def _stored(form: DrawForm) -> File:
    """The receipt, kept privately; its refusal belongs to the field."""
    try:
        return files.store(form.file.data.stream, form.file.data.filename, Purpose.evidence, by=current_user)
    except DomainError as error:
        raise Invalid(error.message, field="file") from error
