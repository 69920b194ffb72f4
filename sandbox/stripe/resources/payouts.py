"""Payouts: from an account's balance to its bank, daily by itself or by order."""

from datetime import UTC, datetime, timedelta

from sandbox.stripe import balances, due
from sandbox.stripe.errors import StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.params import Params
from sandbox.stripe.store import PLATFORM, Store, new_id

SENT_AFTER = 3600
ARRIVES_AFTER = 86_400
FAILURES = {
    "no_account": "The bank account details on file are probably incorrect. No bank account could be located with those details.",
    "account_closed": "The bank account has been closed.",
    "could_not_process": "The bank could not process this transfer.",
}
FAILING_NUMBERS = {"000111111116": "no_account", "000111111113": "account_closed"}


def create(store: Store, params: Params) -> dict:
    amount, currency = params.amount(required=True), params.currency(required=True)
    fields = {
        "description": params.text("description"), "metadata": params.metadata(),
        "statement_descriptor": params.text("statement_descriptor", longest=22),
    }  # fmt: skip
    params.choice("method", "standard")
    params.choice("source_type", "card")
    params.done()
    if balances.funds(store, currency) < amount:
        raise StripeError("You have insufficient funds in your Stripe account.", code="balance_insufficient")
    payout = send(store, amount, currency, is_automatic=False, **fields)
    due.schedule(store, store.now() + SENT_AFTER, leave_for_bank, payout["id"])
    return payout


def cancel(store: Store, params: Params, identifier: str) -> dict:
    payout = store.get("payout", identifier)
    params.done()
    if payout["status"] != "pending" or payout["automatic"]:
        raise StripeError(f"Payout {identifier} with status {payout['status']} cannot be canceled.")
    entry = _return_money(store, payout, "payout_cancel")
    before = store.change(payout, status="canceled", failure_balance_transaction=entry["id"])
    emit(store, "payout.canceled", payout, before)
    return payout


def send(store: Store, amount: int, currency: str, is_automatic: bool, **fields) -> dict:
    """Take the money from the balance; it arrives at the bank by the clock."""
    bank = _bank(store)
    described = {"description": "STRIPE PAYOUT", "metadata": {}, "statement_descriptor": None} | fields
    payout = store.add(
        "payout", "po", amount=amount, application_fee=None, application_fee_amount=None, automatic=is_automatic,
        arrival_date=store.now() + ARRIVES_AFTER, balance_transaction=None, currency=currency, livemode=False,
        destination=bank["id"] if bank else None, failure_balance_transaction=None, failure_code=None,
        failure_message=None, method="standard", original_payout=None, payout_method=None, reversed_by=None,
        reconciliation_status="in_progress" if is_automatic else "not_applicable", source_type="card",
        status="in_transit" if is_automatic else "pending", trace_id=None, type="bank_account", **described,
    )  # fmt: skip
    entry = balances.post(store, "payout", payout["id"], -amount, currency, description=payout["description"])
    store.change(payout, balance_transaction=entry["id"])
    _mark(store, payout, entry)
    due.schedule(store, payout["arrival_date"], arrive, payout["id"])
    emit(store, "payout.created", payout)
    return payout


def fail(store: Store, payout: dict, code: str) -> None:
    """The bank sends the money back, even after it was said to have arrived; the bank account is used no more."""
    if payout["status"] in ("failed", "canceled"):
        raise StripeError(f"Payout {payout['id']} with status {payout['status']} cannot fail.")
    entry = _return_money(store, payout, "payout_failure")
    before = store.change(
        payout, status="failed", failure_code=code, failure_message=FAILURES[code],
        failure_balance_transaction=entry["id"],
    )  # fmt: skip
    emit(store, "payout.failed", payout, before)
    _stop_bank(store)


def start_daily(store: Store) -> None:
    """From the next midnight (UTC) on, pay out daily what is available."""
    due.schedule(store, _next_midnight(store), pay_out_daily, store.account)


@due.task
def pay_out_daily(store: Store, account: str) -> None:
    """Send what is available, per currency, and come again tomorrow."""
    owner = store.of(PLATFORM).find("account", account)
    if owner is None:
        return
    if owner["payouts_enabled"] and owner["settings"]["payouts"]["schedule"]["interval"] == "daily":
        for part in balances.balance(store)["available"]:
            if part["amount"] > 0:
                send(store, part["amount"], part["currency"], is_automatic=True)
    start_daily(store)


@due.task
def leave_for_bank(store: Store, identifier: str) -> None:
    payout = store.get("payout", identifier)
    if payout["status"] == "pending":
        emit(store, "payout.updated", payout, store.change(payout, status="in_transit"))


@due.task
def arrive(store: Store, identifier: str) -> None:
    """The bank has the money, or refuses it."""
    payout = store.get("payout", identifier)
    if payout["status"] not in ("pending", "in_transit"):
        return
    bank = _bank(store)
    code = FAILING_NUMBERS.get(bank["_number"]) if bank else None
    if code:
        fail(store, payout, code)
        return
    before = store.change(payout, status="paid", trace_id={"status": "supported", "value": new_id("trace")})
    emit(store, "payout.paid", payout, before)


def _bank(store: Store) -> dict | None:
    """Where the account is paid; the platform's bank is not modelled."""
    if store.account == PLATFORM:
        return None
    banks = store.of(PLATFORM).get("account", store.account)["external_accounts"]["data"]
    return banks[0] if banks else None


def _mark(store: Store, payout: dict, own: dict) -> None:
    """Say of each entry by which payout it was paid out; of a payout by order only its own is known."""
    paid_out = [own]
    if payout["automatic"]:
        entries = store.all("balance_transaction", currency=payout["currency"])
        paid_out = [entry for entry in entries if entry["available_on"] <= store.now() and "_payout" not in entry]
    for entry in paid_out:
        store.change(entry, _payout=payout["id"])


def _return_money(store: Store, payout: dict, kind: str) -> dict:
    return balances.post(store, kind, payout["id"], payout["amount"], payout["currency"], description=kind.replace("_", " ").upper())


def _stop_bank(store: Store) -> None:
    """Until the person gives a bank account that works."""
    if store.account == PLATFORM:
        return
    books = store.of(PLATFORM)
    account = books.get("account", store.account)
    banks = account["external_accounts"]
    banks["data"] = [bank | {"status": "errored"} for bank in banks["data"]]
    wanted = account["requirements"] | {"currently_due": ["external_account"], "past_due": ["external_account"]}
    before = books.change(account, external_accounts=banks, payouts_enabled=False, requirements=wanted)
    emit(store, "account.updated", account, before)


def _next_midnight(store: Store) -> int:
    today = datetime.fromtimestamp(store.now(), UTC).replace(hour=0, minute=0, second=0)
    return int((today + timedelta(days=1)).timestamp())
