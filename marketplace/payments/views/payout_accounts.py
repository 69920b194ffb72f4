"""Where a manager is paid: what Stripe knows, and the way there."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow
from marketplace.managers import queries as managers
from marketplace.payments import commands, policies, queries
from marketplace.payments.views.blueprint import pages


@pages.get("/payments/payout-account")
@allow(policies.be_paid)
def payout_account() -> str:
    """Whether the manager can be paid, and what was and will be sent."""
    account, transfers = queries.own_payout_account(current_user), queries.own_transfers(current_user)
    return render_template("payments/payout_account.html", account=account, transfers=transfers)


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
    account = queries.own_payout_account(current_user)
    if account and account.stripe_account_id:
        commands.look_at_account(account)
        if account.transfers_active:
            flash(_("You can be paid now."), "success")
    return redirect(url_for("payments.payout_account"), 303)
