"""Changing the steps of a running contract: proposed, read, answered."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import change_orders as commands
from marketplace.contracts.models import ChangeKind, ChangeOrder, Contract, Milestone
from marketplace.contracts.queries.change_orders import change_order_seen_by
from marketplace.contracts.queries.limits import LONGEST_MILESTONE_DAYS
from marketplace.contracts.views import pages
from marketplace.contracts.views.contracts import address
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.forms import answer
from marketplace.core.pricing import total_cost


@pages.get("/contracts/<uuid:contract_id>/change-order")
@allow(policies.propose_change, queries.contract_seen_by)
def new_change_order(contract: Contract) -> Any:
    """Extra work (`kind=add`), or another shape of a `step`; begun from how the step is now."""
    wanted = request.args.get("kind", ChangeKind.add)
    step = _step(contract, request.args.get("step", ""))
    begun = {"title": step.title, "amount_minor": step.amount_minor, "days": step.days} if step and wanted == ChangeKind.change else {}
    return _page(contract, forms.ChangeOrderForm(data=begun | {"kind": wanted, "step": str(step.id) if step else ""}))


@pages.post("/contracts/<uuid:contract_id>/change-orders")
@allow(policies.propose_change, queries.contract_seen_by)
def create_change_order(contract: Contract) -> Any:
    """The other side answers it."""
    form = forms.ChangeOrderForm()
    if form.validate_on_submit():
        side, step = policies.as_side(current_user, contract), _step(contract, form.step.data)
        try:
            order = commands.propose(contract, current_user, side, _kind(form), form.wish, form.reason.data, step)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your proposal was sent to the other side."), "success")
            return redirect(url_for("contracts.show_change_order", order_id=order.id), 303)
    return _page(contract, form)


@pages.get("/change-orders/<uuid:order_id>")
@allow(policies.see_change, change_order_seen_by)
def show_change_order(order: ChangeOrder) -> str:
    """What would be different, what it costs, and whose turn it is."""
    return render_template("contracts/change_order.html", order=order, contract=order.contract, cost=_cost(order))


@pages.post("/change-orders/<uuid:order_id>/acceptance")
@allow(policies.answer_change, change_order_seen_by)
def create_change_acceptance(order: ChangeOrder) -> Any:
    """Just what was proposed."""
    commands.accept(order, current_user, policies.as_side(current_user, order.contract))
    flash(_("Accepted. The steps are as you both agreed."), "success")
    return redirect(address(order.contract), 303)


@pages.post("/change-orders/<uuid:order_id>/refusal")
@allow(policies.answer_change, change_order_seen_by)
def create_change_refusal(order: ChangeOrder) -> Any:
    """The steps stay as they are."""
    commands.decline(order, current_user, policies.as_side(current_user, order.contract))
    flash(_("You declined. The steps stay as they are."), "success")
    return redirect(address(order.contract), 303)


@pages.post("/change-orders/<uuid:order_id>/withdrawal")
@allow(policies.withdraw_change, change_order_seen_by)
def create_change_withdrawal(order: ChangeOrder) -> Any:
    """Taken back."""
    commands.withdraw(order, current_user, policies.as_side(current_user, order.contract))
    flash(_("You took your proposal back."), "success")
    return redirect(address(order.contract), 303)


def _page(contract: Contract, form: forms.ChangeOrderForm) -> Any:
    kind, step = _kind(form), _step(contract, form.step.data)
    if kind != ChangeKind.add and step is None:
        raise WrongState()
    if kind == ChangeKind.split:
        form.amount_minor.label.text = _("Amount of the new step")
    return answer("contracts/change_order_new.html", form, contract=contract, kind=kind, step=step,
                  days=commands.CHANGE_ORDER_DAYS, most=LONGEST_MILESTONE_DAYS)


def _kind(form: forms.ChangeOrderForm) -> ChangeKind:
    return ChangeKind(form.kind.data) if form.kind.data in set(ChangeKind) else ChangeKind.add


def _step(contract: Contract, key: str | None) -> Milestone | None:
    """One of this contract's steps."""
    return next((row for row in queries.milestones_of(contract) if str(row.id) == key), None)


def _cost(order: ChangeOrder) -> Any:
    """What is to be paid for the step; None where nothing new is."""
    if order.kind == ChangeKind.remove or order.of_held_money or order.before.get("begun"):
        return None
    return total_cost(order.amount.minor, currency=order.contract.currency, fee_bp=order.contract.fee_bp)
