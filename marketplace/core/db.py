"""The database handle, and the only place that commits."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, Uuid, event, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from marketplace.core import clock

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table has in common: aware times, UUID keys."""

    registry = registry(metadata=MetaData(naming_convention=NAMING),
                        type_annotation_map={datetime: DateTime(timezone=True), uuid.UUID: Uuid()})


db = SQLAlchemy(model_class=Base, engine_options={"pool_pre_ping": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Identified:
    """A UUIDv7 key made by the database, and when the row came to be."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=90)


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


def lock(row: Any) -> None:
    """Take the lock of this row alone and read it again. Flush first: a refresh discards what was not flushed."""
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": type(row)})
