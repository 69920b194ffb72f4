"""Finding managers: text in three spellings, filters, counts from a bounded sample, pages by key.

Statements: one for the page with all that its cards show, one for all counts; what is sought is planned for its own words.
Each is built once for each set of filters in use, because building costs more than asking; `_values` fills it.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.paging import Page, columns_page
from marketplace.core.search import holds, plan_for_these_words, words_query
from marketplace.managers.models import Kind, Manager, PortfolioItem

SAMPLE = 500
"""How far hits are counted."""
THUMBS = 4
MOST_SETS = 256
"""As many as there are sets of the eight filters."""

listed = Manager.__table__.c
FACETS = {"trade": listed.trades, "platform": listed.platforms, "district": listed.district, "kind": listed.kinds}


def _moment(name: str) -> ColumnElement:
    return bindparam(name, type_=DateTime(timezone=True))


def _vetted(managing: ColumnElement, boosting: ColumnElement) -> ColumnElement:
    return or_(listed.management_until > managing, listed.boosting_until > boosting)


def _any_of(name: str) -> ColumnElement:
    return FACETS[name].overlap(bindparam(name, type_=FACETS[name].type))


CONDITIONS = {
    "text": holds(listed.search, bindparam("text", type_=Text)),
    "price": listed.price_from_minor <= bindparam("price"),
    "vetted": _vetted(_moment("managing"), _moment("boosting")),
    "free_by": or_(listed.available_from.is_(None), listed.available_from <= bindparam("free_by")),
    "trade": _any_of("trade"), "platform": _any_of("platform"), "kind": _any_of("kind"),
    "district": listed.district == func.any(bindparam("district", type_=ARRAY(Text))),
}
"""What each filter asks, by the name of its value."""


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
    """A page of managers, and how many there are of each (facet, code); a count from a full sample is "at least".
    `total` stops at SAMPLE."""

    page: Page
    counts: dict[tuple[str, str], int]
    total: int

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.total >= SAMPLE


def search(filters: Filters, after: str | None = None) -> Found:
    """Published managers, vetted and proven ones first (see `commands.rerank` for the formula), after a cursor."""
    values = _values(filters)
    asked = tuple(name for name in CONDITIONS if name in values)
    if asked:
        plan_for_these_words()
    found = columns_page(_cards(asked), (listed.rank, listed.id), after, **values)
    counts = {(facet, code): count for facet, code, count in db.session.execute(_counts(asked), values).all()}
    return Found(found, counts, counts.pop(("all", ""), 0))


def _values(filters: Filters) -> dict[str, Any]:
    """What the conditions in use are filled with, by name; and what everything may ask for."""
    sought = {"text": words_query(filters.text), "price": filters.price_minor, "free_by": filters.free_by,
              "vetted": filters.vetted or None, "trade": list(filters.trades), "platform": list(filters.platforms),
              "district": list(filters.districts), "kind": list(filters.kinds)}
    return _moments(filters.kinds) | {name: value for name, value in sought.items() if value not in (None, "", [])}


def _moments(kinds: tuple[str, ...]) -> dict[str, Any]:
    """Now, also as the moment until which vetting for each kind must hold: none for a kind that is not sought."""
    now = clock.now()
    managing, boosting = (now if not kinds or kind in kinds else None for kind in (Kind.management, Kind.boosting))
    return {"now": now, "today": clock.today().date(), "managing": managing, "boosting": boosting, "sample": SAMPLE}


@lru_cache(MOST_SETS)
def _cards(asked: tuple[str, ...]) -> Select:
    """All that a card shows and nothing else, hashable, so that a card once drawn is known again. `vetted` holds now,
    `free_from` is a day to come or nothing, `work` has (file id, title) of the first pieces."""
    return select(
        listed.id, listed.rank, listed.slug, listed.name, listed.headline, listed.district, _tuple(listed.trades),
        _tuple(listed.checks), _vetted(_moment("now"), _moment("now")).label("vetted"), listed.clean_contracts,
        listed.active_contracts, listed.score, listed.review_count, listed.sample_reply, listed.photo_id,
        listed.price_from_minor, listed.currency,
        case((listed.available_from > bindparam("today", type_=Date), listed.available_from)).label("free_from"), _work().label("work"),
    ).where(listed.published, *(CONDITIONS[name] for name in asked))


def _tuple(column: Any) -> ColumnElement:
    return type_coerce(column, ARRAY(Text, as_tuple=True)).label(column.key)


def _work() -> ColumnElement:
    work = PortfolioItem.__table__.c
    shown = (select(array([cast(work.file_id, Text), work.title])).where(work.manager_id == listed.id)
             .order_by(work.position, work.id).limit(THUMBS).scalar_subquery())
    return func.array(shown, type_=ARRAY(Text, dimensions=2, as_tuple=True))


@lru_cache(MOST_SETS)
def _counts(asked: tuple[str, ...]) -> CompoundSelect:
    """All counts in one statement. A facet counts what choosing it would bring: under all conditions but its own."""
    hits = _sample(asked).cte("hits")
    total = select(literal("all"), literal(""), func.count()).select_from(hits)
    return union_all(total, *(_facet(name, asked, hits) for name in FACETS))


def _facet(name: str, asked: tuple[str, ...], hits: CTE) -> Select:
    """The counts of one facet. Only one in which something is chosen needs a sample of its own."""
    others = tuple(other for other in asked if other != name)
    held = (_sample(others).subquery() if name in asked else hits).c[FACETS[name].key]
    codes = select((held if name == "district" else func.unnest(held)).label("code")).subquery()
    return select(literal(name), codes.c.code, func.count()).where(codes.c.code != "").group_by(codes.c.code)


def _sample(asked: tuple[str, ...]) -> Select:
    """The first so many hits in the order they are listed; bounded, so that a common word costs what a rare one does. The
    order keeps to pages that are in memory already; without it a large table is read from ever another place."""
    hits = select(*FACETS.values()).where(listed.published, *(CONDITIONS[name] for name in asked))
    return hits.order_by(listed.rank.desc(), listed.id.desc()).limit(bindparam("sample"))
