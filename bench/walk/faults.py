"""What goes wrong while users walk: processes die, answers are lost, Stripe fails, events repeat, are late or never come."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.walk.ground import Ground

MONEY = r"/stripe/v1/(transfers|refunds|checkout|payment_intents|charges|disputes|payouts|events)"
CLEARED_AFTER = 25
"""Rules that have struck are only read again; the sandbox forgets them after so many."""


@dataclass(frozen=True)
class Fault:
    """One way to fail, how often it is chosen beside the others, and how."""

    name: str
    weight: float
    strike: Callable[[Ground, random.Random], None]


def killed(program: str) -> Callable[[Ground, random.Random], None]:
    """kill -9."""
    return lambda ground, _chance: ground.kill(program)


def rule(**how: Any) -> Callable[[Ground, random.Random], None]:
    """One to three calls or deliveries fail in this way, from the first to the third on."""

    def strike(ground: Ground, chance: random.Random) -> None:
        body: Mapping[str, Any] = {"vendor": "stripe", "nth": chance.randint(1, 3), "times": chance.randint(1, 3), **how}
        ground.outside("POST", "/faults", json=body).raise_for_status()

    return strike


FAULTS = (
    Fault("web killed", 3, killed("web")),
    Fault("worker killed", 4, killed("worker")),
    Fault("other worker killed", 3, killed("worker-2")),
    Fault("PostgreSQL stopped", 2, lambda ground, _chance: ground.stop_postgres()),
    Fault("answer lost", 20, rule(mode="drop_after_commit", path=MONEY, method="POST")),
    Fault("answer to a question lost", 6, rule(mode="drop_after_commit", path=MONEY, method="GET")),
    Fault("no answer", 10, rule(mode="drop_before", path=MONEY)),
    Fault("500", 10, rule(mode="status:500", path=MONEY)),
    Fault("429", 8, rule(mode="status:429", path=MONEY)),
    Fault("409", 5, rule(mode="status:409", path=MONEY, method="POST")),
    Fault("time-out", 2, rule(mode="delay", path=MONEY, seconds=11, times=1)),
    Fault("event three times", 10, rule(on="webhook", mode="duplicate", copies=3)),
    Fault("events in another order", 8, rule(on="webhook", mode="reorder")),
    Fault("event lost", 7, rule(on="webhook", mode="drop")),
    Fault("event late", 6, rule(on="webhook", mode="delay", seconds=120)),
)


def strike(ground: Ground, chance: random.Random, number: int) -> str:
    """Let one fault happen; its name."""
    if number % CLEARED_AFTER == 0:
        heal(ground)
    fault = chance.choices(FAULTS, [one.weight for one in FAULTS])[0]
    fault.strike(ground, chance)
    return fault.name


def heal(ground: Ground) -> None:
    """Nothing fails any more."""
    ground.outside("DELETE", "/faults").raise_for_status()
