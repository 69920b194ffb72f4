"""The database handle, and the only place that commits."""
from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Response, g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, Select, Uuid, event, inspect, select, text
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstanceState,
    Mapped,
    RelationshipProperty,
    Session,
    SessionTransaction,
    mapped_column,
    registry,
)

from marketplace.core import clock

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Row = TypeVar("Row")


class Base(DeclarativeBase):
    """What every table has in common: aware times, UUID keys."""

    registry = registry(metadata=MetaData(naming_convention=NAMING),
                        type_annotation_map={datetime: DateTime(timezone=True), uuid.UUID: Uuid()})


db = SQLAlchemy(model_class=Base, engine_options={"pool_pre_ping": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


_last = 0
_counting = threading.Lock()


def uuid7() -> uuid.UUID:
    """A key that sorts by when it was made, to a quarter of a microsecond; two of one process never tie (RFC 9562, method 3)."""
    global _last
    with _counting:
        _last = ticks = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
    value = (ticks >> 12) << 80 | 7 << 76 | (ticks & 4095) << 64 | 2 << 62 | int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=value)


class Identified:
    """A UUIDv7 key, and when the row came to be.

    A new object has its key from the first moment: nothing need be written to refer to it, and rows of one table are
    written together. The database makes keys for rows that others write.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, server_default=text("uuidv7()"), sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=90)


@event.listens_for(Identified, "init", propagate=True)
def _identify(_row: Identified, _args: Any, values: dict[str, Any]) -> None:
    values.setdefault("id", uuid7())


def enumerated(enum: type[StrEnum], length: int = 32) -> Enum:
    """A column type that holds the values of a StrEnum as text, checked by the database."""
    return Enum(
        enum, native_enum=False, length=length, create_constraint=True, values_callable=lambda e: [m.value for m in e],
        name=enum.__name__.lower(),
    )


def commit_at_the_edge(app: Flask) -> None:
    """Answers below 400 commit; everything else rolls back. Then what must survive a refusal is written."""

    @app.after_request
    def finish(response: Response) -> Response:
        if db.session.registry.has():  # many pages ask the database nothing
            db.session.commit() if response.status_code < 400 else db.session.rollback()
        for write in g.pop("surviving", []):
            apart(write)
        return response


def commit() -> None:
    """For the job runner and the command line, the two other edges."""
    db.session.commit()


def remembered(read: Callable[..., Any]) -> Callable[..., Any]:
    """Let a read `(person, *keys)` that many policies ask in one request be asked once; any flush forgets the answers."""
    @wraps(read)
    def recalled(person: Any, *keys: Any) -> Any:
        if not person.is_authenticated:
            return read(person, *keys)
        answers = db.session().info.setdefault("remembered", {})
        asked = (read, person.id, *keys)
        if asked not in answers:
            answers[asked] = read(person, *keys)
        return answers[asked]
    return recalled


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, *_rest: Any) -> None:
    session.info.pop("remembered", None)


@event.listens_for(Session, "after_soft_rollback")
def _unlock(session: Session, _undone: SessionTransaction) -> None:
    """PostgreSQL gives back the locks that were taken since a savepoint, when it is undone. Those from before are asked for again."""
    session.info.pop("locked", None)


@event.listens_for(Session, "after_transaction_end")
def _unlock_at_the_end(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop("locked", None)


def discard() -> None:
    """Forget what this request or job has written so far; after a failure the session is of no use otherwise."""
    db.session.rollback()


def survive(write: Callable[[Session], Any]) -> None:
    """Write this even when the request is refused: after the roll-back, in a short session of its own."""
    if has_request_context():
        g.setdefault("surviving", []).append(write)
    else:
        apart(write)


def apart(write: Callable[[Session], Any]) -> Any:
    """Run `write(session)` in a transaction of its own, committed at once."""
    with Session(bind=db.engine, join_transaction_mode="create_savepoint") as session, session.begin():
        return write(session)


class Gone(Exception):
    """The row was removed by somebody else while it was being read: a lost race."""


def lock(row: Any, *more: Any) -> None:
    """Take the lock of this row alone and read it again; of several, each of another table, in this order and in one statement.

    Raises Gone when it is not there any more. Flush first: a refresh discards what was not flushed. Rows that refer to a locked
    one can still be written by others (FOR NO KEY UPDATE): keys never change here. What this transaction has locked is not
    asked for again: nobody else can have changed it. What it refers to is looked up again where it refers to another row now.
    """
    known = [one for one in (row, *more) if _is_locked(one)]
    if wanted := [one for one in (row, *more) if one not in known]:
        db.session.flush()
        _lock_all(wanted) if len(wanted) > 1 else _lock_one(wanted[0])
        db.session().info.setdefault("locked", {}).update({inspect(one).key: one for one in wanted})
    for one in known:
        _forget_others(one)


def locked(query: Select[tuple[Row]]) -> Sequence[Row]:
    """The rows of a query, locked as `lock` does it and read again. Its order is that of the locks: the same wherever they are taken."""
    db.session.flush()
    entity = query.column_descriptions[0]["entity"]
    return db.session.scalars(query.with_for_update(of=entity, key_share=True).execution_options(populate_existing=True)).all()


def _is_locked(row: Any) -> bool:
    return inspect(row).persistent and db.session().info.get("locked", {}).get(inspect(row).key) is row


def _forget_others(row: Any) -> None:
    """Forget related rows that the row's keys do not name any more, and collections, as reading it again would."""
    if _not_named(row):
        db.session.flush()  # what was set as an object has its key now
        if stale := _not_named(row):
            db.session.expire(row, stale)  # of no names, it would forget all


def _not_named(row: Any) -> list[str]:
    state = inspect(row)
    return [relation.key for relation in state.mapper.relationships if relation.key in state.dict and not _still_named(state, relation)]


def _still_named(state: InstanceState[Any], relation: RelationshipProperty[Any]) -> bool:
    if relation.uselist:
        return False
    named = tuple(state.dict.get(state.mapper.get_property_by_column(column).key) for column, _ in relation.local_remote_pairs)
    other = state.dict[relation.key]
    return (None if other is None else inspect(other).identity) == (None if None in named else named)


def _lock_one(row: Any) -> None:
    try:
        db.session.refresh(row, with_for_update={"of": type(row), "key_share": True})
    except InvalidRequestError as error:
        if not inspect(row).persistent:
            raise
        raise Gone(type(row).__name__) from error


def _lock_all(rows: list[Any]) -> None:
    """PostgreSQL takes the locks in the order in which FOR UPDATE OF names the tables."""
    tables = [type(row) for row in rows]
    query = select(*tables).select_from(tables[0]).where(tables[0].id == rows[0].id)
    for table, row in zip(tables[1:], rows[1:], strict=True):
        query = query.join(table, table.id == row.id)
    loaded = [option for row in rows for option in inspect(row).load_options]
    locked = query.options(*loaded).with_for_update(of=tables, key_share=True).execution_options(populate_existing=True)
    db.session.execute(locked).one()
