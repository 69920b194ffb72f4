"""Stripe, through its own SDK: short time-outs, one defined answer for each thing that can go wrong.

Answers are plain dictionaries. A call ends in one of three ways: an answer; Refused (final: the same call would be
refused again; Declined when it was the card); Unanswered (we do not know what happened: look before trying again).
Reads are tried twice, writes once and only under a key of ours, so that a repeated write is the same write.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from flask import current_app

if TYPE_CHECKING:
    from stripe import StripeClient

CONNECT_SECONDS, READ_SECONDS = 3, 10
SIGNATURE_SECONDS = 300
UNDECIDED = frozenset({409, 429})
"""Statuses below 500 that say nothing about the effect: the key is in use, or we asked too often."""
PAGE = 100
API, FILES = "https://api.stripe.com", "https://files.stripe.com"
"""Stripe takes files at another address; the sandbox takes all at one."""
THINGS: dict[str, Callable[[Any], Any]] = {
    "ch": lambda v1: v1.charges, "py": lambda v1: v1.charges, "pi": lambda v1: v1.payment_intents, "cs": lambda v1: v1.checkout.sessions,
    "re": lambda v1: v1.refunds, "pyr": lambda v1: v1.refunds, "tr": lambda v1: v1.transfers, "po": lambda v1: v1.payouts,
    "dp": lambda v1: v1.disputes, "du": lambda v1: v1.disputes, "txn": lambda v1: v1.balance_transactions, "evt": lambda v1: v1.events,
}
"""Where Stripe keeps what, by how its ids begin."""


class Refused(Exception):
    """Stripe said no, and would say so again. `code` is Stripe's, `reason` its sentence for operators."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class Declined(Refused):
    """The bank refused the card."""


class Unanswered(Exception):
    """No answer, or one that does not say whether it happened. Look before trying again."""


class Forged(Exception):
    """A webhook that Stripe did not sign, or not now."""


def create_session(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Open a Checkout page."""
    return _write(lambda client: client.v1.checkout.sessions.create(params, {"idempotency_key": key}))


def session(session_id: str) -> dict[str, Any]:
    """A Checkout page as it is now, with its payment, charge and balance transaction."""
    expand = ["payment_intent.latest_charge.balance_transaction"]
    return _read(lambda client: client.v1.checkout.sessions.retrieve(session_id, {"expand": expand}))


def sessions_since(moment: datetime) -> Iterator[dict[str, Any]]:
    """Checkout pages opened since, newest first."""
    return _pages(lambda client, page: client.v1.checkout.sessions.list({"created": _since(moment), **page}))


def expire_session(session_id: str, key: str) -> dict[str, Any]:
    """Close a Checkout page that nobody has paid on. Refused when it is not open any more."""
    return _write(lambda client: client.v1.checkout.sessions.expire(session_id, {}, {"idempotency_key": key}))


def create_customer(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Make a payer known, so that cards can be kept."""
    return _write(lambda client: client.v1.customers.create(params, {"idempotency_key": key}))


def create_intent(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Charge a saved card at once. Declined when the bank refuses, or wants its customer to answer (`authentication_required`)."""
    return _write(lambda client: client.v1.payment_intents.create(params, {"idempotency_key": key}))


def intents_of(customer_id: str, since: datetime) -> Iterator[dict[str, Any]]:
    """A customer's payment intents since, newest first, with their charges and balance transactions."""
    wish = {"customer": customer_id, "created": _since(since), "expand": ["data.latest_charge.balance_transaction"]}
    return _pages(lambda client, page: client.v1.payment_intents.list({**wish, **page}))


def cancel_intent(intent_id: str, key: str) -> dict[str, Any]:
    """Let nothing be paid on a payment intent any more. Refused when it was paid."""
    return _write(lambda client: client.v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key}))


def detach_payment_method(method_id: str, key: str) -> dict[str, Any]:
    """Forget a saved card. Refused when it is forgotten already."""
    return _write(lambda client: client.v1.payment_methods.detach(method_id, {}, {"idempotency_key": key}))


