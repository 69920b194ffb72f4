"""What happens beside the users: at Stripe's own pages, at banks, and to the clock. A table, like the users' own."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.walk.ground import Ground

KEY = {"Authorization": "Bearer sk_test_somebody"}
NEWEST = 100


@dataclass(frozen=True)
class Event:
    """Something that happens by itself, this often beside the users' operations (in thousandths)."""

    name: str
    thousandths: float
    happen: Callable[[Ground, random.Random], int]


def listed(ground: Ground, kind: str, **query: Any) -> list[dict[str, Any]]:
    """The newest things of a kind at Stripe."""
    answer = ground.outside("GET", f"/stripe/v1/{kind}", params={"limit": NEWEST, **query}, headers=KEY)
    return list(answer.json()["data"]) if answer.ok else []


def refund_at_stripe(ground: Ground, chance: random.Random) -> int:
    """Somebody of ours refunds in Stripe's dashboard, without asking the books."""
    charge = _one(chance, [one for one in listed(ground, "charges") if one["paid"] and not one["refunded"] and not one["disputed"]])
    left = charge["amount"] - charge["amount_refunded"] if charge else 0
    if not charge:
        return 0
    amount = chance.choice((left, max(1, left // 3), 1))
    return ground.outside("POST", "/stripe/v1/refunds", data={"charge": charge["id"], "amount": amount}, headers=KEY).status_code


def reverse_at_stripe(ground: Ground, chance: random.Random) -> int:
    """Somebody takes part of a transfer back in the dashboard; the manager's balance must have it."""
    transfer = _one(chance, [one for one in listed(ground, "transfers") if not one["reversed"]])
    if not transfer:
        return 0
    amount = chance.choice((1, max(1, (transfer["amount"] - transfer["amount_reversed"]) // 4)))
    return ground.outside("POST", f"/stripe/v1/transfers/{transfer['id']}/reversals", data={"amount": amount}, headers=KEY).status_code


def charge_back(ground: Ground, chance: random.Random) -> int:
    """A payer's bank takes a payment back."""
    charge = _one(chance, [one for one in listed(ground, "charges") if one["paid"] and not one["refunded"] and not one["disputed"]])
    return _control(ground, "charges", charge, "dispute")


def decide_charge_back(ground: Ground, chance: random.Random) -> int:
    """The bank decides, mostly for us: whoever owes may pay nothing in."""
    dispute = _one(chance, [one for one in listed(ground, "disputes") if one["status"] in ("needs_response", "under_review")])
    return _control(ground, "disputes", dispute, "decision", outcome="won" if chance.random() < 0.9 else "lost")


def fail_refund(ground: Ground, chance: random.Random) -> int:
    """A bank sends a refund back after all."""
    refund = _one(chance, [one for one in listed(ground, "refunds") if one["status"] == "succeeded"])
    return _control(ground, "refunds", refund, "failure")


def settle(ground: Ground, _chance: random.Random) -> int:
    """What is pending at Stripe becomes available."""
    return ground.outside("POST", "/stripe/world/settling").status_code


def move_clock(ground: Ground, chance: random.Random) -> int:
    """Minutes to days go by; now and then the clock is set back a little."""
    seconds = chance.choices((600, 3600, 6 * 3600, 30 * 3600, 4 * 86_400, -120), (4, 4, 4, 3, 1, 1))[0]
    return ground.outside("POST", "/clock", json={"advance": seconds}).status_code


EVENTS = (
    Event("refund at Stripe", 3, refund_at_stripe),
    Event("reversal at Stripe", 3, reverse_at_stripe),
    Event("charge-back", 1.5, charge_back),
    Event("charge-back decided", 4, decide_charge_back),
    Event("refund fails later", 1, fail_refund),
    Event("money settles at Stripe", 3, settle),
    Event("the clock moves", 8, move_clock),
)


def happens(chance: random.Random) -> Event | None:
    """Whether it is the turn of one of these, not of a user."""
    share = sum(event.thousandths for event in EVENTS)
    return chance.choices((*EVENTS, None), [*(event.thousandths for event in EVENTS), 1000 - share])[0]


def _one(chance: random.Random, things: list[dict[str, Any]]) -> dict[str, Any] | None:
    return chance.choice(things) if things else None


def _control(ground: Ground, kind: str, thing: dict[str, Any] | None, control: str, **data: str) -> int:
    return ground.outside("POST", f"/stripe/world/{kind}/{thing['id']}/{control}", data=data).status_code if thing else 0
