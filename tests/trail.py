"""What an act leaves behind: every row of the database that it made, changed or removed, against what is written in `tests/trails`.

`with trail("ask_refund"):` compares with `tests/trails/ask_refund.txt`; `TRAILS=write bin/test …` writes it, for a person to read
before it is committed. Ids are told by table and order, moments as `at`: when is not part of a trail.
"""
from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from marketplace.core.db import db

KEPT = Path(__file__).parent / "trails"
TABLES = text("select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
              "where n.nspname = 'public' and c.relkind = 'r' order by 1")
PASSING = frozenset({"alembic_version", "audit_seals", "limit_counters", "ledger_accounts", "procrastinate_events", "procrastinate_workers",
                     "procrastinate_periodic_defers", "sessions"})
"""Tables whose rows follow from others, or from the moment."""
UNTOLD = frozenset({"id", "version", "request_id", "token", "digest", "attempts", "abort_requested", "worker_id"})
"""Columns that say nothing of what was meant."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CHANCE = [(re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d(?::?\d\d)?)?"), "at"), (re.compile(r"\b20\d\d-\d\d(?:-\d\d)?\b"), "day"),
          (re.compile(r"\b([a-z]{2,5}_)(?:test_)?[A-Za-z0-9]{10,}\b"), r"\1…")]

Row = dict[str, Any]


@contextmanager
def trail(name: str) -> Iterator[None]:
    """Compare what happens inside with what is written under this name."""
    before = _rows()
    yield
    told = _told(before, _rows())
    place = KEPT / f"{name}.txt"
    if os.environ.get("TRAILS") == "write":
        place.write_text(told)
    assert told == place.read_text()


def _rows() -> dict[str, dict[str, Row]]:
    """Table → id → row."""
    db.session.flush()
    db.session.commit()
    tables = [table for table in db.session.scalars(TABLES) if table not in PASSING]
    return {table: {str(row.get("id", json.dumps(row))): row for row in _of(table)} for table in tables}


def _of(table: str) -> list[Row]:
    return list(db.session.scalars(text(f'select to_jsonb(t) from "{table}" t')))


def _told(before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]]) -> str:
    """A line for each row that is new (+), gone (-) or other (its columns)."""
    names = _names({table: before[table] | after[table] for table in after})
    lines = []
    for table, now in after.items():
        then = before[table]
        lines += sorted(_plain(f"- {table}: {_values(then[key])}", names) for key in then.keys() - now.keys())
        lines += sorted(_plain(f"+ {table}: {_values(now[key])}", names) for key in now.keys() - then.keys())
        lines += sorted(_plain(f"{names.get(key, table)}: {_changed(then[key], now[key])}", names)
                        for key in now.keys() & then.keys() if _changed(then[key], now[key]))
    return "".join(f"{line}\n" for line in lines)


def _names(tables: dict[str, dict[str, Row]]) -> dict[str, str]:
    """Id → table and place among its rows, which are told apart by what they say, then by their age."""
    found = {}
    for table, rows in tables.items():
        order = sorted(rows, key=lambda key: (ID.sub("*", _plain(_values(rows[key]), {})), key))
        found |= {key: f"{table} {place}" for place, key in enumerate(order, 1) if ID.fullmatch(key)}
    return found


def _values(row: Row) -> str:
    return ", ".join(f"{column}={_one(value)}" for column, value in row.items() if column not in UNTOLD and value not in (None, "", [], {}))


def _changed(then: Row, now: Row) -> str:
    return ", ".join(f"{column} {_one(then[column])} → {_one(now[column])}" for column in now
                     if column not in UNTOLD and then[column] != now[column])


def _one(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(line: str, names: dict[str, str]) -> str:
    for pattern, word in CHANCE:
        line = pattern.sub(word, line)
    return ID.sub(lambda found: f"<{names.get(found[0], '?')}>", line)
