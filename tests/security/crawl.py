"""What the crawls share: each row of the authorisation matrix as an address, every prose column marked, writes counted."""
from __future__ import annotations

import re
from collections import Counter
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import Enum, String, Table, Text, cast, func, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import text as sql

from marketplace.core.db import db
from tests.authorisation.routes import Route
from tests.authorisation.world import ROUTES, World
from tests.people import sign_in

PAGES = [route for route in ROUTES if route.method == "GET"]
ACTS = [route for route in ROUTES if route.method == "POST"]
FORGED = "<x-canary>"
SHOWN = re.compile(r"&lt;x-canary&gt;([a-z_]+\.[a-z_]+)")
# Text that a program reads: codes, keys, addresses of pages, hashes. Everything else that is text was typed by somebody.
NOT_PROSE = re.compile(
    r"(^|_)(id|url|hash|secret|link|slug|email|key|digest|fingerprint|subject|currency|language|platform|state|type|code|kind)$"
    r"|^(actor|action|address|account|binding|verifier|storage|owner|contract|business|manager|operation|act|permalink|source"
    r"|district|trade|goal|rule|verb|wrapped_with|folded|token_hash|consenter_id|outcome)$")
CODES = {"reports.reason", "bids.decline_reason", "chargebacks.reason", "grants.end_reason", "replies.failure", "disputes.reason",
         "boosts.objective", "papers.party", "payout_accounts.sealed", "cards.last4", "cards.brand", "payments.refusal"}
WRITTEN = sql("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0")


def name(route: Route) -> str:
    """How a row is called in a test's id."""
    return f"{route.method} {route.endpoint}"


def address(app: Flask, route: Route, world: World) -> str:
    """Where the row's own thing lies; makes it."""
    ids = route.ids(world)
    db.session.flush()
    with app.test_request_context():
        return url_for(route.endpoint, **ids, **route.query)


def browser(app: Flask, world: World, role: str) -> FlaskClient:
    """A browser in which this role is signed in."""
    client = app.test_client()
    return client if role == "visitor" else sign_in(client, getattr(world, role))


def mark_prose() -> set[str]:
    """Put a mark, which names its column, in front of everything that was typed; returns the tables that refuse changes."""
    db.session.commit()
    closed = {table.name for table in db.metadata.sorted_tables if not _mark(table)}
    db.session.expire_all()
    return closed


def mark(column: str) -> str:
    """What a marked column begins with."""
    return f"{FORGED}{column} \"'"


def prose(table: Table) -> list[Any]:
    """The columns of a table that hold what somebody typed."""
    texts = [column for column in table.c if isinstance(column.type, String | Text) and not isinstance(column.type, Enum)]
    return [column for column in texts if not NOT_PROSE.search(column.name) and f"{table.name}.{column.name}" not in CODES]


def written() -> Counter[str]:
    """Rows written so far in the test's transaction, by table."""
    return Counter({table: int(rows) for table, rows in db.session.execute(WRITTEN)})


def _mark(table: Table) -> bool:
    values = {column: func.left(mark(str(column)) + column, column.type.length or 100_000) for column in prose(table)}
    values |= {column: _marked_json(column) for column in table.c if isinstance(column.type, JSONB)}
    if not values:
        return True
    try:
        with db.session.begin_nested():
            db.session.execute(update(table).values(values))
    except DBAPIError:
        return False
    return True


def _marked_json(column: Any) -> Any:
    """Strings of several words are prose, whatever they are called."""
    safe = mark(str(column)).replace('"', "")
    return cast(func.regexp_replace(cast(column, Text), r'(: |\[|, )"(?=[^"]* [^"]*"(,|\}|\]))', rf'\1"{safe}', "g"), JSONB)
