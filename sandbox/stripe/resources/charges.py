"""Charges: one attempt on a card each, and the money it brings."""

from sandbox.stripe import balances, due
from sandbox.stripe.cards import Card
from sandbox.stripe.currencies import charge_fee, convert, settlement
from sandbox.stripe.events import emit
from sandbox.stripe.resources import disputes, payment_methods
from sandbox.stripe.store import Store

DISPUTE_AFTER = 2


def succeed(store: Store, intent: dict, method: dict, is_authenticated: bool) -> dict:
    """Take the money: the charge, its balance transaction with Stripe's fee, and the event."""
    charge = _add(store, intent, method, status="succeeded", paid=True, captured=True)
    charge["amount_captured"] = charge["amount"]
    charge["outcome"] = _outcome("authorized", "Payment complete.", "approved_by_network")
    if is_authenticated:
        charge["payment_method_details"]["card"]["three_d_secure"] = _authenticated()
    _take_money(store, charge, payment_methods.behaviour(method))
    emit(store, "charge.succeeded", charge)
    _schedule_dispute(store, charge, payment_methods.behaviour(method))
    return charge


def fail(store: Store, intent: dict, method: dict, refusal: Card) -> dict:
    """Keep the refused attempt."""
    charge = _add(store, intent, method, status="failed", paid=False, captured=False)
    reason = refusal.decline_code or refusal.code
    outcome = _outcome("issuer_declined", "The bank did not return any further details.", "declined_by_network", reason)
    store.change(charge, failure_code=refusal.code, failure_message=refusal.message, outcome=outcome)
    emit(store, "charge.failed", charge)
    return charge


def settled_amount(store: Store, charge: dict) -> tuple[int, str]:
    """What the charge brought, before fees, in the currency the platform was settled in."""
    entry = store.get("balance_transaction", charge["balance_transaction"])
    return entry["amount"], entry["currency"]


def available_on(store: Store, charge: dict) -> int:
    """When its money is available; now, when it already is."""
    entry = store.get("balance_transaction", charge["balance_transaction"])
    return max(entry["available_on"], store.now())


@due.task
def dispute_charge(store: Store, identifier: str) -> None:
    """The dispute that comes with a test card."""
    charge = store.get("charge", identifier)
    if not charge["disputed"] and charge["amount_refunded"] < charge["amount"]:
        disputes.open_dispute(store, charge, charge["_dispute"])


def _add(store: Store, intent: dict, method: dict, **more) -> dict:
    return store.add(
        "charge", "ch", amount=intent["amount"], amount_captured=0, amount_refunded=0, application=None,
        application_fee=None, application_fee_amount=None, balance_transaction=None,
        billing_details=method["billing_details"], calculated_statement_descriptor=_descriptor(intent),
        currency=intent["currency"], customer=intent["customer"], description=intent["description"], disputed=False,
        failure_balance_transaction=None, failure_code=None, failure_message=None, fraud_details={}, livemode=False,
        metadata=intent["metadata"], on_behalf_of=None, payment_intent=intent["id"], payment_method=method["id"],
        payment_method_details=_card_details(method), radar_options={}, receipt_email=intent["receipt_email"],
        receipt_number=None, receipt_url=None, refunded=False, review=None, shipping=None, source_transfer=None,
        statement_descriptor=None, statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        transfer_data=None, transfer_group=intent["transfer_group"], **more,
    )  # fmt: skip


def _take_money(store: Store, charge: dict, used: Card) -> None:
    currency, rate = settlement(store, charge["currency"])
    amount = convert(charge["amount"], rate)
    entry = balances.post(
        store, "charge", charge["id"], amount, currency, fee=charge_fee(amount, currency), exchange_rate=rate,
        available_on=store.now() if used.is_available_at_once else balances.settles_at(store),
        description=charge["description"],
    )  # fmt: skip
    store.change(charge, balance_transaction=entry["id"], _refund=used.refund)


def _schedule_dispute(store: Store, charge: dict, used: Card) -> None:
    if used.dispute:
        store.change(charge, _dispute=used.dispute)
        due.schedule(store, store.now() + DISPUTE_AFTER, dispute_charge, charge["id"])


def _descriptor(intent: dict) -> str:
    suffix = intent["statement_descriptor_suffix"]
    return f"SANDBOX* {suffix}"[:22] if suffix else "SANDBOX"


def _outcome(kind: str, message: str, network: str, reason: str | None = None) -> dict:
    return {
        "network_status": network, "reason": reason, "risk_level": "normal", "risk_score": 20,
        "seller_message": message, "type": kind, "advice_code": None, "network_advice_code": None,
        "network_decline_code": None,
    }  # fmt: skip


def _authenticated() -> dict:
    return {
        "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "exemption_indicator": None,
        "result": "authenticated", "result_reason": None, "transaction_id": None, "version": "2.2.0",
    }  # fmt: skip


def _card_details(method: dict) -> dict:
    used = method["card"]
    shared = {name: used[name] for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")}
    return {
        "type": "card",
        "card": shared | {
            "checks": used["checks"], "installments": None, "mandate": None, "network": used["brand"],
            "three_d_secure": None, "wallet": None,
        },
    }  # fmt: skip
