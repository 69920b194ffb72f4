"""Finance: Stripe against the books, the differences and their repair, and what Stripe refused."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.accounts.policies import require_recent
from marketplace.core.authorisation import allow
from marketplace.core.errors import DomainError
from marketplace.core.forms import answer
from marketplace.core.slots import panel
from marketplace.ledger import queries as books
from marketplace.payments import commands, forms, policies, queries
from marketplace.payments.commands.repairs import BEARS, LOSSES, REPAIRS, Repair
from marketplace.payments.models import Mismatch, MismatchKind, MismatchStatus, Reconciliation, Refund, Transfer
from marketplace.payments.views.blueprint import pages

KINDS = {
    MismatchKind.missing: _l("A payment is not in the ledger"), MismatchKind.extra: _l("Only the ledger has it"),
    MismatchKind.amount: _l("The amounts differ"), MismatchKind.currency: _l("The currencies differ"),
    MismatchKind.duplicate: _l("The ledger has it twice"), MismatchKind.late: _l("Booked late"),
    MismatchKind.fee: _l("Stripe's fee differs"), MismatchKind.refund_unknown: _l("A refund is not in the ledger"),
    MismatchKind.transfer_unknown: _l("A transfer is not in the ledger"),
    MismatchKind.reversal_unknown: _l("A transfer taken back is not in the ledger"),
    MismatchKind.payout_unknown: _l("A payout to our bank is not in the ledger"),
    MismatchKind.dispute_unknown: _l("A charge-back is not in the ledger"),
    MismatchKind.adjustment_unknown: _l("A movement of Stripe's own is not in the ledger"),
    MismatchKind.balance: _l("Stripe's balance is not the sum of its list"),
}
BEARERS = {"losses": _l("Losses"), "card_costs": _l("Card costs"), "fees": _l("Platform fees"), "bank": _l("Our own bank")}
PAGE_OF = {one.value: one for one in MismatchStatus}


@pages.app_template_filter("mismatch_words")
def mismatch_words(kind: MismatchKind) -> Any:
    """What a kind of difference is called."""
    return KINDS[kind]


@pages.get("/staff/reconciliation")
@allow(policies.mend_money)
def reconciliation() -> str:
    """Where both sides stand, the differences, how fresh Stripe's events are, and what Stripe refused."""
    runs = queries.reconciliations()
    return _page(runs[0] if runs else None, runs, *queries.troubled())


@pages.get("/staff/reconciliation/<uuid:reconciliation_id>")
@allow(policies.mend_money, queries.reconciliation_seen_by)
def show_reconciliation(run: Reconciliation) -> str:
    """The same, with one comparison."""
    return _page(run, queries.reconciliations())


@pages.post("/staff/reconciliation")
@allow(policies.mend_money)
def create_reconciliation() -> Response:
    """Compare what is new now, or everything."""
    run = commands.reconcile(by=current_user, whole=request.form.get("whole") == "yes")
    flash(_("Comparing. The result stands here in a moment."), "success")
    return redirect(url_for("payments.show_reconciliation", reconciliation_id=run.id), 303)


@pages.post("/staff/stripe-events/readings")
@allow(policies.mend_money)
def create_event_reading() -> Response:
    """Read Stripe's list of events now."""
    commands.fetch_now()
    flash(_("Stripe's list is being read. What was missed is worked in a moment."), "success")
    return redirect(url_for("payments.reconciliation"), 303)


@pages.get("/staff/mismatches/<uuid:mismatch_id>")
@allow(policies.mend_money, queries.mismatch_seen_by)
def show_mismatch(mismatch: Mismatch) -> Response:
    """One difference: what happened, what to do, and what both sides have."""
    return _mismatch_page(mismatch, _repair_form(mismatch))


@pages.post("/staff/mismatches/<uuid:mismatch_id>/repairs")
@allow(policies.mend_money, queries.mismatch_seen_by)
def create_repair(mismatch: Mismatch) -> Response:
    """Repair it, or propose to, when it is much."""
    require_recent(current_user)
    form = _repair_form(mismatch)
    if form.validate_on_submit():
        try:
            proposal = commands.repair(mismatch, Repair(form.how.data), current_user, form.reason.data, form.account.data)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_repaired(proposal), "success")
            return redirect(url_for("payments.show_mismatch", mismatch_id=mismatch.id), 303)
    return _mismatch_page(mismatch, form)


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
    commands.retry_transfer(transfer, by=current_user)
    return redirect(url_for("payments.reconciliation"), 303)


@panel("ledger.transaction")
def stripe_side(transaction: Any) -> str:
    """What Stripe has to a posting, and why finance added it when it did."""
    rows = queries.stripe_objects(transaction.stripe_id) if transaction.stripe_id else []
    return render_template("payments/_stripe_side.html", rows=rows, stripe_id=transaction.stripe_id,
                           repaired=queries.posting_reason(transaction.key))


def _page(run: Reconciliation | None, runs: Any, refunds: Any = (), transfers: Any = ()) -> str:
    status = PAGE_OF.get(request.args.get("status", ""), MismatchStatus.open)
    return render_template(
        "payments/reconciliation.html", runs=runs, run=run, refunds=refunds, transfers=transfers, status=status,
        mismatches=queries.mismatches(status, request.args.get("after")), counts=queries.mismatch_counts(),
        events=queries.events_read())


def _repair_form(mismatch: Mismatch) -> forms.RepairForm:
    ways, bearer = REPAIRS[mismatch.kind], BEARS.get(mismatch.kind, LOSSES)
    form = forms.RepairForm(how=ways[0].value, account=bearer)
    form.how.choices = [(way.value, WAYS[way]) for way in ways]
    form.account.choices = list(BEARERS.items())
    return form


def _mismatch_page(mismatch: Mismatch, form: forms.RepairForm) -> Response:
    return answer("payments/mismatch.html", form, mismatch=mismatch, movements=queries.movements_of(mismatch.stripe_id),
                  postings=books.cash_postings(mismatch.stripe_id), proposals=queries.proposals_about(f"mismatch:{mismatch.id}"))


def _repaired(proposal: Any) -> Any:
    return proposal.told(_("Done, and kept with its reason.")) if proposal else _("Stripe is being asked. Look again in a moment.")


WAYS = {
    Repair.fetch: _l("Ask Stripe and book what our records wait for"),
    Repair.adjust: _l("Add a posting for the difference"),
    Repair.reverse: _l("Reverse what the ledger has too much"),
    Repair.exchange: _l("Add the change of currency"),
    Repair.explain: _l("Nothing is wrong: only write down why"),
}
