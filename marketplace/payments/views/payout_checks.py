"""Finance: accounts and payouts that somebody must look at before money goes."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core import subjects
from marketplace.core.authorisation import allow
from marketplace.core.forms import answer
from marketplace.payments import forms, policies, queries
from marketplace.payments.commands import payout_accounts, transfers
from marketplace.payments.commands.rails.manual import details_of
from marketplace.payments.models import PayoutCheck, Transfer
from marketplace.payments.models.outgoing import CASH_OUT, PAGE_LOST
from marketplace.payments.views.blueprint import pages

DOUBTS = {
    "name": _l("The holder is not named like the NID"), "shared": _l("Another manager is paid to the same account"),
    "new_device": _l("Given from a browser that is new; nothing is sent meanwhile"),
    "not_me": _l("The manager says it was somebody else; nothing is sent meanwhile"),
}
REASONS = {CASH_OUT: _l("Released within a day of the card's payment, with no work on record"),
           PAGE_LOST: _l("The business has lost its page; the team decides in the list of reports")}


@pages.get("/staff/payout-checks")
@allow(policies.check_payouts)
def payout_checks() -> str:
    """What waits for somebody to look."""
    checks, doubted = queries.open_checks(), queries.doubted_transfers()
    return render_template("payments/payout_checks.html", checks=checks, transfers=doubted, doubts=DOUBTS, reasons=REASONS)


@pages.get("/staff/payout-checks/<uuid:check_id>")
@allow(policies.check_payouts, queries.check_seen_by)
def show_payout_check(check: PayoutCheck) -> Response:
    """One doubt, with what is known on both sides."""
    return _page(check, forms.FindingForm(formdata=None))


@pages.post("/staff/payout-checks/<uuid:check_id>/pass")
@allow(policies.check_payouts, queries.check_seen_by)
def create_payout_check_pass(check: PayoutCheck) -> Response:
    """Nothing is wrong."""
    return _decide(check, payout_accounts.pass_check)


@pages.post("/staff/payout-checks/<uuid:check_id>/refusal")
@allow(policies.check_payouts, queries.check_seen_by)
def create_payout_check_refusal(check: PayoutCheck) -> Response:
    """The account is not used."""
    return _decide(check, payout_accounts.refuse_check)


@pages.route("/staff/payout-checks/transfers/<uuid:transfer_id>", methods=["GET", "POST"])
@allow(policies.check_transfer, queries.doubted_transfer_seen_by)
def check_transfer(transfer: Transfer) -> Response:
    """Why a payout waits; and letting it go."""
    form = forms.FindingForm()
    if form.validate_on_submit():
        require_recent(current_user)
        transfers.pass_check(transfer, current_user, form.why.data)
        flash(_("It goes when its day has come."), "success")
        return redirect(url_for("payments.payout_checks"), 303)
    return answer("payments/transfer_check.html", form, transfer=transfer, reasons=REASONS,
                  about=subjects.link(transfer.contract, current_user))


def _decide(check: PayoutCheck, act: Callable[[PayoutCheck, Any, str], None]) -> Response:
    require_recent(current_user)
    form = forms.FindingForm()
    if not form.validate_on_submit():
        return _page(check, form)
    act(check, current_user, form.why.data)
    return redirect(url_for("payments.payout_checks"), 303)


def _page(check: PayoutCheck, form: forms.FindingForm) -> Response:
    account = check.account
    return answer("payments/payout_check.html", form, check=check, account=account, doubt=DOUBTS[check.doubt],
                  details=details_of(account) if account.sealed else None,
                  others=[one for one in queries.payout_accounts_of(check.manager_id) if one.id != account.id])
