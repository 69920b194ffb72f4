"""Finance: Stripe against the books, what Stripe refused, and Stripe's side of a posting."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow
from marketplace.core.slots import panel
from marketplace.payments import commands, policies, queries
from marketplace.payments.models import Reconciliation, Refund, Transfer
from marketplace.payments.views.blueprint import pages

FINDINGS = {
    "missing": _l("Stripe has it, the ledger does not"), "extra": _l("The ledger has it, Stripe does not"),
    "amount": _l("The amounts differ"), "currency": _l("The currencies differ"),
}


@pages.get("/staff/reconciliation")
@allow(policies.mend_money)
def reconciliation() -> str:
    """The newest comparison in full, earlier ones as a list, and what waits for a person."""
    runs, (refunds, transfers) = queries.reconciliations(), queries.troubled()
    return render_template("payments/reconciliation.html", runs=runs, run=runs[0] if runs else None, refunds=refunds,
                           transfers=transfers, findings=FINDINGS)


@pages.get("/staff/reconciliation/<uuid:reconciliation_id>")
@allow(policies.mend_money, queries.reconciliation_seen_by)
def show_reconciliation(run: Reconciliation) -> str:
    """One comparison."""
    refunds, transfers = queries.troubled()
    return render_template("payments/reconciliation.html", runs=queries.reconciliations(), run=run, refunds=refunds,
                           transfers=transfers, findings=FINDINGS)


@pages.post("/staff/reconciliation")
@allow(policies.mend_money)
def create_reconciliation() -> Response:
    """Compare now."""
    run = commands.reconcile(by=current_user)
    flash(_("Comparing. The result stands here in a moment."), "success")
    return redirect(url_for("payments.show_reconciliation", reconciliation_id=run.id), 303)


@pages.post("/refunds/<uuid:refund_id>/attempts")
@allow(policies.mend_money, queries.refund_seen_by)
def create_refund_attempt(refund: Refund) -> Response:
    """Try a failed refund again."""
    require_recent(current_user)
    commands.retry_refund(refund, by=current_user)
    return redirect(url_for("payments.reconciliation"), 303)


@pages.post("/transfers/<uuid:transfer_id>/attempts")
@allow(policies.mend_money, queries.transfer_seen_by)
def create_transfer_attempt(transfer: Transfer) -> Response:
    """Try a failed or held transfer now."""
    require_recent(current_user)
    commands.retry_transfer(transfer)
    return redirect(url_for("payments.reconciliation"), 303)


@panel("ledger.transaction")
def stripe_side(transaction: Any) -> str:
    """What Stripe has to a posting."""
    rows = queries.stripe_objects(transaction.stripe_id) if transaction.stripe_id else []
    return render_template("payments/_stripe_side.html", rows=rows)
