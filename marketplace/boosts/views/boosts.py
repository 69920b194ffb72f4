"""Plans of boosts, and boosts that run."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.boosts import commands, policies, queries
from marketplace.boosts.forms import ApprovalForm, BoostForm
from marketplace.boosts.models import Boost
from marketplace.boosts.views.pages import pages
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.forms import answer


def address(boost: Boost) -> str:
    """The boost's page."""
    return url_for("boosts.show_boost", boost_id=boost.id)


@pages.get("/contracts/<uuid:contract_id>/boosts/new")
@allow(policies.plan_boost, contracts.contract_seen_by)
def new_boost(contract: Contract) -> Any:
    """Write a plan, begun from what the job asked for."""
    return _plan_page(contract, BoostForm(data=_wished(contract)))


@pages.post("/contracts/<uuid:contract_id>/boosts")
@allow(policies.plan_boost, contracts.contract_seen_by)
def create_boost(contract: Contract) -> Any:
    """The business is asked."""
    form, grants = BoostForm(), queries.grants_to_boost(contract)
    if form.validate_on_submit() and grants:
        try:
            boost = commands.plan_boost(grants[0], current_user, form.plan)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The plan was sent to the business."), "success")
            return redirect(address(boost), 303)
    return _plan_page(contract, form)


@pages.get("/boosts/<uuid:boost_id>")
@allow(policies.see_boost, queries.boost_seen_by)
def show_boost(boost: Boost) -> Any:
    """What was agreed, whether it runs, what it has cost."""
    return answer("boosts/boost.html", boost=boost)


@pages.get("/boosts/<uuid:boost_id>/edit")
@allow(policies.run_boost, queries.boost_seen_by)
def edit_boost(boost: Boost) -> Any:
    """Change a plan before it is launched."""
    typed = {name: getattr(boost, name) for name in ("title", "post_id", "objective", "budget_minor", "days")}
    return answer("boosts/plan.html", BoostForm(data=typed | boost.audience), contract=boost.contract, boost=boost, ready=True)


@pages.post("/boosts/<uuid:boost_id>")
@allow(policies.run_boost, queries.boost_seen_by)
def update_boost(boost: Boost) -> Any:
    """The business is asked again."""
    form = BoostForm()
    if form.validate_on_submit():
        try:
            commands.edit_boost(boost, current_user, form.plan)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The plan was sent to the business."), "success")
            return redirect(address(boost), 303)
    return answer("boosts/plan.html", form, contract=boost.contract, boost=boost, ready=True)


@pages.post("/boosts/<uuid:boost_id>/approval")
@allow(policies.approve_boost, queries.boost_seen_by)
def create_boost_approval(boost: Boost) -> Any:
    """Agree to exactly what was read."""
    form = ApprovalForm()
    if not form.validate_on_submit():
        raise WrongState()
    commands.approve_boost(boost, current_user, form.read.data)
    flash(_("Approved. The manager was told."), "success")
    return redirect(address(boost), 303)


@pages.post("/boosts/<uuid:boost_id>/launch")
@allow(policies.run_boost, queries.boost_seen_by)
def create_launch(boost: Boost) -> Any:
    """Let Meta show it."""
    commands.launch_boost(boost, current_user)
    flash(_("It is being launched. This page says so in a moment."), "success")
    return redirect(address(boost), 303)


@pages.post("/boosts/<uuid:boost_id>/pause")
@allow(policies.stop_boost, queries.boost_seen_by)
def create_boost_pause(boost: Boost) -> Any:
    """Rest it."""
    commands.pause_boost(boost, current_user)
    flash(_("Paused. Nothing is spent while it rests."), "success")
    return redirect(address(boost), 303)


@pages.post("/boosts/<uuid:boost_id>/resumption")
@allow(policies.run_boost, queries.boost_seen_by)
def create_boost_resumption(boost: Boost) -> Any:
    """Let it go on."""
    commands.resume_boost(boost, current_user)
    flash(_("It goes on."), "success")
    return redirect(address(boost), 303)


@pages.post("/boosts/<uuid:boost_id>/ending")
@allow(policies.stop_boost, queries.boost_seen_by)
def create_boost_ending(boost: Boost) -> Any:
    """Over."""
    commands.end_boost(boost, current_user)
    flash(_("The boost has ended."), "success")
    return redirect(address(boost), 303)


def _plan_page(contract: Contract, form: BoostForm) -> Any:
    return answer("boosts/plan.html", form, contract=contract, boost=None, ready=bool(queries.grants_to_boost(contract)))


def _wished(contract: Contract) -> dict[str, Any]:
    """What the listing said."""
    wished = contract.job.details
    return {"title": contract.title, "objective": contract.job.goal, "budget_minor": queries.agreed_dollars(contract) or None,
            "days": contract.job.days, **{name: wished.get(name) for name in ("age_from", "age_until", "gender")}}
