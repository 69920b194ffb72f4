"""At which time of day the tests run, when somebody asks: `DAYITTO_TEST_TIME=20:55` or `="2026-12-15 20:55"`, in Dhaka.

The product's clock follows a file, as beside the sandbox, and the sandbox begins there too. What reads the machine's own time
(signatures, codes of the second factor, `now()` in SQL, the age of processes) stays where it is.
"""
from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from marketplace.core.clock import DHAKA

FILE = Path(__file__).parents[1] / "var" / f"test-clock-{os.getpid()}"


def apart(wanted: str, now: datetime) -> timedelta:
    """How far the wanted time is from now: a day and hour, or the next time it is that hour; nothing where nothing is wanted."""
    if not wanted:
        return timedelta()
    if len(wanted) > len("20:55"):
        return datetime.fromisoformat(wanted).replace(tzinfo=DHAKA) - now
    hour, minute = map(int, wanted.split(":"))
    begun = now.replace(hour=hour, minute=minute)
    return begun - now if begun >= now else begun + timedelta(days=1) - now


APART = apart(os.environ.get("DAYITTO_TEST_TIME", ""), datetime.now(DHAKA))


def clock_file() -> str:
    """The file the product's clock follows in this run; none when no time was asked for."""
    if not APART:
        return ""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(str(APART.total_seconds()))
    return str(FILE)
