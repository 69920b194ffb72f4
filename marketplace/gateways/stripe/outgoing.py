"""A manager's money at Stripe: accounts, transfers, reversals, payouts."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketplace.gateways.stripe.asking import own_settings, pages, read, write


def create_transfer(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Send money to a connected account."""
    return write(lambda client: client.v1.transfers.create(params, {"idempotency_key": key}))


def transfers_in(group: str) -> Iterator[dict[str, Any]]:
    """All transfers of a transfer group."""
    return pages(lambda client, page: client.v1.transfers.list({"transfer_group": group, **page}))


def transfer(transfer_id: str) -> dict[str, Any]:
    """A transfer as it is now."""
    return read(lambda client: client.v1.transfers.retrieve(transfer_id))


def create_reversal(transfer_id: str, params: dict[str, Any], key: str) -> dict[str, Any]:
    """Take (part of) a transfer back, while its account has the money."""
    return write(lambda client: client.v1.transfers.reversals.create(transfer_id, params, {"idempotency_key": key}))


def reversals_of(transfer_id: str) -> Iterator[dict[str, Any]]:
    """All reversals of a transfer, with their balance transactions."""
    expand = ["data.balance_transaction"]
    return pages(lambda client, page: client.v1.transfers.reversals.list(transfer_id, {"expand": expand, **page}))


def create_account(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Open a connected account."""
    return write(lambda client: client.v1.accounts.create(params, {"idempotency_key": key}))


def account(account_id: str) -> dict[str, Any]:
    """A connected account as it is now."""
    return read(lambda client: client.v1.accounts.retrieve(account_id))


def create_account_link(params: dict[str, Any], key: str) -> dict[str, Any]:
    """A link to Stripe's onboarding, good once and for minutes."""
    return write(lambda client: client.v1.account_links.create(params, {"idempotency_key": key}))


def payout(payout_id: str, account_id: str | None = None) -> dict[str, Any]:
    """A payout of a connected account, or our own."""
    options = {"stripe_account": account_id} if account_id else {}
    return read(lambda client: client.v1.payouts.retrieve(payout_id, {}, options))


def paid_out(payout_id: str, account_id: str) -> Iterator[dict[str, Any]]:
    """The balance transactions a connected account's automatic payout carried, with their sources."""
    options = {"stripe_account": account_id}
    expand = ["data.source"]
    return pages(lambda client, page: client.v1.balance_transactions.list({"payout": payout_id, "expand": expand, **page}, options))


def own_address(path: str) -> str:
    """The address of one of our pages, for Stripe to send people back to."""
    return f"{own_settings().site_url.rstrip('/')}{path}"
