"""After the walk: nothing fails any more, time goes on, and the programs run until nothing is left to do."""

import time
from collections.abc import Callable

from sqlalchemy import text

from bench.walk import faults
from bench.walk.ground import Ground
from marketplace.core.db import db

PATIENCE_SECONDS, IN_A_ROW = 180.0, 3
ROUNDS = (26 * 3600, 7 * 86_400, 3 * 86_400)
"""Seconds the clock goes on, in turn: more than a day, so that Stripe forgets its answers under our keys, failures too; then past
holds and windows."""
UNDER_WAY = text("""
select count(*) from procrastinate_jobs where task_name not in ('core.sweep', 'core.rescue')
and (status = 'doing' or status = 'todo' and (scheduled_at is null or scheduled_at <= now()))
""")
LEFT = text("select task_name, status, attempts from procrastinate_jobs where status in ('todo', 'doing') limit 20")
AT_ONCE = text("update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()")
"""Jobs that wait to be tried again, tried now: nothing fails any more."""


def come_to_rest(ground: Ground) -> None:
    """Raises TimeoutError with what is left."""
    faults.heal(ground)
    _until_nothing_is_left(ground)
    for seconds in ROUNDS:
        ground.outside("POST", "/clock", json={"advance": seconds}).raise_for_status()
        _try_at_once(ground)
        ground.outside("POST", "/stripe/world/settling").raise_for_status()
        _one_sweep(ground)
        _until_nothing_is_left(ground, _deliveries)


def _deliveries(ground: Ground) -> int:
    """Webhooks still to be made; those of a killed web wait for a later moment of the clock, which the rounds bring."""
    return int(ground.outside("GET", "/healthz").json()["webhooks_pending"])


def _until_nothing_is_left(ground: Ground, deliveries: Callable[[Ground], int] = lambda _ground: 0) -> None:
    """Several times in a row nothing to be done: a job may be about to queue another."""
    deadline, quiet = time.monotonic() + PATIENCE_SECONDS, 0
    while quiet < IN_A_ROW:
        left = _jobs(ground) + deliveries(ground)
        quiet = 0 if left else quiet + 1
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left} are left: {_what_is_left(ground)}")
        time.sleep(0.3)


def _try_at_once(ground: Ground) -> None:
    with ground.app.app_context():
        db.session.execute(AT_ONCE)
        db.session.commit()


def _jobs(ground: Ground) -> int:
    with ground.app.app_context():
        return int(db.session.scalar(UNDER_WAY) or 0)


def _one_sweep(ground: Ground) -> None:
    """Until every worker has looked at the deadlines of the new hour."""
    time.sleep(float(ground.stage.environment["SWEEP_SECONDS"]) + 1)


def _what_is_left(ground: Ground) -> list[tuple[str, str, int]]:
    with ground.app.app_context():
        return [tuple(row) for row in db.session.execute(LEFT)]
