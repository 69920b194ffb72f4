"""What Stripe's own books (the sandbox's) say of each contract, read through its API as anybody with a key reads them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.walk.ground import Ground
from bench.walk.outside import KEY

Place = tuple[str, str]
"""A contract (`contract:id`, empty for what belongs to none) and a currency."""
MOVED = {"ch": "charged", "py": "charged", "re": "refunded", "pyr": "refunded", "tr": "transferred", "trr": "transferred", "du": "disputed"}
"""What a movement on our balance is, by the beginning of the id of the thing behind it."""


@dataclass
class StripesBooks:
    """By contract and currency: `charged`, `refunded`, `transferred`, `disputed` (each as it moved our balance, out is negative)
    and `fees` (negative). `by_id` is the same for each of Stripe's things, as reconciliation sees it."""

    moved: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_id: Counter[tuple[str, str]] = field(default_factory=Counter)
    balance: Counter[str] = field(default_factory=Counter)


def read(ground: Ground) -> StripesBooks:
    """All of it."""
    books, contracts = StripesBooks(), _contracts(ground)
    for entry in _everything(ground, "balance_transactions"):
        currency, source = entry["currency"].upper(), entry["source"]
        place = contracts.get(source, ""), currency
        books.moved[place][MOVED[source.split("_")[0]]] += entry["amount"]
        books.moved[place]["fees"] -= entry["fee"]
        books.by_id[source, currency] += entry["net"]
        books.balance[currency] += entry["net"]
    return books


def _contracts(ground: Ground) -> dict[str, str]:
    """Of each of Stripe's things, the contract it is for: the transfer group of its charge or of its transfer."""
    found: dict[str, str] = {}
    for charge in _everything(ground, "charges"):
        found[charge["id"]] = charge["transfer_group"] or ""
    for kind in ("refunds", "disputes"):
        for thing in _everything(ground, kind):
            found[thing["id"]] = found.get(thing["charge"], "")
    for transfer in _everything(ground, "transfers"):
        found[transfer["id"]] = transfer["transfer_group"] or ""
        for reversal in transfer["reversals"]["data"] if transfer["amount_reversed"] else ():
            found[reversal["id"]] = found[transfer["id"]]
    return found


def _everything(ground: Ground, kind: str) -> Iterator[dict[str, Any]]:
    after: dict[str, str] = {}
    while True:
        answer = ground.outside("GET", f"/stripe/v1/{kind}", params={"limit": 100, **after}, headers=KEY)
        answer.raise_for_status()
        found = answer.json()
        yield from found["data"]
        if not found["has_more"]:
            return
        after = {"starting_after": found["data"][-1]["id"]}
