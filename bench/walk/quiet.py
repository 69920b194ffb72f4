"""After the walk: nothing fails any more, time goes on, and the programs run until nothing is left to do."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import TextClause, text

from bench.walk import faults
from bench.walk.ground import Ground
from marketplace.core.db import db

PATIENCE_SECONDS, ENDLESS_SECONDS, IN_A_ROW = 180.0, 900.0, 3
"""How long one thing is waited for, and how long sweeps may bring more and more."""
ROUNDS = (26 * 3600, 7 * 86_400, 3 * 86_400)
"""Seconds the clock goes on, in turn: more than a day, so that Stripe forgets its answers under our keys, failures too; then past
holds and windows."""
MORE_ROUNDS = 10
UNDER_WAY = text("""
select count(*) from procrastinate_jobs where queue_name = 'default' and task_name not in ('core.sweep', 'core.rescue')
and (status = 'doing' or status = 'todo' and (scheduled_at is null or scheduled_at <= now()))
""")
NEWEST = text("select coalesce(max(id), 0) from procrastinate_jobs")
SWEPT = text("""
select exists (select from procrastinate_jobs where task_name = 'core.sweep' and id > :mark and status not in ('todo', 'doing'))
""")
BROUGHT = text("""
select exists (select from procrastinate_jobs
where id > :mark and queue_name = 'default' and task_name not in ('core.sweep', 'core.rescue'))
""")
"""Whether a sweep that began after a moment has ended; and whether there was anything to do since."""
AT_A_BANK = text("select string_agg(id::text, ' ' order by id) from refunds where status = 'pending'")
"""Refunds that left Stripe's balance, but have not ended: the last round may have begun them. What a round leaves as it was waits
for what nobody brings any more."""
LAST = text("select task_name, status, attempts from procrastinate_jobs where task_name not like 'core.%' order by id desc limit 20")
AT_ONCE = text("update procrastinate_jobs set scheduled_at = null where status = 'todo' and scheduled_at > now()")
"""Jobs that wait to be tried again, tried now: nothing fails any more."""


def come_to_rest(ground: Ground) -> None:
    """Raises TimeoutError with the last jobs."""
    faults.heal(ground)
    _until_nothing_is_left(ground)
    for seconds in ROUNDS:
        _go_on(ground, seconds)
    waited = None
    for _ in range(MORE_ROUNDS):
        waiting = _asked(ground, AT_A_BANK)
        if not waiting or waiting == waited:
            break
        waited = waiting
        _go_on(ground, ROUNDS[-1])


def _go_on(ground: Ground, seconds: int) -> None:
    ground.outside("POST", "/clock", json={"advance": seconds}).raise_for_status()
    _try_at_once(ground)
    ground.outside("POST", "/stripe/world/settling").raise_for_status()
    _until_sweeps_bring_nothing(ground)


def _until_sweeps_bring_nothing(ground: Ground) -> None:
    """What a sweep queues may be what the next one waits for; one that queues the same for ever is found here."""
    _wait(ground, lambda: _asked(ground, BROUGHT, _one_sweep(ground)), ENDLESS_SECONDS)


def _one_sweep(ground: Ground) -> int:
    """A whole one, and all that it queued; the number that jobs had come to before."""
    mark = int(_asked(ground, NEWEST))
    _wait(ground, lambda: not _asked(ground, SWEPT, mark))
    _until_nothing_is_left(ground, _deliveries)
    return mark


def _deliveries(ground: Ground) -> int:
    """Webhooks still to be made; those of a killed web wait for a later moment of the clock, which the rounds bring."""
    return int(ground.outside("GET", "/healthz").json()["webhooks_pending"])


def _until_nothing_is_left(ground: Ground, deliveries: Callable[[Ground], int] = lambda _ground: 0) -> None:
    """Several times in a row: a job may be about to queue another."""
    for _ in range(IN_A_ROW):
        _wait(ground, lambda: _asked(ground, UNDER_WAY) or deliveries(ground))


def _wait(ground: Ground, there_is_more: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while there_is_more():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not at rest: {_last_jobs(ground)}")
        time.sleep(0.3)


def _try_at_once(ground: Ground) -> None:
    with ground.app.app_context():
        db.session.execute(AT_ONCE)
        db.session.commit()


def _asked(ground: Ground, query: TextClause, mark: int | None = None) -> Any:
    with ground.app.app_context():
        return db.session.scalar(query, {} if mark is None else {"mark": mark})


def _last_jobs(ground: Ground) -> list[tuple[str, str, int]]:
    with ground.app.app_context():
        return [tuple(row) for row in db.session.execute(LAST)]
