"""Where each kind of event, and each of Stripe's objects, makes us look."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.db import db
from marketplace.core.tasks import NotYet
from marketplace.gateways import stripe
from marketplace.payments.commands import accounts, bank, chargebacks, incoming, payouts, refunds, transfers
from marketplace.payments.commands.reversed import sync_reversals
from marketplace.payments.models import Payment, PayoutAccount, Transfer


def _session(session: dict[str, Any], _account: str | None) -> None:
    if reference := session.get("client_reference_id"):
        incoming.look(_one(Payment, Payment.id, reference), page_id=session["id"])


def _intent(intent: dict[str, Any], _account: str | None) -> None:
    if reference := intent["metadata"].get("payment"):
        incoming.look(_one(Payment, Payment.id, reference))


def _charge(charge: dict[str, Any], _account: str | None) -> None:
    if charge["metadata"].get("payment"):
        _charged(charge, None)


def _refund(refund: dict[str, Any], _account: str | None) -> None:
    refunds.sync_refunds(_payment_of(refund["charge"]))


def _dispute(dispute: dict[str, Any], _account: str | None) -> None:
    chargebacks.sync_chargeback(_payment_of(dispute["charge"]), dispute["id"])


def _payment_of(charge_id: str | None) -> Payment:
    """The payment that a charge is of; where we have not heard of its success, it is looked at first."""
    if known := _find(Payment, Payment.stripe_charge_id, charge_id):
        return known
    try:
        charge = stripe.thing(str(charge_id)) or {"metadata": {}}
    except stripe.Refused as unknown:
        raise NotYet(unknown.reason) from unknown
    incoming.look(_one(Payment, Payment.id, charge["metadata"].get("payment")))
    return _one(Payment, Payment.stripe_charge_id, charge_id)


def _transfer(transfer: dict[str, Any], _account: str | None) -> None:
    if transfer["metadata"].get("transfer"):
        _sent(transfer, None)


def _account_changed(_thing: dict[str, Any], account: str | None) -> None:
    accounts.sync_account(_one(PayoutAccount, PayoutAccount.stripe_account_id, account))


def _payout(payout: dict[str, Any], account: str | None) -> None:
    if account is None:
        bank.sync_bank_payout(payout["id"])
    else:
        payouts.sync_payout(_one(PayoutAccount, PayoutAccount.stripe_account_id, account), payout["id"])


HANDLERS: dict[str, Callable[[dict[str, Any], str | None], None]] = {
    **{f"checkout.session.{what}": _session for what in ("completed", "async_payment_succeeded", "async_payment_failed", "expired")},
    **{f"payment_intent.{what}": _intent for what in ("succeeded", "payment_failed", "canceled", "processing")},
    "charge.refunded": _charge,
    **{f"refund.{what}": _refund for what in ("created", "updated", "failed")},
    **{f"charge.dispute.{what}": _dispute for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")},
    "transfer.reversed": _transfer,
    "account.updated": _account_changed, "capability.updated": _account_changed,
    **{f"payout.{what}": _payout for what in ("created", "paid", "failed", "canceled", "updated")},
}
"""What each kind of event makes us look at."""


def look_at(thing: dict[str, Any]) -> bool:
    """Act on one of Stripe's objects as on an event about it; false for a kind that is nothing of ours. NotYet when it names no row."""
    look = LOOKS.get(thing["object"])
    if look:
        look(thing, None)
    return look is not None


def _charged(charge: dict[str, Any], _account: str | None) -> None:
    """What went back of a charge."""
    refunds.sync_refunds(_payment_of(charge["id"]))


def _reversal(reversal: dict[str, Any], _account: str | None) -> None:
    sync_reversals(_one(Transfer, Transfer.stripe_transfer_id, reversal["transfer"]))


def _sent(transfer: dict[str, Any], _account: str | None) -> None:
    """What was taken back of a transfer; one whose answer was lost is looked at first."""
    row = _one(Transfer, Transfer.id, transfer["metadata"].get("transfer"))
    transfers.carry_out_transfer(str(row.id))
    sync_reversals(_one(Transfer, Transfer.stripe_transfer_id, transfer["id"]))


def _paid_to_us(payout: dict[str, Any], _account: str | None) -> None:
    bank.sync_bank_payout(payout["id"], asked=True)


LOOKS: dict[str, Callable[[dict[str, Any], str | None], None]] = {
    "charge": _charged, "refund": _refund, "dispute": _dispute, "transfer_reversal": _reversal, "transfer": _sent,
    "payout": _paid_to_us}
"""What each kind of Stripe's objects makes us look at."""


def _one(model: type[Any], column: InstrumentedAttribute[Any], value: Any) -> Any:
    """The row an event names; NotYet while it is not there, because its commit may still be on the way."""
    row = _find(model, column, value)
    if row is None:
        raise NotYet(f"no {model.KIND} for {value} yet")
    return row


def _find(model: type[Any], column: InstrumentedAttribute[Any], value: Any) -> Any:
    """The row with this value; none for no value, which many rows have."""
    return db.session.scalars(select(model).where(column == value)).first() if value else None
