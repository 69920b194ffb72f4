"""Where a manager stands: vetting, finished work, and the order of the list that follows from them."""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep
from marketplace.managers.models import Kind, Manager

FOR_VETTING, FOR_SCORE, FOR_CONTRACT, MOST_CONTRACTS = 1000, 5, 4, 50


def mark_vetted(manager: Manager, level: str, until: datetime | None, checks: Collection[str] = ()) -> None:
    """Let a manager bid on jobs of this level until then; None: no longer. `checks` are those found good this time."""
    lock(manager)
    setattr(manager, "boosting_until" if level == Kind.boosting else "management_until", until)
    if until:
        manager.checks, manager.checked_at = sorted({*manager.checks, *checks}), clock.now()
        manager.identity_name = manager.name if "identity" in checks else manager.identity_name
    elif not manager.vetted:
        manager.checks, manager.checked_at = [], None
    rerank(manager)


def record_work(manager: Manager, **figures: int | None) -> None:
    """Write `clean_contracts`, `active_contracts`, `score` (0–100) or `review_count`, for the domains that know them."""
    for name in figures.keys() & {"clean_contracts", "active_contracts", "score", "review_count"}:
        setattr(manager, name, figures[name])
    rerank(manager)


def rerank(manager: Manager) -> None:
    """The order of the list, as its page explains it: vetted first, then the score, then contracts finished cleanly."""
    manager.rank = (FOR_VETTING * manager.vetted + FOR_SCORE * (manager.score or 0)
                    + FOR_CONTRACT * min(manager.clean_contracts or 0, MOST_CONTRACTS))


@sweep
def drop_lapsed() -> None:
    """Managers whose vetting has ended go back among the unvetted."""
    latest = func.greatest(Manager.management_until, Manager.boosting_until)
    for manager in db.session.scalars(select(Manager).where(Manager.rank >= FOR_VETTING, latest <= clock.now())):
        rerank(manager)
