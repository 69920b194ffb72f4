"""Stripe Connect: a transfer to the manager's own account at Stripe, which pays it out to their bank."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.payments.commands.rails.rail import Sent, Words
from marketplace.payments.models import PayoutAccount, Rail, Transfer

LEAST = Money(rule("TRANSFER_LEAST_MINOR", 1_000, "smallest sum sent through Stripe, in poisha; less goes with the next transfer"))


class StripeConnect:
    """Name and bank are given on Stripe's pages and never come here."""

    code, by_hand = Rail.stripe_connect, False
    least, most, cut_off = LEAST, None, None
    words = Words(
        name=_l("Stripe"), arrival=_l("In your bank about two working days after it was sent."),
        costs=_l("Nothing is taken from it on the way."))

    def problem(self, account: PayoutAccount) -> Any:
        if not account.transfers_active:
            return _l("Stripe does not take money for you yet.")
        changed = account.takes_over_at is not None and account.takes_over_at > clock.now()
        return _l("Your bank account at Stripe was changed; we wait some days before we send anything.") if changed else None

    def read(self, typed: Mapping[str, str]) -> dict[str, str]:
        raise Invalid(_l("Stripe itself asks for name and bank."), field="rail")

    def masked(self, details: Mapping[str, str]) -> str:
        return ""

    def find(self, transfer: Transfer) -> Sent | None:
        """Looked for in its contract's group, by the mark that every attempt carries."""
        made = stripe.transfers_in(transfer.contract)
        return next((_sent(answer) for answer in made if answer["metadata"].get("transfer") == str(transfer.id)), None)

    def send(self, transfer: Transfer) -> Sent | None:
        return _sent(stripe.create_transfer(_wish(transfer), key=transfer.key))

    def cancel(self, transfer: Transfer) -> bool:
        """What waits is only in our books; what was asked for is Stripe's."""
        return transfer.status != "sending"


def _wish(transfer: Transfer) -> dict[str, Any]:
    """From the payment that brought it, so that it goes through before that payment has settled."""
    amount = transfer.payment.settled(transfer.amount) if transfer.payment else None
    amount = amount or transfer.amount
    source = {"source_transaction": transfer.payment.stripe_charge_id} if transfer.payment else {}
    return {"amount": amount.minor, "currency": amount.currency.lower(), "transfer_group": transfer.contract,
            "destination": transfer.account and transfer.account.stripe_account_id,
            "metadata": {"transfer": str(transfer.id), "operation": transfer.key}, **source}


def _sent(answer: dict[str, Any]) -> Sent:
    return Sent(answer["id"], Money(answer["amount"], answer["currency"].upper()))
