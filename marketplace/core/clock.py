"""The business clock. Tests and the sandbox may move it; production may not.

Everything with a business meaning (deadlines, windows, expiry) reads this clock; signatures of webhooks use wall time.
"""
from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

DHAKA = ZoneInfo("Asia/Dhaka")

_moved_by = timedelta()
_file: Path | None = None
_read: tuple[float, timedelta] = (0.0, timedelta())


def now() -> datetime:
    """The moment it is for the business, aware, in UTC."""
    return datetime.now(UTC) + _moved_by + _file_offset()


def today() -> datetime:
    """The same moment on a clock in Dhaka."""
    return now().astimezone(DHAKA)


def follow(path: str | None) -> None:
    """Follow a file that holds an offset in seconds (the sandbox writes it). None stops following."""
    global _file
    _file = Path(path) if path else None


def move(by: timedelta) -> None:
    """Move this process's clock (tests)."""
    global _moved_by
    _moved_by += by


def reset() -> None:
    """Back to wall time (tests)."""
    global _moved_by
    _moved_by = timedelta()


def _file_offset() -> timedelta:
    """What the followed file says; read again only when it changed."""
    global _read
    if _file is None:
        return timedelta()
    try:
        changed = os.stat(_file).st_mtime
    except OSError:
        return timedelta()
    if changed != _read[0]:
        _read = (changed, timedelta(seconds=float(_file.read_text() or 0)))
    return _read[1]
