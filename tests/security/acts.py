"""Posting as the person who may: what a row's form says, with anything put in its place, and undone afterwards."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import DateTime, LargeBinary, Uuid, select
from werkzeug.test import TestResponse

from marketplace.core.db import db
from tests.authorisation.routes import ROLES, Route
from tests.authorisation.world import World
from tests.security.crawl import address, browser

FORMS = Path(__file__).parents[2] / "docs" / "forms.md"
ROW = re.compile(r"^\| POST \| `([^`]+)` \| [^|]+ \| ([^|]*) \|$", re.M)
# What differs between two runs of the same act although nothing else does.
CHANCE = re.compile(r"(^|_)(hash|token|fingerprint|digest|secret|seal|text|html|payload|state|verifier|binding|storage|request_id)$")
BY_CHANCE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}"
                  r"|\d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)?")
APART = {"limit_counters", "sessions", "procrastinate_jobs"}


# Read without a form, so the reference does not list them: a hidden title from the search, the reason beside a refusal.
READ_BARE = {"jobs.create": ("title", "manager"), "contracts.create_refusal": ("reason",)}


class Act:
    """One row's POST, made ready once, done as often as needed; each time undone."""

    def __init__(self, app: Flask, route: Route) -> None:
        self.app, self.route, self.world = app, route, World()
        self.where = address(app, route, self.world)
        self.actor = actor(route)
        self.data(), getattr(self.world, self.actor, None)  # made now: what is first made inside `undone` is gone after it

    def data(self) -> dict[str, Any]:
        """What the row's form sends."""
        data = self.route.data
        return dict(data(self.world) if callable(data) else data or {})

    def post(self, data: Mapping[str, Any] | str, **request: Any) -> TestResponse:
        """As the person who may; the caller undoes it."""
        return browser(self.app, self.world, self.actor).post(self.where, data=data, **request)

    def fields(self) -> list[str]:
        """Every field the form reads or the row sends."""
        declared = declared_fields().get(_rule(self.app, self.route), [])
        return list(dict.fromkeys([*self.data(), *declared, *READ_BARE.get(self.route.endpoint, ())]))


def actor(route: Route) -> str:
    """Who comes furthest: the first signed-in role whom the act lets through, else whoever is refused last."""
    signed_in = [role for role in ROLES if role != "visitor"]
    return min(["visitor", *signed_in] if route.roles["visitor"] == 200 else signed_in, key=lambda role: (route.roles[role] >= 400))


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards."""
    db.session.commit()
    point = db.engine.begin_nested()
    try:
        yield
    finally:
        db.session.rollback()
        point.rollback()
        db.session.expire_all()


def contents() -> dict[str, Counter[tuple[str, ...]]]:
    """What all tables hold, but for what is of chance: ids, times, tokens."""
    db.session.commit()
    return {table.name: Counter(_plain(row) for row in db.session.execute(select(*_kept(table))))
            for table in db.metadata.sorted_tables if table.name not in APART and _kept(table)}


@cache
def declared_fields() -> dict[str, list[str]]:
    """The fields of each address that takes a form, from the reference."""
    return {rule: [field.strip("* ") for field in fields.split(",") if field.strip()] for rule, fields in ROW.findall(FORMS.read_text())}


def _rule(app: Flask, route: Route) -> str:
    return next(rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == route.endpoint and "POST" in rule.methods)


def _kept(table: Any) -> list[Any]:
    return [column for column in table.c if not isinstance(column.type, Uuid | DateTime | LargeBinary) and not CHANCE.search(column.name)
            and not (column.identity or column.autoincrement is True)]


def _plain(row: Any) -> tuple[str, ...]:
    return tuple(BY_CHANCE.sub("…", str(value)) for value in row)
