"""Refunds: money back to the card, when the balance has it."""

from sandbox.stripe import balances, due
from sandbox.stripe.currencies import convert, display, settlement
from sandbox.stripe.errors import InvalidParameter, StripeError, missing
from sandbox.stripe.events import emit
from sandbox.stripe.params import Params
from sandbox.stripe.resources import charges
from sandbox.stripe.store import Store

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
BANK_ANSWERS_AFTER = 30


def create(store: Store, params: Params) -> dict:
    charge_id, intent_id = params.text("charge"), params.text("payment_intent")
    amount, reason = params.amount(), params.choice("reason", *REASONS)
    metadata = params.metadata()
    params.done()
    charge = _charge(store, charge_id, intent_id)
    amount = _refundable(charge, amount)
    before = _count(store, charge, amount)
    refund = _add(store, charge, amount, reason, metadata)
    _pay(store, refund, charge)
    emit(store, "refund.created", refund)
    emit(store, "charge.refunded", charge, before)
    return refund


def fail(store: Store, refund: dict, reason: str = "expired_or_canceled_card") -> None:
    """The bank could not give the money to the person: it returns to the balance."""
    if refund["status"] == "failed":
        return
    fields = {"status": "failed", "failure_reason": reason}
    if refund["balance_transaction"]:
        fields["failure_balance_transaction"] = _take_back(store, refund)["id"]
    refund.pop("pending_reason", None)
    previous = store.change(refund, **fields)
    charge = store.get("charge", refund["charge"])
    before = store.change(charge, amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    emit(store, "refund.failed", refund, previous)
    emit(store, "charge.refund.updated", refund, previous)
    emit(store, "charge.updated", charge, before)


@due.task
def retry_refund(store: Store, identifier: str) -> None:
    """Pay a refund that waited for funds, or go on waiting."""
    refund = store.get("refund", identifier)
    if refund.get("pending_reason") == "insufficient_funds":
        _pay(store, refund, store.get("charge", refund["charge"]))
        if refund["status"] == "succeeded":
            emit(store, "refund.updated", refund, {"status": "pending", "pending_reason": "insufficient_funds"})


@due.task
def finish_refund(store: Store, identifier: str) -> None:
    """The bank's late answer, for the test cards that have one."""
    refund = store.get("refund", identifier)
    if store.get("charge", refund["charge"])["_refund"] == "fails":
        fail(store, refund)
    elif refund["status"] == "pending":
        refund.pop("pending_reason", None)
        emit(store, "refund.updated", refund, store.change(refund, status="succeeded"))


def _charge(store: Store, charge_id: str | None, intent_id: str | None) -> dict:
    if charge_id:
        charge = store.get("charge", charge_id, "charge")
    elif intent_id:
        charge = _charge_of(store, intent_id)
    else:
        raise InvalidParameter(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if not charge["paid"]:
        raise missing("charge", charge["id"], "charge")
    return charge


def _charge_of(store: Store, intent_id: str) -> dict:
    intent = store.get("payment_intent", intent_id, "payment_intent")
    if intent["status"] != "succeeded":
        raise StripeError(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.", param="payment_intent")
    return store.get("charge", intent["latest_charge"])


def _refundable(charge: dict, amount: int | None) -> int:
    """The amount, or what is left; refuses more than is left and what the bank has taken back."""
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and not charge.get("_dispute_won"):
        raise StripeError(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if not left:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount and amount > left:
        currency = charge["currency"]
        raise StripeError(
            f"Refund amount ({display(amount, currency)}) is greater than unrefunded amount on charge"
            f" ({display(left, currency)})", param="amount",
        )  # fmt: skip
    return amount or left


def _count(store: Store, charge: dict, amount: int) -> dict:
    """A refund counts from its creation, paid or waiting."""
    refunded = charge["amount_refunded"] + amount
    return store.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount"])


def _add(store: Store, charge: dict, amount: int, reason: str | None, metadata: dict) -> dict:
    return store.add(
        "refund", "re", amount=amount, balance_transaction=None, charge=charge["id"], currency=charge["currency"],
        destination_details={"type": "card", "card": {"type": "refund"}}, metadata=metadata, reason=reason,
        payment_intent=charge["payment_intent"], receipt_number=None, source_transfer_reversal=None,
        status="pending", transfer_reversal=None, pending_reason="insufficient_funds", _refunded=charge["amount_refunded"],
    )  # fmt: skip


def _pay(store: Store, refund: dict, charge: dict) -> None:
    """Take the money from the balance if it is there; else try again when the clock goes on."""
    amount, currency, rate = _settled(store, refund, charge)
    moment = charges.available_on(store, charge)
    if balances.funds(store, currency, moment) < amount:
        due.schedule(store, store.now() + 1, retry_refund, refund["id"])
        return
    entry = balances.post(
        store, "refund", refund["id"], -amount, currency, available_on=moment, exchange_rate=rate,
        description=f"REFUND FOR CHARGE ({charge['description']})" if charge["description"] else None,
    )  # fmt: skip
    refund.pop("pending_reason")
    store.change(refund, balance_transaction=entry["id"], status="succeeded")
    _await_bank(store, refund, charge)


def _settled(store: Store, refund: dict, charge: dict) -> tuple[int, str, float | None]:
    """What leaves the balance: parts of one charge never round to more than the whole."""
    currency = charges.settled_amount(store, charge)[1]
    rate = None if currency == charge["currency"] else _rate(store, charge)
    after = convert(refund["_refunded"], rate)
    return after - convert(refund["_refunded"] - refund["amount"], rate), currency, rate


def _rate(store: Store, charge: dict) -> float:
    """Today's rate; the charge's own where there is none any more."""
    taken = store.get("balance_transaction", charge["balance_transaction"])
    currency, rate = settlement(store, charge["currency"])
    return rate if rate and currency == taken["currency"] else taken["exchange_rate"]


def _await_bank(store: Store, refund: dict, charge: dict) -> None:
    if charge["_refund"] == "pending":
        store.change(refund, status="pending", pending_reason="processing")
    if charge["_refund"] in ("pending", "fails"):
        due.schedule(store, store.now() + BANK_ANSWERS_AFTER, finish_refund, refund["id"])


def _take_back(store: Store, refund: dict) -> dict:
    entry = store.get("balance_transaction", refund["balance_transaction"])
    return balances.post(
        store, "refund_failure", refund["id"], -entry["amount"], entry["currency"],
        exchange_rate=entry["exchange_rate"], description="Refund failure",
        available_on=max(entry["available_on"], store.now()),
    )  # fmt: skip
