"""What an act leaves behind: every row of the database that it made, changed or removed, against what is written in `tests/trails`.

`with trail("ask_refund"):` compares with `tests/trails/ask_refund.txt`; `TRAILS=write bin/test …` writes it, for a person to read
before it is committed. Ids are told by table and order, moments as `at`: when is not part of a trail. With `world` it also tells
what Stripe was asked to do.
"""
from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path
from typing import Any

from sqlalchemy import text

from marketplace.core.db import db
from tests.sandbox_program import SandboxWorld

KEPT = Path(__file__).parent / "trails"
TABLES = text("select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
              "where n.nspname = 'public' and c.relkind = 'r' order by 1")
PASSING = frozenset({"alembic_version", "audit_seals", "files", "limit_counters", "number_series", "procrastinate_events",
                     "procrastinate_periodic_defers", "procrastinate_workers", "sessions"})
"""Tables whose rows follow from others, or from the moment."""
UNTOLD = frozenset({"abort_requested", "at", "attempts", "balance_after_minor", "balance_minor", "created_at", "csv_id", "digest",
                    "fingerprint", "id", "language", "pdf_id", "request_id", "sealed", "token", "totp_secret", "version", "worker_id",
                    "year"})
"""Columns that say nothing of what was meant."""
LETTERS_JOB = "core.mail.send"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CHANCE = [
    (re.compile(r"(/stop/|account-link:)[\w.-]+"), r"\1…"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d(?::?\d\d)?)?"), "at"),
    (re.compile(r"(?:\w+day, )?\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)"
                r"(?: \d{4})?(?:, \d{1,2}(?::\d\d)? [ap]m)?"), "day"),
    (re.compile(r"127\.0\.0\.1:\d+"), "sandbox"), (re.compile(r"\b(?:1[789]\d{8}|20\d{8})\b"), "at"),
    (re.compile(r"\b20\d\d-\d\d(?:-\d\d)?\b"), "day"), (re.compile(r"(?<![0-9a-f]{8})-20\d\d-"), "-year-"),
    (re.compile(r"\b([a-z]{2,5}_)(?:test_)?(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{10,}\b"), r"\1…"),
    (re.compile(r"(/)[0-9a-f]{8}(?![0-9a-f-])"), r"\1…"),
    (re.compile(r"(\.pdf \()\d+"), r"\1…"), (re.compile(r"\s*\n\s*"), " / "),
]
"""What is another each time, and what stands in its place."""

Row = dict[str, Any]


@contextmanager
def trail(name: str, world: SandboxWorld | None = None) -> Iterator[None]:
    """Compare what happens inside with what is written under this name."""
    before, asked = _rows(), len(_asked(world))
    yield
    told = _told(before, _rows(), _asked(world)[asked:])
    place = KEPT / f"{name}.txt"
    if os.environ.get("TRAILS") == "write":
        place.write_text(told)
    other = list(unified_diff(place.read_text().splitlines(), told.splitlines(), "written", "left behind", n=0, lineterm=""))
    assert not other, "\n".join(other)


def _rows() -> dict[str, dict[str, Row]]:
    """Table → id → row."""
    db.session.flush()
    db.session.commit()
    tables = [table for table in db.session.scalars(TABLES) if table not in PASSING]
    return {table: {str(row.get("id", json.dumps(row))): row for row in _of(table)} for table in tables}


def _of(table: str) -> list[Row]:
    rows = db.session.scalars(text(f'select to_jsonb(t) from "{table}" t'))
    return [row for row in rows if row.get("task_name") != LETTERS_JOB]


def _asked(world: SandboxWorld | None) -> list[Row]:
    """Every write at Stripe."""
    return world.calls("POST", "/v1/") if world else []


def _told(before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]], asked: list[Row]) -> str:
    """A line for each row that is new (+), gone (-) or other (its columns), and for each write at Stripe (>)."""
    names = _names({table: before[table] | after[table] for table in after})
    lines = []
    for table, now in after.items():
        then = before[table]
        lines += sorted(_plain(f"- {table}: {_values(then[key])}", names) for key in then.keys() - now.keys())
        lines += sorted(_plain(f"+ {table}: {_values(now[key])}", names) for key in now.keys() - then.keys())
        lines += sorted(_plain(f"{names.get(key, table)}: {_changed(then[key], now[key])}", names)
                        for key in now.keys() & then.keys() if table != "letters" and _changed(then[key], now[key]))
    lines += [_plain(f"> {call['path']}: key={call['idempotency_key']}, {_values(call['parameters'])}", names) for call in asked]
    return "".join(f"{line}\n" for line in lines)


def _names(tables: dict[str, dict[str, Row]]) -> dict[str, str]:
    """Id → table and place among its rows, which are told apart by what they say, then by their age."""
    found = {}
    for table, rows in tables.items():
        order = sorted(rows, key=lambda key: (_plain(_values(rows[key]), {}), key))
        found |= {key: f"{table} {place}" for place, key in enumerate(order, 1) if ID.fullmatch(key)}
    return found | {key: f"{row['kind']} of {row['owner']}" for key, row in tables["ledger_accounts"].items()}


def _values(row: Row) -> str:
    return ", ".join(f"{column}={_one(value)}" for column, value in row.items() if column not in UNTOLD and value not in (None, "", [], {}))


def _changed(then: Row, now: Row) -> str:
    return ", ".join(f"{column} {_one(then[column])} → {_one(now[column])}" for column in now
                     if column not in UNTOLD and then[column] != now[column])


def _one(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(line: str, names: dict[str, str]) -> str:
    for _account_then_its_owner in range(2):
        line = ID.sub(lambda found: names.get(found[0], "?"), line)
    for pattern, word in CHANCE:
        line = pattern.sub(word, line)
    return line
