"""Finding managers: text in three spellings, filters, counts from a bounded sample, pages by key.

Statements: one for the page, one for the work shown on its cards, one for all counts.
"""
from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import load_only

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.core.search import fold, matches
from marketplace.managers.models import Kind, Manager, PortfolioItem

SAMPLE = 1000
THUMBS = 4
FACETS = {"trade": Manager.trades, "platform": Manager.platforms, "district": Manager.district, "kind": Manager.kinds}
CARD = load_only(
    Manager.slug, Manager.name, Manager.headline, Manager.district, Manager.trades, Manager.kinds, Manager.sample_reply,
    Manager.photo_id, Manager.available_from, Manager.price_from_minor, Manager.currency, Manager.management_until,
    Manager.boosting_until, Manager.checks, Manager.clean_contracts, Manager.active_contracts, Manager.score,
    Manager.review_count, Manager.rank, Manager.published)


@dataclass(frozen=True)
class Filters:
    """What is sought. Lists are alternatives; everything else must hold too. `price_minor` is the most a month."""

    text: str = ""
    trades: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    price_minor: int | None = None
    vetted: bool = False
    free_by: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything at all is sought."""
        return self != Filters()


@dataclass(frozen=True)
class Found:
    """A page of managers. `work` has `file_id` and `title` of up to four pieces for each manager's id, `counts` how
    many there are of each (facet, code); a count from a full sample is "at least". `total` stops at SAMPLE."""

    page: Page
    work: dict[uuid.UUID, list[Any]]
    counts: dict[tuple[str, str], int]
    total: int

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.total >= SAMPLE


def search(filters: Filters, after: str | None = None) -> Found:
    """Published managers, vetted and proven ones first (see `commands.rerank` for the formula), after a cursor."""
    query = select(Manager).options(CARD).where(*_all(filters))
    found = page(query, [Manager.rank, Manager.id], after)
    counts = _counts(filters)
    return Found(found, _work(found.rows), counts, counts.pop(("all", ""), 0))


def _all(filters: Filters) -> list[ColumnElement]:
    return [*_base(filters), *(condition for conditions in _facets(filters).values() for condition in conditions)]


def _base(filters: Filters) -> list[ColumnElement]:
    """What has no counts beside it."""
    conditions: list[ColumnElement] = [Manager.published]
    if fold(filters.text):
        conditions.append(matches(Manager.search, filters.text))
    if filters.price_minor is not None:
        conditions.append(Manager.price_from_minor <= filters.price_minor)
    if filters.vetted:
        conditions.append(_vetted(filters.kinds))
    if filters.free_by is not None:
        conditions.append(or_(Manager.available_from.is_(None), Manager.available_from <= filters.free_by))
    return conditions


def _vetted(kinds: Sequence[str]) -> ColumnElement:
    """Vetted now, for one of the kinds sought, or for any when none is."""
    columns = {Kind.management: Manager.management_until, Kind.boosting: Manager.boosting_until}
    return or_(*(until > clock.now() for kind, until in columns.items() if not kinds or kind in kinds))


def _facets(filters: Filters) -> dict[str, list[ColumnElement]]:
    """The conditions of each facet; none where nothing is chosen."""
    return {
        "trade": [Manager.trades.overlap(list(filters.trades))] if filters.trades else [],
        "platform": [Manager.platforms.overlap(list(filters.platforms))] if filters.platforms else [],
        "district": [Manager.district.in_(filters.districts)] if filters.districts else [],
        "kind": [Manager.kinds.overlap(list(filters.kinds))] if filters.kinds else [],
    }


def _counts(filters: Filters) -> dict[tuple[str, str], int]:
    """All counts in one statement. A facet counts what choosing it would bring: under all conditions but its own."""
    hits = _sample(_all(filters)).cte("hits")
    total = select(literal("all"), literal(""), func.count()).select_from(hits)
    rows = db.session.execute(union_all(total, *(_facet(name, filters, hits) for name in FACETS)))
    return {(facet, code): count for facet, code, count in rows if facet == "all" or code}


def _facet(name: str, filters: Filters, hits: CTE) -> Select:
    """The counts of one facet. Only one in which something is chosen needs a sample of its own."""
    chosen = _facets(filters)
    others = [condition for facet, conditions in chosen.items() if facet != name for condition in conditions]
    held = (_sample([*_base(filters), *others]).subquery() if chosen[name] else hits).c[FACETS[name].key]
    codes = select((held if name == "district" else func.unnest(held)).label("code")).subquery()
    return select(literal(name), codes.c.code, func.count()).group_by(codes.c.code)


def _sample(conditions: list[ColumnElement]) -> Select:
    """The first so many hits in the order they are listed; bounded, so that a common word costs what a rare one does."""
    return select(*FACETS.values()).where(*conditions).order_by(Manager.rank.desc(), Manager.id.desc()).limit(SAMPLE)


def _work(managers: Sequence[Manager]) -> dict[uuid.UUID, list[Any]]:
    """File and title of the first pieces of work of each manager on the page, one statement for all."""
    if not managers:
        return {}
    query = (select(PortfolioItem.manager_id, PortfolioItem.file_id, PortfolioItem.title)
             .where(PortfolioItem.manager_id.in_([manager.id for manager in managers]))
             .order_by(PortfolioItem.manager_id, PortfolioItem.position, PortfolioItem.id))
    shown: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for item in db.session.execute(query):
        if len(shown[item.manager_id]) < THUMBS:
            shown[item.manager_id].append(item)
    return shown
