"""The append-only record of who did what, sealed into a hash chain.

Writers only append rows (the application's role cannot change them). A transaction's acts are written together at its
end, in one statement, or when somebody reads the record before. One job seals rows that are committed, in the
order it finds them: each seal is an HMAC over the row and the seal before it, with a key that is not in the database.
Sealing inside the request would make every writer wait for the chain's head.
"""
from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, Text, event, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from marketplace.core import clock, deferred
from marketplace.core.db import Model, db

SEAL_LOCK = 7_301


class AuditEntry(Model):
    """One act. `actor` and `subject` are `kind:id`; `details` holds statuses, reasons and amounts, never secrets."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject", "id"), Index(None, "actor", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    request_id: Mapped[str] = mapped_column(String(40), default="")


class AuditSeal(Model):
    """One link of the chain."""

    __tablename__ = "audit_seals"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), unique=True)
    digest: Mapped[str] = mapped_column(Text)


def record(action: str, subject: Any, by: Any = None, **details: Any) -> None:
    """Append an act in this transaction. `subject` and `by` are rows with a KIND, or `kind:id` text; None is the system."""
    act = {
        "at": clock.now(), "actor": _name(by), "action": action, "subject": _name(subject),
        "details": {key: _plain(value) for key, value in details.items() if value not in ("", None)},
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    deferred.append("acts", act)


def history(subject: Any, limit: int = 50) -> list[AuditEntry]:
    """What happened to a subject, newest first."""
    query = select(AuditEntry).where(AuditEntry.subject == _name(subject)).order_by(AuditEntry.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def seal(limit: int = 1000) -> int:
    """Seal the committed rows that have no seal yet; one sealer at a time. Returns how many."""
    if not db.session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": SEAL_LOCK}):
        return 0
    head = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    last, digest = (head.id, head.digest) if head else (0, "")
    entries = db.session.scalars(_unsealed().limit(limit)).all()
    for number, entry in enumerate(entries, last + 1):
        digest = _digest(digest, entry)
        db.session.add(AuditSeal(id=number, entry_id=entry.id, digest=digest))
    return len(entries)


def verify() -> Iterator[str]:
    """Walk the whole chain; yields a line for each fault found."""
    digest, expected = "", 0
    query = select(AuditSeal, AuditEntry).outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id).order_by(AuditSeal.id)
    for link, entry in db.session.execute(query.execution_options(yield_per=1000)):
        expected += 1
        if link.id != expected:
            yield f"seal {expected} is missing"
            expected = link.id
        if entry is None or not hmac.compare_digest(link.digest, _digest(digest, entry)):
            yield f"entry {link.entry_id} does not match its seal {link.id}"
        digest = link.digest


def head() -> dict[str, Any]:
    """The chain's newest link, to be kept elsewhere: it proves later that nothing was cut from the end."""
    newest = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    return {"seal": newest.id, "digest": newest.digest} if newest else {"seal": 0, "digest": ""}


@event.listens_for(Session, "do_orm_execute")
def _write_before_reading(state: ORMExecuteState) -> None:
    if "deferred" in state.session.info and state.is_select and any(mapper.class_ is AuditEntry for mapper in state.all_mappers):
        deferred.write(state.session, "acts")


def _write(session: Session, acts: list[dict[str, Any]]) -> None:
    session.connection().execute(insert(AuditEntry.__table__), acts)


deferred.KINDS["acts"] = _write


def _unsealed() -> Any:
    return (select(AuditEntry).outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
            .where(AuditSeal.id.is_(None)).order_by(AuditEntry.id))


def _digest(previous: str, entry: AuditEntry) -> str:
    body = json.dumps([previous, entry.id, entry.at.timestamp(), entry.actor, entry.action, entry.subject,
                       entry.details, entry.request_id], sort_keys=True, ensure_ascii=False)
    return hmac.new(current_app.extensions["settings"].audit_key.encode(), body.encode(), hashlib.sha256).hexdigest()


def _name(thing: Any) -> str:
    if thing is None:
        return "system"
    return thing if isinstance(thing, str) else f"{thing.KIND}:{thing.id}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) or not isinstance(value, str | int | float | bool | list | dict) else value
