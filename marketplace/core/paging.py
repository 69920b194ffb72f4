"""Keyset paging: a page is what comes after a row, never an offset."""
from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, tuple_

from marketplace.core.db import db

PAGE = 24


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursor of the next one (None at the end)."""

    rows: Sequence[Any]
    next: str | None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page(query: Select, keys: Sequence[Any], after: str | None, size: int = PAGE) -> Page:
    """The page after a cursor, newest first. `keys` are columns, the last one unique; the order is descending on all."""
    return _page(db.session.scalars(_after(_ordered(query, keys, size), keys, after)).all(), keys, size)


def columns_page(query: Select, keys: tuple[Any, ...], after: str | None, size: int = PAGE, **values: Any) -> Page:
    """The same of a query that asks for columns, the keys among them: its rows are tuples with names. The query is one
    that was built for good, `values` fill its parameters."""
    return _page(db.session.execute(_after(_ordered_once(query, keys, size), keys, after), values).all(), keys, size)


def _ordered(query: Select, keys: Sequence[Any], size: int) -> Select:
    """One row more than the page, to know whether another follows."""
    return query.order_by(*(key.desc() for key in keys)).limit(size + 1)


_ordered_once = lru_cache(maxsize=1024)(_ordered)


def _after(query: Select, keys: Sequence[Any], after: str | None) -> Select:
    if after and (values := _decode(after)) and len(values) == len(keys):
        return query.where(tuple_(*keys) < tuple_(*(_typed(v, k) for v, k in zip(values, keys, strict=True))))
    return query


def _page(rows: Sequence[Any], keys: Sequence[Any], size: int) -> Page:
    return Page(rows[:size], _encode(rows[size - 1], keys) if len(rows) > size else None)


def _encode(row: Any, keys: Sequence[Any]) -> str:
    values = [getattr(row, key.key) for key in keys]
    plain = [value.isoformat() if isinstance(value, datetime) else value if isinstance(value, int) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(cursor: str) -> list[Any]:
    """The cursor's values; an unreadable cursor is the first page."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return []
    return values if isinstance(values, list) else []


def _typed(value: Any, column: Any) -> Any:
    python = column.type.python_type
    try:
        return datetime.fromisoformat(value) if python is datetime else python(value)
    except (TypeError, ValueError):
        return None
