"""What Stripe has on record: balance transactions, events, and any thing by its id."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from marketplace.gateways.stripe.asking import asked, pages, read, since

THINGS: dict[str, Callable[[Any], Any]] = {
    "ch": lambda v1: v1.charges, "py": lambda v1: v1.charges, "pi": lambda v1: v1.payment_intents, "cs": lambda v1: v1.checkout.sessions,
    "re": lambda v1: v1.refunds, "pyr": lambda v1: v1.refunds, "tr": lambda v1: v1.transfers, "po": lambda v1: v1.payouts,
    "dp": lambda v1: v1.disputes, "du": lambda v1: v1.disputes, "txn": lambda v1: v1.balance_transactions, "evt": lambda v1: v1.events,
}
"""Where Stripe keeps what, by how its ids begin."""


def balance(account_id: str | None = None) -> dict[str, Any]:
    """Our balance at Stripe, or a connected account's, by currency."""
    options = {"stripe_account": account_id} if account_id else {}
    return read(lambda client: client.v1.balance.retrieve({}, options))


def balance_transactions_since(moment: datetime) -> Iterator[dict[str, Any]]:
    """What moved on our balance since, newest first."""
    return pages(lambda client, page: client.v1.balance_transactions.list({"created": since(moment), **page}))


def balance_transaction(entry_id: str) -> dict[str, Any]:
    """One movement on our balance, with the thing behind it."""
    return read(lambda client: client.v1.balance_transactions.retrieve(entry_id, {"expand": ["source"]}))


def thing(stripe_id: str, account_id: str | None = None) -> dict[str, Any] | None:
    """Any of Stripe's objects by its id, asked for once, as somebody waits; None for an id of a kind we do not know."""
    service = THINGS.get(stripe_id.partition("_")[0])
    options = {"stripe_account": account_id} if account_id else {}
    return asked(lambda client: service(client.v1).retrieve(stripe_id, {}, options)).to_dict() if service else None


def events_since(moment: datetime, account_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Events since, newest first: our own, or a connected account's."""
    options = {"stripe_account": account_id} if account_id else {}
    return pages(lambda client, page: client.v1.events.list({"created": since(moment), **page}, options))
