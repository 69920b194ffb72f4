"""A random walk of many users over everything that moves money, while programs are killed and Stripe fails; then the proof.

    python -m bench.money_walk --ops 20000 --faults 400 --seed 7

Prints what was done and compared as JSON. Exits 1 when a minor unit is anywhere else than all books and pages say, when
the application answered 500 while nothing was down, or when a job gave up; then the last operations are printed, too.
"""

import argparse
import json
import random
import signal
import sys
import time
from typing import Any

from bench.servers import load_average
from bench.walk import market, proof, quiet
from bench.walk.ground import Ground
from bench.walk.walkers import Budget, Walkers

CLIENTS = 12


def walk(ground: Ground, ops: int, faults: int, seed: int, minutes: float = 60, clients: int = CLIENTS) -> tuple[Walkers, dict[str, Any]]:
    """Walk and come to rest. What was done, as numbers."""
    say(f"{ops} operations, {faults} faults, seed {seed}: making the market …")
    deals = market.settle_in(ground, ops, random.Random(f"{seed} market"))
    walkers = Walkers(ground, deals, seed, Budget(ops, faults, minutes * 60), market.desks(ground, deals))
    say(f"{len(deals)} contracts; walking …")
    began, before = time.monotonic(), ground.cpu()
    walkers.walk(clients)
    walked, after = time.monotonic() - began, ground.cpu()
    say(f"walked {walkers.budget.spent} operations in {walked:.0f} s; coming to rest …")
    ground.forget_connections()
    quiet.come_to_rest(ground)
    journal = walkers.journal
    return walkers, {
        "seed": seed, "ops": walkers.budget.spent, "faults": sum(journal.faults.values()), "seconds": round(walked, 1),
        "cpu_ms_an_operation": {name: round((after[name] - before[name]) * 1000 / walkers.budget.spent, 1) for name in after},
        "ops_a_second": round(walkers.budget.spent / walked, 1), "requests": walkers.line.requests,
        "seconds_to_rest": round(time.monotonic() - began - walked, 1), "load_average": load_average(), "outages": len(ground.down),
        "done": dict(journal.done.most_common()), "refused": dict(journal.refused.most_common()),
        "faults_by_kind": dict(journal.faults.most_common()),
    }  # fmt: skip


def say(what: str) -> None:
    """To whoever waits."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def prove(ground: Ground, walkers: Walkers) -> dict[str, Any]:
    """What was compared, and every difference there is."""
    say("comparing …")
    found, compared = proof.differences(ground, walkers.deals, walkers.line)
    return compared | {"differences": found}


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started ends with it
    asked = _asked()
    with Ground() as ground:
        walkers, counts = walk(ground, asked.ops, asked.faults, asked.seed, asked.minutes, asked.clients)
        found = prove(ground, walkers)
    print(json.dumps(counts | found, ensure_ascii=False, indent=1))
    if found["differences"]:
        complaints = (f"{count} × {said}" for said, count in ground.complaints.most_common(20))
        print("\n".join(["", "What the programs complained of:", *complaints]), file=sys.stderr)
        print("\n".join(["", f"The last operations of seed {asked.seed}:", *walkers.journal.last]), file=sys.stderr)
    sys.exit(exit_code(found))


def exit_code(found: dict[str, Any]) -> int:
    """1 when anything differs."""
    return 1 if found["differences"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.money_walk", None, __doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ops", type=int, default=2000, help="forms sent by users, and events at Stripe and of the clock")
    parser.add_argument("--faults", type=int, default=40, help="spread evenly over the operations")
    parser.add_argument("--seed", type=int, default=1, help="the same choices, as far as what happens at once allows")
    parser.add_argument("--minutes", type=float, default=60, help="stop walking after so long")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="users at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
