"""Fills an empty database with a marketplace of so many managers and so many open jobs, by COPY.

The same number gives the same rows. `Bench` names those that the suites visit and act as.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from bench import rows
from bench.market import Bench
from marketplace.accounts.models import Person, Session
from marketplace.bids.models import Bid, BidMilestone
from marketplace.businesses.models import Brand, Business, Member
from marketplace.files.models import File
from marketplace.jobs.models import Job, Seat
from marketplace.managers.models import Manager, Package, PortfolioItem


def fill(connection: psycopg.Connection, count: int) -> Bench:
    """Write everything and let PostgreSQL count it. Needs an application context, for the words of both languages."""
    bench = Bench(count, datetime.now(UTC))
    for model, made in _tables(bench):
        _copy(connection, model, made)
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum analyze")
    return bench


def _tables(bench: Bench) -> Sequence[tuple[type, Iterable[dict[str, Any]]]]:
    return [
        (Person, rows.people(bench)),
        (Session, rows.sessions(bench)),
        (Business, rows.businesses(bench)),
        (Member, rows.members(bench)),
        (Brand, rows.brands(bench)),
        (File, rows.files(bench)),
        (Manager, rows.managers(bench)),
        (Package, rows.packages(bench)),
        (PortfolioItem, rows.pieces(bench)),
        (Job, rows.jobs(bench)),
        (Seat, rows.seats(bench)),
        (Bid, rows.bids(bench)),
        (BidMilestone, rows.milestones(bench)),
    ]


def _copy(connection: psycopg.Connection, model: type, made: Iterable[dict[str, Any]]) -> None:
    columns = [column for column in model.__table__.columns if not column.computed]
    names = ", ".join(f'"{column.name}"' for column in columns)
    with connection.cursor().copy(f"COPY {model.__tablename__} ({names}) FROM STDIN") as copy:
        for row in made:
            copy.write_row([_value(column, row) for column in columns])


def _value(column: Any, row: dict[str, Any]) -> Any:
    """The row's value, or what the model would have put there."""
    value = row[column.name] if column.name in row else _default(column)
    return Jsonb(value) if isinstance(column.type, JSONB) and value is not None else value


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    return column.default.arg(None) if column.default.is_callable else column.default.arg
