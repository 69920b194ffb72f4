"""Currencies: minor units, Stripe's fees, the smallest charge, and in which currency the platform is settled."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.store import PLATFORM, Store

ZERO_DECIMAL = frozenset(["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"])
FEE_RATE = Decimal("0.029")
FIXED_FEE = {"usd": 30, "bdt": 3_600, "jpy": 30}
DISPUTE_FEE = {"usd": 1_500, "bdt": 180_000, "jpy": 1_500}
SMALLEST_CHARGE = {"usd": 50, "jpy": 50}


def charge_fee(amount: int, currency: str) -> int:
    """2.9% and a fixed part, in minor units of the settlement currency; never more than the amount."""
    return min(amount, rounded(amount * FEE_RATE) + FIXED_FEE.get(currency, 30))


def dispute_fee(currency: str) -> int:
    return DISPUTE_FEE.get(currency, 1_500)


def rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def convert(amount: int, rate: float | None) -> int:
    """Minor units to minor units; without a rate the amount itself."""
    return amount if rate is None else rounded(amount * Decimal(str(rate)))


def settle_in(store: Store, paid: str, settled: str, rate: float) -> None:
    """From now on charges in `paid` reach the platform's balance as `settled` at this rate; the same one ends that."""
    rules = store.world.collection("stripe.settlement")
    if paid == settled:
        rules.pop(paid, None)
    else:
        rules[paid] = {"currency": settled, "rate": rate}


def settlement(store: Store, paid: str) -> tuple[str, float | None]:
    """Currency and rate in which this account is settled for `paid`; no rate when it is the same currency."""
    rules = store.world.collection("stripe.settlement")
    if store.account == PLATFORM:
        rule = rules.get(paid)
        return (rule["currency"], rule["rate"]) if rule else (paid, None)
    own = store.of(PLATFORM).get("account", store.account)["default_currency"]
    rule = rules.get(own)
    if rule and rule["currency"] == paid:
        return own, float(round(1 / Decimal(str(rule["rate"])), 8))
    return paid, None


def display(amount: int, currency: str) -> str:
    """For people: `BDT 1,234.50`."""
    digits = 0 if currency in ZERO_DECIMAL else 2
    return f"{currency.upper()} {Decimal(amount).scaleb(-digits):,.{digits}f}"
