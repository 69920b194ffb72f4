"""What the clock will do: tasks with a moment, run in order once the moment has come."""

import logging
from collections.abc import Callable

from sandbox.stripe.store import Store
from sandbox.world import World

log = logging.getLogger("sandbox.stripe")

Task = Callable[[Store, str], None]
_tasks: dict[str, Task] = {}


def task(function: Task) -> Task:
    """Let `function(store, id)` be scheduled by its name."""
    _tasks[function.__name__] = function
    return function


def schedule(store: Store, moment: int, function: Task, identifier: str) -> None:
    """Run at that moment of the sandbox's clock. The same task for the same object is scheduled once."""
    key = f"{function.__name__} {store.account} {identifier}"
    _schedule(store.world)[key] = {
        "at": moment, "task": function.__name__, "account": store.account, "id": identifier, "key": key,
    }  # fmt: skip


def run(world: World) -> None:
    """Do all that has come due, the oldest first; each task alone in its transaction."""
    for entry in _waiting(world):
        _run(world, entry)


def _run(world: World, entry: dict) -> None:
    """One that fails changes nothing, is logged, and is tried again at the next tick."""
    try:
        with world.transaction():
            if _schedule(world).pop(entry["key"], None):
                _tasks[entry["task"]](Store(world, entry["account"]), entry["id"])
    except Exception:
        log.exception("Due in the sandbox's Stripe and failed: %s", entry["key"])


def _waiting(world: World) -> list[dict]:
    now = int(world.now().timestamp())
    return sorted((entry for entry in _schedule(world).all() if entry["at"] <= now), key=lambda entry: entry["at"])


def _schedule(world: World):
    return world.collection("stripe.due")
