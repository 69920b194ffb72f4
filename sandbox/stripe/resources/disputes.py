"""Disputes: the payer's bank takes the money back, with a fee, until somebody decides."""

from sandbox.stripe import balances, due
from sandbox.stripe.currencies import convert, dispute_fee
from sandbox.stripe.errors import StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store

ANSWER_WITHIN = 9 * 86_400
TEXTS = (
    "access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal",
    "customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "refund_policy_disclosure", "refund_refusal_explanation",
    "service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number",
    "uncategorized_text",
)  # fmt: skip
FILES = (
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
)  # fmt: skip
REASONS = (
    "credit_not_processed", "duplicate", "fraudulent", "general", "product_not_received", "product_unacceptable",
    "subscription_canceled", "unrecognized",
)  # fmt: skip
OPEN = ("needs_response", "under_review")


def open_dispute(store: Store, charge: dict, reason: str, amount: int | None = None) -> dict:
    """The bank takes what has not been refunded, or so much of it, and Stripe its fee."""
    dispute = _add(store, charge, amount or charge["amount"] - charge["amount_refunded"], reason)
    entry = _withdraw(store, charge, dispute)
    store.change(dispute, balance_transactions=[entry])
    store.change(charge, disputed=True)
    due.schedule(store, dispute["evidence_details"]["due_by"], lose_unanswered, dispute["id"])
    emit(store, "charge.dispute.created", dispute)
    emit(store, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def update(store: Store, params: Params, identifier: str) -> dict:
    """Keep evidence; `submit` sends it to the bank. Stripe's test texts decide at once."""
    dispute = store.get("dispute", identifier)
    evidence, metadata = _evidence(store, params.group("evidence")), params.metadata()
    is_submitted = params.flag("submit", default=True)
    params.done()
    if dispute["status"] not in OPEN:
        raise StripeError("This dispute is already closed", code="dispute_already_closed")
    _keep_evidence(store, dispute, evidence, metadata, is_submitted)
    if is_submitted and dispute["evidence"]["uncategorized_text"] in ("winning_evidence", "losing_evidence"):
        close(store, dispute, dispute["evidence"]["uncategorized_text"] == "winning_evidence")
    return dispute


def accept(store: Store, params: Params, identifier: str) -> dict:
    """POST /v1/disputes/{id}/close: the platform gives up."""
    dispute = store.get("dispute", identifier)
    params.done()
    if dispute["status"] not in OPEN:
        raise StripeError("This dispute is already closed", code="dispute_already_closed")
    close(store, dispute, is_won=False)
    return dispute


def close(store: Store, dispute: dict, is_won: bool) -> None:
    """The bank decides. The fee is not given back, whoever wins."""
    before = store.change(dispute, status="won" if is_won else "lost")
    if is_won:
        _reinstate(store, dispute)
    emit(store, "charge.dispute.closed", dispute, before)


@due.task
def lose_unanswered(store: Store, identifier: str) -> None:
    """The time to answer is over."""
    dispute = store.get("dispute", identifier)
    if dispute["status"] == "needs_response":
        details = dispute["evidence_details"] | {"past_due": True}
        store.change(dispute, evidence_details=details)
        close(store, dispute, is_won=False)


def _add(store: Store, charge: dict, amount: int, reason: str) -> dict:
    details = {"due_by": store.now() + ANSWER_WITHIN, "enhanced_eligibility": {}, "has_evidence": False}
    return store.add(
        "dispute", "du", amount=amount, balance_transactions=[], charge=charge["id"], currency=charge["currency"],
        enhanced_eligibility_types=[], evidence=dict.fromkeys(TEXTS + FILES) | {"enhanced_evidence": {}},
        evidence_details=details | {"past_due": False, "submission_count": 0}, is_charge_refundable=False,
        livemode=False, metadata={}, payment_intent=charge["payment_intent"], reason=reason, status="needs_response",
        payment_method_details={"type": "card", "card": _card(charge)},
    )  # fmt: skip


def _card(charge: dict) -> dict:
    brand = charge["payment_method_details"]["card"]["brand"]
    return {"brand": brand, "case_type": "chargeback", "network_reason_code": "10.4"}


def _withdraw(store: Store, charge: dict, dispute: dict) -> dict:
    taken = store.get("balance_transaction", charge["balance_transaction"])
    amount, currency = convert(dispute["amount"], taken["exchange_rate"]), taken["currency"]
    return balances.post(
        store, "adjustment", dispute["id"], -amount, currency, fee=dispute_fee(currency), fee_reason="Dispute fee",
        exchange_rate=taken["exchange_rate"], description=f"Chargeback withdrawal for {charge['id']}",
        category="dispute",
    )  # fmt: skip


def _reinstate(store: Store, dispute: dict) -> None:
    withdrawn = dispute["balance_transactions"][0]
    entry = balances.post(
        store, "adjustment", dispute["id"], -withdrawn["amount"], withdrawn["currency"],
        exchange_rate=withdrawn["exchange_rate"], description=f"Chargeback reversal for {dispute['charge']}",
        category="dispute_reversal",
    )  # fmt: skip
    store.change(dispute, balance_transactions=[withdrawn, entry])
    store.change(store.get("charge", dispute["charge"]), _dispute_won=True)
    emit(store, "charge.dispute.funds_reinstated", dispute)


def _evidence(store: Store, given: Params) -> dict:
    evidence = {name: given.text(name, longest=20_000) for name in TEXTS if name in given}
    files = {name: given.text(name) for name in FILES if name in given}
    for name, identifier in files.items():
        store.get("file", identifier or "", f"evidence[{name}]")
    return evidence | files


def _keep_evidence(store: Store, dispute: dict, evidence: dict, metadata: dict, is_submitted: bool) -> None:
    kept = dispute["evidence"] | evidence
    details = dispute["evidence_details"] | {"has_evidence": any(kept[name] for name in TEXTS + FILES)}
    details["submission_count"] += int(is_submitted)
    before = store.change(
        dispute, evidence=kept, evidence_details=details, metadata=dispute["metadata"] | metadata,
        status="under_review" if is_submitted else dispute["status"],
    )  # fmt: skip
    emit(store, "charge.dispute.updated", dispute, before)
