"""Charge-backs: both sides and staff gather evidence, staff sends it, and decides about fault when the bank kept the money."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import Form, answer
from marketplace.core.money import Money
from marketplace.payments import commands, forms, policies
from marketplace.payments.commands.chargebacks import paid_of
from marketplace.payments.models import Chargeback, EvidenceKind, MoneyProposalStatus
from marketplace.payments.queries import debts as queries
from marketplace.payments.views.blueprint import pages

REASONS = {
    "credit_not_processed": _l("says a refund did not come"), "duplicate": _l("says it was paid twice"),
    "fraudulent": _l("says the owner of the card did not pay"), "product_not_received": _l("says the work did not come"),
    "product_unacceptable": _l("says the work was not as agreed"), "subscription_canceled": _l("says it had been ended"),
    "unrecognized": _l("does not know the payment"),
}
"""What banks say, in words; others are told as "other"."""


@pages.get("/staff/chargebacks")
@allow(policies.mend_money)
def chargebacks_index() -> str:
    """All charge-backs, newest first."""
    found = queries.chargebacks(request.args.get("after"))
    return render_template("payments/chargebacks.html", found=found)


@pages.get("/chargebacks/<uuid:chargeback_id>")
@allow(policies.see_chargeback, queries.chargeback_seen_by)
def show_chargeback(chargeback: Chargeback) -> Response:
    """What the bank took and says, until when it listens, and what it was or will be shown."""
    return _page(chargeback, forms.EvidenceForm())


@pages.post("/chargebacks/<uuid:chargeback_id>/evidence")
@allow(policies.see_chargeback, queries.chargeback_seen_by)
def create_evidence(chargeback: Chargeback) -> Response:
    """Add a statement, a file, or both."""
    form = forms.EvidenceForm()
    if form.validate_on_submit():
        try:
            _add(chargeback, form)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Added. It goes to the bank with the rest."), "success")
            return redirect(url_for("payments.show_chargeback", chargeback_id=chargeback.id), 303)
    return _page(chargeback, form)


@pages.post("/chargebacks/<uuid:chargeback_id>/submission")
@allow(policies.decide_chargeback, queries.chargeback_seen_by)
def create_submission(chargeback: Chargeback) -> Response:
    """Send it all to the bank, once."""
    require_recent(current_user)
    commands.submit_evidence(chargeback, by=current_user)
    flash(_("Sent to the bank. It decides, which takes weeks."), "success")
    return redirect(url_for("payments.show_chargeback", chargeback_id=chargeback.id), 303)


@pages.post("/chargebacks/<uuid:chargeback_id>/fault")
@allow(policies.decide_chargeback, queries.chargeback_seen_by)
def create_fault(chargeback: Chargeback) -> Response:
    """The manager owes part of what the bank kept."""
    require_recent(current_user)
    fault = forms.FaultForm()
    if fault.validate_on_submit():
        try:
            proposal = commands.find_fault(chargeback, Money(fault.amount_minor.data, chargeback.currency), current_user, fault.reason.data)
        except DomainError as error:
            fault.refuse(error)
        else:
            done = proposal.status == MoneyProposalStatus.done
            flash(_("The manager owes it now, and was told.") if done else _("It waits for a second person of finance."), "success")
            return redirect(url_for("payments.show_chargeback", chargeback_id=chargeback.id), 303)
    return _page(chargeback, forms.EvidenceForm(formdata=None), fault)


@pages.post("/chargebacks/<uuid:chargeback_id>/clearance")
@allow(policies.decide_chargeback, queries.chargeback_seen_by)
def create_clearance(chargeback: Chargeback) -> Response:
    """The business, whose bank kept held money, may go on."""
    clearance = forms.ClearanceForm()
    if not clearance.validate_on_submit():
        return _page(chargeback, forms.EvidenceForm(formdata=None), clearance=clearance)
    commands.let_go_on(chargeback, current_user, clearance.note.data)
    flash(_("It may pay in, post and hire again, and was told."), "success")
    return redirect(url_for("payments.show_chargeback", chargeback_id=chargeback.id), 303)


def _page(chargeback: Chargeback, form: Form, fault: Form | None = None, clearance: Form | None = None) -> Response:
    paid = paid_of(chargeback)
    fault = fault or forms.FaultForm(formdata=None, amount_minor=paid.minor)
    return answer("payments/chargeback.html", form, chargeback=chargeback, clearance=clearance or forms.ClearanceForm(formdata=None),
                  evidence=queries.evidence_of(chargeback), fault=fault, paid=paid,
                  reason=REASONS.get(chargeback.reason, _l("gives another reason")))


def _add(chargeback: Chargeback, form: Any) -> None:
    """The file's refusal belongs to the field `file`."""
    upload = form.file.data
    try:
        commands.add_evidence(chargeback, current_user, EvidenceKind(form.kind.data), form.text.data,
                              upload.stream if upload else None, upload.filename if upload else "")
    except Invalid as error:
        raise Invalid(error.message, field=error.field or "file") from error
