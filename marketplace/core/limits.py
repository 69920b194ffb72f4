"""Limits that every process shares: counters in PostgreSQL, written even when the request is refused."""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Integer, String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import db as database
from marketplace.core.db import Model
from marketplace.core.errors import TooMany

COUNT = text("""
insert into limit_counters (key, count, resets_at) values (:key, 1, now() + make_interval(secs => :seconds))
on conflict (key) do update set
  count = case when limit_counters.resets_at <= now() then 1 else limit_counters.count + 1 end,
  resets_at = case when limit_counters.resets_at <= now() then excluded.resets_at else limit_counters.resets_at end
returning count
""")


class LimitCounter(Model):
    """How often something was tried in the current window. Wall time: these protect machines, not business rules."""

    __tablename__ = "limit_counters"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    resets_at: Mapped[datetime]


def hit(key: str, most: int, per: timedelta) -> None:
    """Count one try under the key; raises TooMany (429) from the `most`+1st within the window."""
    if count(key, per) > most:
        raise TooMany()


def count(key: str, per: timedelta) -> int:
    """Count one try and return how many there were in this window."""
    return database.apart(lambda session: _count(session, key, per))


def clear(key: str) -> None:
    """Forget the tries (after a success)."""
    database.apart(lambda session: session.execute(text("delete from limit_counters where key = :key"), {"key": key}))


def _count(session: Session, key: str, per: timedelta) -> int:
    return session.execute(COUNT, {"key": key, "seconds": per.total_seconds()}).scalar_one()
