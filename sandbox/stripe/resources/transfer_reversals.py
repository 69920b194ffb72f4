"""Reversals: (part of) a transfer comes back, while the connected account still has it."""

from sandbox.stripe import balances
from sandbox.stripe.currencies import convert, display
from sandbox.stripe.errors import StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.expand import list_object
from sandbox.stripe.lists import page
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store, public


def create(store: Store, params: Params, identifier: str) -> dict:
    transfer = store.get("transfer", identifier)
    amount, metadata = params.amount(), params.metadata()
    params.text("description")
    params.done()
    amount = _reversible(transfer, amount)
    owner = store.of(transfer["destination"])
    refund = _give_back(owner, transfer, amount)
    return _take_back(store, transfer, amount, refund, metadata)


def index(store: Store, params: Params, identifier: str) -> dict:
    store.get("transfer", identifier)
    found = store.all("transfer_reversal", transfer=identifier)
    return page(found, params, f"/v1/transfers/{identifier}/reversals")


def retrieve(store: Store, params: Params, identifier: str, reversal: str) -> dict:
    params.done()
    store.get("transfer", identifier)
    return store.get("transfer_reversal", reversal)


def _reversible(transfer: dict, amount: int | None) -> int:
    left = transfer["amount"] - transfer["amount_reversed"]
    if not left:
        raise StripeError(f"Transfer {transfer['id']} is already fully reversed.", code="transfer_reversed")
    if amount and amount > left:
        currency = transfer["currency"]
        raise StripeError(
            f"Reversal amount ({display(amount, currency)}) is greater than the unreversed amount"
            f" ({display(left, currency)})", param="amount",
        )  # fmt: skip
    return amount or left


def _give_back(owner: Store, transfer: dict, amount: int) -> dict:
    """The connected account's side, in its own currency. Refuses when its balance no longer has the money."""
    payment = owner.get("charge", transfer["destination_payment"])
    received = owner.get("balance_transaction", payment["balance_transaction"])
    owed = _owed(received, transfer["amount_reversed"], amount)
    moment = max(received["available_on"], owner.now())
    if balances.funds(owner, received["currency"], moment) < owed:
        raise StripeError(
            f"Insufficient funds: the connected account {owner.account} does not have"
            f" {display(owed, received['currency'])} to reverse this transfer.",
            code="balance_insufficient",
        )
    return _refund_payment(owner, payment, received, amount, owed)


def _owed(received: dict, reversed_before: int, amount: int) -> int:
    """What this part is in the account's currency: the parts never round to more than the whole."""
    rate = received["exchange_rate"]
    return convert(reversed_before + amount, rate) - convert(reversed_before, rate)


def _refund_payment(owner: Store, payment: dict, received: dict, amount: int, owed: int) -> dict:
    refunded = payment["amount_refunded"] + amount
    owner.change(payment, amount_refunded=refunded, refunded=refunded == payment["amount"])
    refund = owner.add(
        "refund", "pyr", amount=amount, balance_transaction=None, charge=payment["id"], currency=payment["currency"],
        metadata={}, payment_intent=None, reason=None, receipt_number=None, source_transfer_reversal=None,
        status="succeeded", transfer_reversal=None,
    )  # fmt: skip
    entry = balances.post(
        owner, "payment_refund", refund["id"], -owed, received["currency"], exchange_rate=received["exchange_rate"],
        available_on=max(received["available_on"], owner.now()),
    )  # fmt: skip
    owner.change(refund, balance_transaction=entry["id"])
    return refund


def _take_back(store: Store, transfer: dict, amount: int, refund: dict, metadata: dict) -> dict:
    """The platform's side: the money, the reversal, the transfer's new state."""
    reversal = store.add(
        "transfer_reversal", "trr", amount=amount, balance_transaction=None, currency=transfer["currency"],
        destination_payment_refund=refund["id"], metadata=metadata, source_refund=None, transfer=transfer["id"],
    )  # fmt: skip
    sent = store.get("balance_transaction", transfer["balance_transaction"])
    entry = balances.post(
        store, "transfer_refund", reversal["id"], amount, transfer["currency"],
        available_on=max(sent["available_on"], store.now()),
    )  # fmt: skip
    store.change(reversal, balance_transaction=entry["id"])
    _note_reversal(store, transfer, amount)
    return reversal


def _note_reversal(store: Store, transfer: dict, amount: int) -> None:
    done = transfer["amount_reversed"] + amount
    url = f"/v1/transfers/{transfer['id']}/reversals"
    newest_first = [public(found) for found in reversed(store.all("transfer_reversal", transfer=transfer["id"]))]
    before = store.change(
        transfer, amount_reversed=done, reversed=done == transfer["amount"],
        reversals=list_object(url, newest_first[:10], len(newest_first) > 10),
    )  # fmt: skip
    emit(store, "transfer.reversed", transfer, before)
