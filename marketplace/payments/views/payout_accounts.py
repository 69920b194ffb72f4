"""Where a manager is paid: the account, what waits beside it, and the ways to change it."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow, visible
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.managers import queries as managers
from marketplace.payments import commands, forms, policies, queries
from marketplace.payments.commands import payout_accounts, rails
from marketplace.payments.models import PayoutAccount, Rail
from marketplace.payments.views.blueprint import pages

BY_HAND = {"bank": (Rail.manual_bank, forms.BankAccountForm), "bkash": (Rail.manual_bkash, forms.BkashForm)}
"""The rails whose details are given on our own pages, by the last word of the address."""


@pages.get("/payments/payout-account")
@allow(policies.be_paid)
def payout_account() -> str:
    """Where the manager is paid now and next, whether that works, and what was and will be sent."""
    manager = managers.manager_of(current_user)
    accounts = queries.payout_accounts_of(manager.id) if manager else []
    shown = {account.status: account for account in accounts}
    return render_template(
        "payments/payout_account.html", account=shown.get("current"), coming=shown.get("waiting") or shown.get("checking"),
        stopped=bool(manager) and queries.payouts_stopped(manager.id), rails=rails.RAILS, days=payout_accounts.WAIT_DAYS,
        stripe_known=any(one.stripe_account_id for one in accounts), transfers=queries.own_transfers(current_user))


@pages.post("/payments/payout-account")
@allow(policies.be_paid, lambda reader: managers.manager_of(reader))
def create_payout_account(manager: Any) -> Response:
    """To Stripe's pages; each time by a new link, as they are good once. Where money goes is changed by who knows the password."""
    require_recent(current_user)
    return redirect(commands.onboard(manager), 303)


@pages.get("/payments/payout-account/return")
@allow(policies.be_paid)
def payout_account_return() -> Response:
    """Back from Stripe: it is asked how the account stands."""
    manager = managers.manager_of(current_user)
    account = queries.stripe_account(manager.id) if manager else None
    if account and account.stripe_account_id:
        commands.look_at_account(account)
        if account.transfers_active:
            flash(_("You can be paid now."), "success")
    return redirect(url_for("payments.payout_account"), 303)


@pages.route('/payments/payout-account/<any("bank", "bkash"):by>', methods=["GET", "POST"])
@allow(policies.be_paid, lambda reader, by: _asked(reader, by))
def new_payout_account(asked: Any) -> Response:
    """Name and number of a bank account or wallet. Where money goes is changed by who knows the password."""
    require_recent(current_user)
    manager, by = asked
    rail, made = BY_HAND[by]
    form = made(data={"holder": manager.identity_name})
    if form.validate_on_submit():
        try:
            account = payout_accounts.choose(manager, rail, form.typed(), current_user, form.ask_check.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_said(account), "success")
            return redirect(url_for("payments.payout_account"), 303)
    return answer("payments/new_payout_account.html", form, rail=rails.RAILS[rail], by=by, days=payout_accounts.WAIT_DAYS)


@pages.post("/payments/payout-accounts/<uuid:account_id>/cancellation")
@allow(policies.take_back_account, queries.payout_account_seen_by)
def create_payout_account_cancellation(account: PayoutAccount) -> Response:
    """The manager drops a change that has not taken over."""
    payout_accounts.cancel(account, current_user)
    flash(_("The change is dropped; everything stays as it was."), "success")
    return redirect(url_for("payments.payout_account"), 303)


@pages.route("/payments/payout-account/stop/<token>", methods=["GET", "POST"])
@visible(queries.disowned_by_link)
def stop_payout_account(account: PayoutAccount) -> str:
    """The letter's link: first it says what it does, so that a mail scanner that follows it stops nothing."""
    return render_template("payments/stop_payout_account.html", account=account, done=_stopped(account))


def _asked(reader: Any, by: str) -> tuple[Any, str] | None:
    """The reader's profile and the rail of the address; None without a profile."""
    manager = managers.manager_of(reader)
    return (manager, by) if manager else None


def _stopped(account: PayoutAccount) -> bool:
    form = forms.Form()
    if form.validate_on_submit():
        payout_accounts.disown(account)
        return True
    return False


def _said(account: PayoutAccount) -> str:
    if account.status == "current":
        return _("You are paid there from now on.")
    if account.status == "checking":
        return _("Our team looks at it first, usually within a working day. We write when it is done.")
    return _("Saved. It is used after the wait; until then you are paid as before. We have written to you about it.")
