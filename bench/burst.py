"""Twenty at once on each thing that only one may have: one wins, the others are told, nobody meets a failure.

    python -m bench.burst --rounds 10

Prints, for each resource, how often each status was answered, as JSON. Exits 1 when a round had no winner or several, when the
database says otherwise than the answers, or when anything answered 500.
"""

import argparse
import json
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import text

from bench.burst_resources import RESOURCES, Resource, Shot
from bench.burst_team import TEAM
from bench.servers import load_average
from bench.walk.browser import Line
from bench.walk.ground import Ground
from marketplace.core.db import db

SHOTS = 20
THREADS = "14"
"""Of each of the web's two processes, so that all are let in at once; a process has 15 connections to the database."""
WON, FAILED = 303, 500


def measure(ground: Ground, rounds: int, resources: Iterable[Resource], seed: int = 1) -> dict[str, Any]:
    """Every resource in every round."""
    let_all_in(ground)
    chance, line = random.Random(seed), Line(ground.stage.site_url)
    found = [_measured(ground, line, chance, resource, rounds) for resource in resources]
    return {"rounds": rounds, "at_once": SHOTS, "load_average": load_average(), "resources": found,
            "wrong": [wrong for one in found for wrong in one.pop("wrong")]}  # fmt: skip


def let_all_in(ground: Ground) -> None:
    """The web server with threads enough."""
    command = ground.stage.programs["web"].command
    command[command.index("--threads") + 1] = THREADS
    ground.stage.restart("web")


def _measured(ground: Ground, line: Line, chance: random.Random, resource: Resource, rounds: int) -> dict[str, Any]:
    answers, wrong = Counter[int](), []
    for number in range(1, rounds + 1):
        shots, counted = resource.prepare(ground, line, chance)
        statuses = fire(shots)
        answers.update(statuses)
        wrong += [f"{resource.name}, round {number}: {what}" for what in faults(statuses, rows(ground, counted))]
    return {"name": resource.name, "answers": dict(sorted(answers.items())), "wrong": wrong}


def fire(shots: list[Shot]) -> list[int]:
    """All at the same moment; the statuses answered (0: no answer)."""
    together = threading.Barrier(len(shots))

    def pull(shot: Shot) -> int:
        together.wait()
        try:
            return shot.tab.session.post(
                shot.form.address, data={**shot.form.fields, **shot.fields}, files=shot.form.papers, allow_redirects=False, timeout=60,
                headers={"Referer": shot.tab.line.site + "/"}).status_code  # fmt: skip
        except OSError:
            return 0

    with ThreadPoolExecutor(len(shots)) as threads:
        return list(threads.map(pull, shots))


def rows(ground: Ground, counted: tuple[str, dict[str, object]]) -> int:
    """How many there are in the database."""
    statement, values = counted
    with ground.app.app_context():
        return int(db.session.scalar(text(statement), values) or 0)


def faults(statuses: list[int], there: int) -> list[str]:
    """What is wrong with a round."""
    found = [] if statuses.count(WON) == 1 else [f"{statuses.count(WON)} winners: {dict(Counter(statuses))}"]
    found += [] if there == 1 else [f"{there} in the database"]
    return found + [f"answered {status or 'nothing'}" for status in statuses if status >= FAILED or not status]


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started ends with it
    parser = argparse.ArgumentParser("python -m bench.burst", None, __doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="resources whose name holds this")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with Ground() as ground:
        found = measure(ground, asked.rounds, [one for one in (*RESOURCES, *TEAM) if asked.only in one.name], asked.seed)
    print(json.dumps(found | {"seconds": round(time.monotonic() - began, 1)}, ensure_ascii=False, indent=1))
    sys.exit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()