def create_refund(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Give money back to the card."""
    return _write(lambda client: client.v1.refunds.create(params, {"idempotency_key": key}))


def refunds_of(charge_id: str) -> Iterator[dict[str, Any]]:
    """All refunds of a charge, with their balance transactions."""
    expand = ["data.balance_transaction"]
    return _pages(lambda client, page: client.v1.refunds.list({"charge": charge_id, "expand": expand, **page}))


def create_transfer(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Send money to a connected account."""
    return _write(lambda client: client.v1.transfers.create(params, {"idempotency_key": key}))


def transfers_in(group: str) -> Iterator[dict[str, Any]]:
    """All transfers of a transfer group."""
    return _pages(lambda client, page: client.v1.transfers.list({"transfer_group": group, **page}))


def transfer(transfer_id: str) -> dict[str, Any]:
    """A transfer as it is now."""
    return _read(lambda client: client.v1.transfers.retrieve(transfer_id))


def create_reversal(transfer_id: str, params: dict[str, Any], key: str) -> dict[str, Any]:
    """Take (part of) a transfer back, while its account has the money."""
    return _write(lambda client: client.v1.transfers.reversals.create(transfer_id, params, {"idempotency_key": key}))


def reversals_of(transfer_id: str) -> Iterator[dict[str, Any]]:
    """All reversals of a transfer, with their balance transactions."""
    expand = ["data.balance_transaction"]
    return _pages(lambda client, page: client.v1.transfers.reversals.list(transfer_id, {"expand": expand, **page}))


def create_account(params: dict[str, Any], key: str) -> dict[str, Any]:
    """Open a connected account."""
    return _write(lambda client: client.v1.accounts.create(params, {"idempotency_key": key}))


def account(account_id: str) -> dict[str, Any]:
    """A connected account as it is now."""
    return _read(lambda client: client.v1.accounts.retrieve(account_id))


def create_account_link(params: dict[str, Any], key: str) -> dict[str, Any]:
    """A link to Stripe's onboarding, good once and for minutes."""
    return _write(lambda client: client.v1.account_links.create(params, {"idempotency_key": key}))


def payout(payout_id: str, account_id: str) -> dict[str, Any]:
    """A payout of a connected account."""
    return _read(lambda client: client.v1.payouts.retrieve(payout_id, {}, {"stripe_account": account_id}))


def paid_out(payout_id: str, account_id: str) -> Iterator[dict[str, Any]]:
    """The balance transactions a connected account's automatic payout carried, with their sources."""
    options = {"stripe_account": account_id}
    expand = ["data.source"]
    return _pages(lambda client, page: client.v1.balance_transactions.list({"payout": payout_id, "expand": expand, **page}, options))


def dispute(dispute_id: str) -> dict[str, Any]:
    """A charge-back as it is now, with its balance transactions."""
    return _read(lambda client: client.v1.disputes.retrieve(dispute_id))


def upload_evidence(file: BinaryIO, key: str) -> dict[str, Any]:
    """Give Stripe a file of evidence; its name is the file's."""
    return _write(lambda client: client.v1.files.create({"purpose": "dispute_evidence", "file": file}, {"idempotency_key": key}))


def answer_dispute(dispute_id: str, params: dict[str, Any], key: str) -> dict[str, Any]:
    """Keep evidence for a charge-back, or send it to the bank."""
    return _write(lambda client: client.v1.disputes.update(dispute_id, params, {"idempotency_key": key}))


def balance(account_id: str | None = None) -> dict[str, Any]:
    """Our balance at Stripe, or a connected account's, by currency."""
    options = {"stripe_account": account_id} if account_id else {}
    return _read(lambda client: client.v1.balance.retrieve({}, options))


def balance_transactions_since(moment: datetime) -> Iterator[dict[str, Any]]:
    """What moved on our balance since, newest first."""
    return _pages(lambda client, page: client.v1.balance_transactions.list({"created": _since(moment), **page}))


def balance_transaction(entry_id: str) -> dict[str, Any]:
    """One movement on our balance, with the thing behind it."""
    return _read(lambda client: client.v1.balance_transactions.retrieve(entry_id, {"expand": ["source"]}))


def thing(stripe_id: str, account_id: str | None = None) -> dict[str, Any] | None:
    """Any of Stripe's objects by its id, asked for once, as somebody waits; None for an id of a kind we do not know."""
    service = THINGS.get(stripe_id.partition("_")[0])
    options = {"stripe_account": account_id} if account_id else {}
    return _asked(lambda client: service(client.v1).retrieve(stripe_id, {}, options)).to_dict() if service else None


def events_since(moment: datetime, account_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Events since, newest first: our own, or a connected account's."""
    options = {"stripe_account": account_id} if account_id else {}
    return _pages(lambda client, page: client.v1.events.list({"created": _since(moment), **page}, options))


def verified_event(body: bytes, signature: str, secret: str) -> dict[str, Any]:
    """The event in a webhook's body. Raises Forged unless Stripe signed these bytes within five minutes of now, wall time."""
    import stripe  # noqa: PLC0415 - loaded at first use

    try:
        event = stripe.Webhook.construct_event(body, signature, secret, tolerance=SIGNATURE_SECONDS)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise Forged(type(error).__name__) from error
    if _signed_at(signature) > time.time() + SIGNATURE_SECONDS:  # the library takes any time in the future
        raise Forged("signed in the future")
    return event.to_dict()


def own_address(path: str) -> str:
    """The address of one of our pages, for Stripe to send people back to."""
    return f"{_settings().site_url.rstrip('/')}{path}"


def _signed_at(signature: str) -> int:
    return int(dict(part.split("=", 1) for part in signature.split(",") if "=" in part)["t"])


def _settings() -> Any:
    return current_app.extensions["settings"]


def _client() -> StripeClient:
    settings = _settings()
    return _made(settings.stripe_api_url, settings.stripe_secret_key)


@cache
def _made(address: str, secret_key: str) -> StripeClient:
    import stripe  # noqa: PLC0415 - loaded at first use

    stripe.enable_telemetry = False
    http = stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    places = {"api": address, "files": FILES if address == API else address}
    return stripe.StripeClient(secret_key, base_addresses=places, http_client=http, max_network_retries=0)


def _write(call: Callable[[StripeClient], Any]) -> dict[str, Any]:
    return _asked(call).to_dict()


def _read(call: Callable[[StripeClient], Any]) -> dict[str, Any]:
    """Reading twice harms nobody."""
    try:
        return _asked(call).to_dict()
    except Unanswered:
        return _asked(call).to_dict()


def _pages(call: Callable[[StripeClient, dict[str, Any]], Any]) -> Iterator[dict[str, Any]]:
    """Everything a list holds, page after page."""
    page: dict[str, Any] = {"limit": PAGE}
    while True:
        found = _read(lambda client, page=dict(page): call(client, page))
        yield from found["data"]
        if not found["has_more"]:
            return
        page["starting_after"] = found["data"][-1]["id"]


def _since(moment: datetime) -> dict[str, int]:
    return {"gte": int(moment.timestamp())}


def _asked(call: Callable[[StripeClient], Any]) -> Any:
    import stripe  # noqa: PLC0415 - loaded at first use

    try:
        return call(_client())
    except stripe.StripeError as error:
        raise _meaning(error, isinstance(error, stripe.CardError)) from error


def _meaning(error: Any, card: bool) -> Exception:
    """What Stripe's error means to a caller; without a status the connection failed."""
    status = error.http_status
    if status is None or status >= 500 or status in UNDECIDED:
        return Unanswered(f"{type(error).__name__} {status or ''}".strip())
    reason = str(error.user_message or error)[:300]
    return (Declined if card else Refused)(reason, error.code or "")
