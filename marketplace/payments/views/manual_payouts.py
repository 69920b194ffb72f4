"""Finance: payouts by hand. One person claims and pays, another one confirms."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core import audit, clock
from marketplace.core.authorisation import allow
from marketplace.core.csvfile import amount, csv_file
from marketplace.core.errors import Invalid
from marketplace.core.forms import Form, answer
from marketplace.payments import forms, policies, queries
from marketplace.payments.commands import manual_payouts, rails
from marketplace.payments.commands.rails.manual import LEAST, details_of
from marketplace.payments.models import ManualPayout, ManualStatus
from marketplace.payments.views.blueprint import pages

DECIDED = (ManualStatus.confirmed, ManualStatus.refused, ManualStatus.returned)


@pages.get("/staff/payouts")
@allow(policies.pay_by_hand)
def manual_payouts_index() -> str:
    """What is due by hand, what I pay, what waits for a second person, and what was decided."""
    open_ones = queries.manual_payouts(ManualStatus.queued, ManualStatus.claimed, ManualStatus.paid)
    decided = queries.manual_payouts(*DECIDED, newest=True, limit=20)
    return render_template("payments/manual_payouts.html", payouts=open_ones, decided=decided, least=LEAST, checks=queries.checks_count())


@pages.get("/staff/payouts.csv")
@allow(policies.pay_by_hand)
def manual_payouts_file() -> Response:
    """What the reader has claimed, with account numbers, for the bank's own page. Nobody gets what another one pays."""
    require_recent(current_user)
    payouts = queries.claimed_by(current_user)
    for payout in payouts:
        audit.record("manual_payout.export", payout, current_user)
    columns = [_("Rail"), _("Holder"), _("Bank"), _("Branch"), _("Routing number"), _("Account number"), _("Amount"), _("Currency"),
               _("Our number")]
    return csv_file("payouts.csv", columns, [_row(payout) for payout in payouts])


@pages.get("/staff/payouts/<uuid:payout_id>")
@allow(policies.pay_by_hand, queries.manual_payout_seen_by)
def show_manual_payout(payout: ManualPayout) -> Response:
    """One payout: to whom, for what, and what may be done now."""
    return _page(payout)


@pages.post("/staff/payouts/<uuid:payout_id>/claim")
@allow(policies.pay_by_hand, queries.manual_payout_seen_by)
def create_manual_payout_claim(payout: ManualPayout) -> Response:
    """I pay this one now."""
    require_recent(current_user)
    manual_payouts.claim(payout, current_user)
    return _back(payout)


@pages.post("/staff/payouts/<uuid:payout_id>/payment")
@allow(policies.pay_by_hand, queries.manual_payout_seen_by)
def create_manual_payout_payment(payout: ManualPayout) -> Response:
    """It is paid: number, day and proof."""
    require_recent(current_user)
    form = forms.PaidForm()
    return _act(payout, form, "paid", lambda: manual_payouts.record_paid(
        payout, current_user, form.reference.data, form.paid_on.data, form.proof.data.stream, form.proof.data.filename))


@pages.post("/staff/payouts/<uuid:payout_id>/confirmation")
@allow(policies.confirm_payout, queries.manual_payout_seen_by)
def create_manual_payout_confirmation(payout: ManualPayout) -> Response:
    """The second person has found it on the statement."""
    require_recent(current_user)
    manual_payouts.confirm(payout, current_user)
    flash(_("Confirmed: it has arrived, and the manager is told."), "success")
    return _back(payout)


@pages.post("/staff/payouts/<uuid:payout_id>/refusal")
@allow(policies.send_back_payout, queries.manual_payout_seen_by)
def create_manual_payout_refusal(payout: ManualPayout) -> Response:
    """It was not paid: owed again."""
    require_recent(current_user)
    form = forms.FindingForm()
    return _act(payout, form, "finding", lambda: manual_payouts.refuse(payout, current_user, form.why.data))


@pages.post("/staff/payouts/<uuid:payout_id>/return")
@allow(policies.pay_by_hand, queries.manual_payout_seen_by)
def create_manual_payout_return(payout: ManualPayout) -> Response:
    """It came back to our bank: owed again."""
    require_recent(current_user)
    form = forms.FindingForm()
    return _act(payout, form, "finding", lambda: manual_payouts.record_return(payout, current_user, form.why.data))


def _act(payout: ManualPayout, form: Form, name: str, act: Callable[[], Any]) -> Response:
    """Do it and show the payout again; a refusal beside its field."""
    if form.validate_on_submit():
        try:
            act()
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _back(payout)
    return _page(payout, **{name: form})


def _page(payout: ManualPayout, paid: Form | None = None, finding: Form | None = None) -> Response:
    """Those who pay and who confirm see the account in full."""
    shown = {"paid": paid or forms.PaidForm(formdata=None, paid_on=clock.today().date()),
             "finding": finding or forms.FindingForm(formdata=None)}
    opened = payout.status in (ManualStatus.claimed, ManualStatus.paid)
    return answer("payments/manual_payout.html", paid or finding, payout=payout, forms=shown, rail=rails.of(payout.account),
                  transfers=queries.transfers_in(payout), details=details_of(payout.account) if opened else None)


def _row(payout: ManualPayout) -> list[Any]:
    details = details_of(payout.account)
    return [payout.rail, *(details.get(name, "") for name in ("holder", "bank", "branch", "routing", "number")),
            amount(payout.amount_minor), payout.currency, str(payout.id)]


def _back(payout: ManualPayout) -> Response:
    return redirect(url_for("payments.show_manual_payout", payout_id=payout.id), 303)
