"""What Facebook tells us: proven, stored once, answered at once, worked later."""
from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.channels import queries, signals
from marketplace.channels.models import MetaEvent
from marketplace.channels.signals import PlatformComment
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import DomainError
from marketplace.core.tasks import sweep, task
from marketplace.gateways import meta

STALE = timedelta(minutes=2)


class Unsigned(DomainError):
    """Somebody who is not Facebook."""

    code = 403
    message = _l("The signature is not right.")


def confirm_subscription(token: str) -> None:
    """Facebook asks whether the webhook is ours. Raises Unsigned when the word is wrong."""
    if not meta.knows_our_token(token):
        raise Unsigned()


def receive(body: bytes, signature: str) -> bool:
    """Store a webhook and queue its work; False when it is here already. Raises Unsigned."""
    try:
        payload = meta.verified_event(body, signature)
    except meta.Forged:
        raise Unsigned() from None
    values = {"digest": hashlib.sha256(body).hexdigest(), "payload": payload, "created_at": clock.now()}
    event_id = db.session.scalar(insert(MetaEvent).values(**values).on_conflict_do_nothing().returning(MetaEvent.id))
    if event_id is not None:
        handle_event.later(event_id, once=f"meta:{event_id}")
    return event_id is not None


@task
def handle_event(event_id: str) -> None:
    """Announce what a webhook tells; `handled_at` is committed together with that."""
    event = db.session.get_one(MetaEvent, uuid.UUID(event_id))
    lock(event)
    if event.handled_at:
        return
    for entry in _dicts(event.payload.get("entry")):
        for change in _dicts(entry.get("changes")):
            _announce(str(entry.get("id", "")), change)
    event.handled_at = clock.now()


@sweep
def take_up_events() -> None:
    """Webhooks whose job was lost or gave up."""
    stale = select(MetaEvent.id).where(MetaEvent.handled_at.is_(None), MetaEvent.created_at < clock.now() - STALE)
    for event_id in db.session.scalars(stale.order_by(MetaEvent.created_at).limit(100)):
        handle_event.later(event_id, once=f"meta:{event_id}")


def _announce(page_id: str, change: dict[str, Any]) -> None:
    channel, value = queries.connected("facebook", page_id), change.get("value")
    if channel is None or not isinstance(value, dict) or value.get("item") != "comment" or not value.get("comment_id"):
        return
    signals.comment_changed.send(channel, comment=_comment(value))


def _comment(value: dict[str, Any]) -> PlatformComment:
    """Only an edit of its visibility says whether a comment is hidden."""
    author, verb = value.get("from") or {}, value.get("verb")
    return PlatformComment(
        external_id=str(value["comment_id"]), post_external_id=str(value.get("post_id", "")),
        parent_external_id=str(value.get("parent_id", "")), from_id=str(author.get("id", "")), from_name=str(author.get("name", "")),
        text=str(value.get("message", "")), at=datetime.fromtimestamp(int(value.get("created_time") or 0), UTC),
        hidden={"hide": True, "unhide": False}.get(str(verb)), removed=verb == "remove")


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
