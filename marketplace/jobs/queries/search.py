"""Finding open jobs: text in three spellings, filters, newest first, pages by key.

The statement is built once for each set of filters in use, because building costs more than asking; `_values` fills it.
"""
from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, String, Text, bindparam, select

from marketplace.businesses.models import Business
from marketplace.core.money import MAX_MINOR
from marketplace.core.paging import Page, columns_page
from marketplace.core.search import holds, words_query
from marketplace.jobs.models import Job, JobStatus

BUDGETS = {"5000": (0, 5_000_00), "7000": (5_000_00, 7_000_00), "10000": (7_000_00, 10_000_00), "more": (10_000_00, MAX_MINOR)}
"""The budget filter: from more than, up to, in minor units."""
ASKED = ("posts_a_week", "messages_a_day", "lives_a_month", "dollars_minor", "rate_minor")
"""What a list shows of what a job asks for."""

job, business = Job.__table__.c, Business.__table__.c


def _is(column: ColumnElement) -> ColumnElement:
    return column == bindparam(column.key, type_=String)


CONDITIONS = {
    "text": holds(job.search, bindparam("text", type_=Text)),
    "trade": _is(job.trade), "district": _is(job.district), "kind": _is(job.kind),
    "platform": job.platforms.contains(bindparam("platform", type_=ARRAY(String(40)))),
    "budget": job.budget_minor.between(bindparam("least", type_=BigInteger), bindparam("most", type_=BigInteger)),
}
"""What each filter asks, by its name."""
MOST_SETS = 2 ** len(CONDITIONS)


def list_open(text: str, filters: Mapping[str, str], after: str | None) -> Page:
    """Open jobs that match the words (bn, en or Banglish) and the filters trade, platform, district, kind, budget; newest first."""
    values = _values(text, filters)
    asked = tuple(name for name in CONDITIONS if name in values)
    return columns_page(_lines(asked), (job.published_at, job.id), after, **values)


def _values(text: str, filters: Mapping[str, str]) -> dict[str, Any]:
    """What the conditions in use are filled with, by name."""
    values: dict[str, Any] = {name: value for name, value in filters.items() if value and name in CONDITIONS}
    if words := words_query(text):
        values["text"] = words
    if "platform" in values:
        values["platform"] = [values["platform"]]
    if budget := BUDGETS.get(values.pop("budget", "")):
        values |= {"budget": True, "least": budget[0] + 1, "most": budget[1]}
    return values


@lru_cache(MOST_SETS)
def _lines(asked: tuple[str, ...]) -> Select:
    """All that a line of the list shows and nothing else, hashable, so that a line once drawn is known again."""
    return select(
        job.id, job.published_at, job.title, job.kind, job.trade, job.district, job.budget_minor, job.currency, job.days,
        job.bid_count, business.name.label("business"), *(job.details[name].astext.label(name) for name in ASKED),
    ).join(Business, business.id == job.business_id).where(job.status == JobStatus.open, *(CONDITIONS[name] for name in asked))
