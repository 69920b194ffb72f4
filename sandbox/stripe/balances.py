"""Balances: the sums of an account's balance transactions, split by whether they are available yet."""

from datetime import UTC, datetime, timedelta

from sandbox.stripe.store import PLATFORM, Store

SETTLING_DAYS = 2
REPORTING_CATEGORY = {
    "payment": "charge", "payment_refund": "refund", "transfer_refund": "transfer_reversal",
    "payout_failure": "payout_reversal", "payout_cancel": "payout_reversal",
}  # fmt: skip


def post(
    store: Store,
    kind: str,
    source: str,
    amount: int,
    currency: str,
    *,
    fee: int = 0,
    fee_reason: str = "Stripe processing fees",
    available_on: int | None = None,
    description: str | None = None,
    exchange_rate: float | None = None,
    category: str = "",
) -> dict:
    """Enter a balance transaction: `amount` minor units, negative when money leaves; `fee` comes off it."""
    return store.add(
        "balance_transaction", "txn", amount=amount, fee=fee, net=amount - fee, currency=currency,
        fee_details=_fee_details(fee, currency, fee_reason), exchange_rate=exchange_rate, description=description,
        source=source, type=kind, reporting_category=category or REPORTING_CATEGORY.get(kind, kind),
        available_on=store.now() if available_on is None else available_on, balance_type="payments", status="pending",
    )  # fmt: skip


def _fee_details(fee: int, currency: str, reason: str) -> list[dict]:
    if not fee:
        return []
    return [{"amount": fee, "application": None, "currency": currency, "description": reason, "type": "stripe_fee"}]


def settles_at(store: Store) -> int:
    """When a charge of now becomes available: midnight UTC, some days on."""
    day = datetime.fromtimestamp(store.now(), UTC).replace(hour=0, minute=0, second=0)
    return int((day + timedelta(days=SETTLING_DAYS)).timestamp())


def funds(store: Store, currency: str, until: int | None = None) -> int:
    """Minor units available by that moment (default: now)."""
    return store.available(currency, store.now() if until is None else until)


def balance(store: Store) -> dict:
    """Stripe's balance object: per currency, what is available and what is pending."""
    available: dict[str, int] = dict.fromkeys([_own_currency(store)], 0)
    pending = dict(available)
    for entry in store.all("balance_transaction"):
        available.setdefault(entry["currency"], 0)
        pending.setdefault(entry["currency"], 0)
        part = available if entry["available_on"] <= store.now() else pending
        part[entry["currency"]] += entry["net"]
    return {"object": "balance", "available": _amounts(available), "livemode": False, "pending": _amounts(pending)}


def status(store: Store, entry: dict) -> str:
    """Of a balance transaction, by the clock."""
    return "available" if entry["available_on"] <= store.now() else "pending"


def settle_now(store: Store) -> None:
    """Let everything that is pending be available at once, in every account."""
    for owner in store.accounts():
        for entry in owner.all("balance_transaction"):
            if entry["available_on"] > store.now():
                owner.change(entry, available_on=store.now())


def _own_currency(store: Store) -> str:
    if store.account == PLATFORM:
        return "bdt"
    return store.of(PLATFORM).get("account", store.account)["default_currency"]


def _amounts(sums: dict[str, int]) -> list[dict]:
    return [{"amount": amount, "currency": currency, "source_types": {"card": amount}} for currency, amount in sorted(sums.items())]
