"""Transfers: from the platform's balance to a connected account's."""

from sandbox.stripe import balances
from sandbox.stripe.currencies import convert, display, settlement
from sandbox.stripe.errors import InvalidParameter, StripeError, missing
from sandbox.stripe.events import emit
from sandbox.stripe.expand import list_object
from sandbox.stripe.params import Params
from sandbox.stripe.resources import charges
from sandbox.stripe.store import PLATFORM, Store


def create(store: Store, params: Params) -> dict:
    amount, currency = params.amount(), params.currency(required=True)
    destination, source = params.text("destination", required=True), params.text("source_transaction")
    more = {"description": params.text("description"), "metadata": params.metadata()}
    group = params.text("transfer_group")
    params.choice("source_type", "card")
    params.done()
    account = _destination(store, destination)
    charge = _source(store, source, currency) if source else None
    amount = _amount(store, amount, charge, currency)
    _check_least(store, amount, currency)
    group = _group(store, charge, group)
    return _send(store, account, amount, currency, charge, transfer_group=group, **more)


def update(store: Store, params: Params, identifier: str) -> dict:
    transfer = store.get("transfer", identifier)
    metadata, description = params.metadata(), params.text("description")
    params.done()
    before = store.change(transfer, metadata=transfer["metadata"] | metadata, description=description or transfer["description"])
    emit(store, "transfer.updated", transfer, before)
    return transfer


def _destination(store: Store, identifier: str) -> dict:
    account = store.of(PLATFORM).find("account", identifier)
    if account is None:
        raise missing("destination", identifier, "destination")
    if account["capabilities"].get("transfers") != "active":
        raise StripeError(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers,"
            " crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return account


def _source(store: Store, identifier: str, currency: str) -> dict:
    charge = store.get("charge", identifier, "source_transaction")
    if charge["status"] != "succeeded":
        raise StripeError("Cannot use a failed charge as a source_transaction.", param="source_transaction")
    settled = charges.settled_amount(store, charge)[1]
    if settled != currency:
        raise StripeError(
            f"The currency of source_transaction's balance transaction ({settled}) must be the same as the transfer"
            f" currency ({currency})", param="currency",
        )  # fmt: skip
    return charge


def _amount(store: Store, amount: int | None, charge: dict | None, currency: str) -> int:
    """Refuses more than the source brought, or more than the available balance has."""
    if charge is None:
        return _from_balance(store, amount, currency)
    gross = charges.settled_amount(store, charge)[0]
    sent = store.all("transfer", source_transaction=charge["id"])
    used = sum(transfer["amount"] - transfer["amount_reversed"] for transfer in sent)
    amount = amount or gross
    if used + amount > gross:
        raise StripeError(
            f"Transfers using this transaction as a source must not exceed the source amount of"
            f" {display(gross, currency)}. (There is already {display(used, currency)} using this source)",
            param="amount",
        )  # fmt: skip
    return amount


def _from_balance(store: Store, amount: int | None, currency: str) -> int:
    if amount is None:
        raise InvalidParameter("Missing required param: amount.", code="parameter_missing", param="amount")
    if balances.funds(store, currency) < amount:
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your available"
            " balance by creating Charges using the 4000000000000077 test card.",
            code="balance_insufficient",
        )
    return amount


def _check_least(store: Store, amount: int, currency: str) -> None:
    """Destinations have a smallest sum; none is known here until a test sets one."""
    least = (store.world.collection("stripe.settings").get("least_transfer") or {}).get("amount", 0)
    if amount < least:
        raise StripeError(f"Amount must be no less than {display(least, currency)}", code="amount_too_small", param="amount")


def _group(store: Store, charge: dict | None, group: str | None) -> str | None:
    """A charge and its transfers share one group, named by whoever comes first."""
    if charge is None:
        return group
    if charge["transfer_group"] and group and charge["transfer_group"] != group:
        raise StripeError(
            f"The transfer_group of the source_transaction is {charge['transfer_group']}; it cannot be {group}.",
            param="transfer_group",
        )
    group = charge["transfer_group"] or group or f"group_{charge['id']}"
    store.change(charge, transfer_group=group)
    return group


def _send(store: Store, account: dict, amount: int, currency: str, charge: dict | None, **more) -> dict:
    transfer = store.add(
        "transfer", "tr", amount=amount, amount_reversed=0, balance_transaction=None, currency=currency,
        destination=account["id"], livemode=False, reversed=False, source_type="card",
        source_transaction=charge["id"] if charge else None, **more,
    )  # fmt: skip
    moment = charges.available_on(store, charge) if charge else store.now()
    entry = balances.post(store, "transfer", transfer["id"], -amount, currency, available_on=moment, description=more["description"])
    arrived = _receive(store.of(account["id"]), transfer, moment)
    reversals = list_object(f"/v1/transfers/{transfer['id']}/reversals", [])
    store.change(transfer, balance_transaction=entry["id"], destination_payment=arrived["id"], reversals=reversals)
    emit(store, "transfer.created", transfer)
    return transfer


def _receive(owner: Store, transfer: dict, moment: int) -> dict:
    """The payment the connected account sees, in its own currency."""
    payment = owner.add("charge", "py", **_payment_fields(transfer))
    currency, rate = settlement(owner, transfer["currency"])
    entry = balances.post(
        owner, "payment", payment["id"], convert(transfer["amount"], rate), currency, available_on=moment,
        exchange_rate=rate,
    )  # fmt: skip
    owner.change(payment, balance_transaction=entry["id"])
    emit(owner, "payment.created", payment)
    return payment


def _payment_fields(transfer: dict) -> dict:
    amount = transfer["amount"]
    return {
        "amount": amount, "amount_captured": amount, "amount_refunded": 0, "application": None,
        "application_fee": None, "application_fee_amount": None, "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": None, "captured": True, "currency": transfer["currency"], "customer": None,
        "description": None, "disputed": False, "failure_balance_transaction": None, "failure_code": None,
        "failure_message": None, "fraud_details": {}, "livemode": False, "metadata": {}, "on_behalf_of": None,
        "outcome": None, "paid": True, "payment_intent": None, "payment_method": None,
        "payment_method_details": {"type": "stripe_account", "stripe_account": {}}, "radar_options": {},
        "receipt_email": None, "receipt_number": None, "receipt_url": None, "refunded": False, "review": None,
        "shipping": None, "source_transfer": transfer["id"], "statement_descriptor": None,
        "statement_descriptor_suffix": None, "status": "succeeded", "transfer_data": None,
        "transfer_group": transfer["transfer_group"],
    }  # fmt: skip
