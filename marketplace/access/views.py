"""The access passport: giving, changing and taking back access, and the book of its uses."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.access import commands, policies, queries
from marketplace.access.commands.granting import GRANT_DAYS
from marketplace.access.commands.losing import PAGE_LOST_HOURS
from marketplace.access.forms import ChangeForm, GrantForm, LossForm
from marketplace.access.models import DENIED, OFFERED, RIGHTS, Grant, Right
from marketplace.accounts.policies import require_recent
from marketplace.channels import queries as channels
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock, subjects
from marketplace.core.authorisation import allow, visible
from marketplace.core.errors import Invalid
from marketplace.core.forms import Form, answer
from marketplace.core.i18n import number
from marketplace.core.slots import panel
from marketplace.managers.models import Kind, Manager

pages = Blueprint("access", __name__)
USUAL_DAYS = 30


def address(grant: Grant) -> str:
    """The passport's page."""
    return url_for("access.show", grant_id=grant.id)


subjects.register("grant", queries.grant_seen_by, lambda row: row.channel.name, address)
subjects.register("page_loss", queries.loss_seen_by, lambda row: row.channel.name, lambda row: address(row.grant))


@pages.get("/contracts/<uuid:contract_id>/grants/new")
@allow(policies.grant_access, contracts.contract_seen_by)
def new(contract: Contract) -> Any:
    """Which page, what, until when; the password must have been typed a short while ago."""
    require_recent(current_user)
    return _grant_page(contract, _grant_form(contract))


@pages.post("/contracts/<uuid:contract_id>/grants")
@allow(policies.grant_access, contracts.contract_seen_by)
def create(contract: Contract) -> Any:
    """The business consents."""
    require_recent(current_user)
    form = _grant_form(contract)
    if form.validate_on_submit():
        try:
            given = commands.grant(contract, uuid.UUID(form.channel.data), form.rights.data, form.until.data, current_user,
                                   warned=form.warned.data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Access is given.") if given.status == "active" else _("Access is given. It begins when money is held."), "success")
            return redirect(address(given), 303)
    return _grant_page(contract, form)


@pages.post("/contracts/<uuid:contract_id>/access-requests")
@allow(policies.ask_access, contracts.contract_seen_by)
def create_request(contract: Contract) -> Any:
    """The manager asks for access."""
    commands.ask(contract, current_user)
    flash(_("The owner was asked. While they take more than a day, your deadline moves."), "success")
    return redirect(url_for("contracts.show", contract_id=contract.id), 303)


@pages.get("/grants/<uuid:grant_id>")
@allow(policies.see_grant, queries.grant_seen_by)
def show(grant: Grant) -> str:
    """The passport with its use log."""
    found = queries.uses(grant, request.args.get("after"))
    more = url_for("access.show", grant_id=grant.id, after=found.next) if found.next else None
    return render_template("access/grant.html", grant=grant, uses=found, next=more, **_book([grant]))


@pages.post("/grants/<uuid:grant_id>/revocation")
@allow(policies.revoke_access, queries.grant_seen_by)
def create_revocation(grant: Grant) -> Response:
    """Stop at once."""
    commands.revoke(grant, current_user)
    flash(_("Access has stopped. Nothing can be done on the page through this contract any more."), "success")
    return redirect(address(grant), 303)


@pages.get("/grants/<uuid:grant_id>/page-loss")
@allow(policies.report_loss, queries.grant_seen_by)
def new_page_loss(grant: Grant) -> Any:
    """What happens when the page is said to be lost."""
    return redirect(address(grant), 303) if queries.standing_loss(grant) else _loss_page(grant, LossForm())


@pages.post("/grants/<uuid:grant_id>/page-loss")
@allow(policies.report_loss, queries.grant_seen_by)
def create_page_loss(grant: Grant) -> Any:
    """The business has lost the page."""
    form = LossForm()
    if not form.validate_on_submit():
        return _loss_page(grant, form)
    commands.report_loss(grant, current_user, form.text.data or "")
    flash(_("Access has stopped, and nothing more is sent. Our team looks within %(hours)s hours.", hours=number(PAGE_LOST_HOURS)),
          "success")
    return redirect(address(grant), 303)


@pages.get("/grants/<uuid:grant_id>/change")
@allow(policies.change_access, queries.grant_seen_by)
def edit(grant: Grant) -> Any:
    """Other rights, or longer."""
    require_recent(current_user)
    last = (grant.ends_at - timedelta(seconds=1)).astimezone(clock.DHAKA).date()
    return _change_page(grant, ChangeForm(data={"rights": grant.rights, "until": last}))


@pages.post("/grants/<uuid:grant_id>/change")
@allow(policies.change_access, queries.grant_seen_by)
def update(grant: Grant) -> Any:
    """Keep the change."""
    require_recent(current_user)
    form = ChangeForm()
    if form.validate_on_submit():
        try:
            commands.change(grant, form.rights.data, form.until.data, current_user)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Access was changed."), "success")
            return redirect(address(grant), 303)
    return _change_page(grant, form)


@pages.route("/access/confirmation/<token>", methods=["GET", "POST"])
@visible(queries.doubted_by_link)
def confirmation(manager: Manager) -> str:
    """The letter's link: first it says what it does, so that a mail scanner that follows it confirms nothing."""
    form = Form()
    done = form.validate_on_submit()
    if done:
        commands.confirm(manager)
    return render_template("access/confirmation.html", done=done)


@panel("contracts.aside")
def contract_passports(contract: Contract) -> str:
    """The passports of a contract; the last one that ended when none lives."""
    grants = queries.grants_of(contract)
    shown = [grant for grant in grants if grant.live] or grants[:1]
    asked = None if shown and shown[0].live else queries.open_request(contract)
    return render_template("access/_contract.html", contract=contract, grants=shown, asked=asked, **_book(shown))


@panel("channels.page")
def channel_grants(channel: Any) -> str:
    """Who has access to a page now."""
    return render_template("access/_channel.html", grants=queries.live_on(channel.id))


def _book(grants: list[Grant]) -> dict[str, Any]:
    """What the passport's template needs besides the grants."""
    losses = queries.standing_losses_of(grants[0].contract_id) if grants else {}
    return {"used": queries.used_today(grants), "losses": losses, "RIGHTS": RIGHTS, "DENIED": DENIED, "elapsed": queries.elapsed}


def _grant_form(contract: Contract) -> GrantForm:
    usable = channels.usable(contract.business)
    form = GrantForm(data={"channel": str(usable[0].id) if usable else None, "rights": _usual_rights(contract),
                           "until": (clock.today() + timedelta(days=USUAL_DAYS)).date()})
    form.offer(usable)
    return form


def _usual_rights(contract: Contract) -> list[Right]:
    """Spending is ticked only where a boost was agreed."""
    return [right for right in OFFERED if right != Right.boost or contract.kind == Kind.boosting]


def _grant_page(contract: Contract, form: GrantForm) -> Any:
    return answer("access/new.html", form, contract=contract, channels=channels.usable(contract.business), days=GRANT_DAYS)


def _loss_page(grant: Grant, form: LossForm) -> Any:
    return answer("access/page_loss.html", form, grant=grant, hours=PAGE_LOST_HOURS)


def _change_page(grant: Grant, form: ChangeForm) -> Any:
    form.bound_days()
    return answer("access/edit.html", form, grant=grant, days=GRANT_DAYS)
