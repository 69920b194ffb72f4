"""Comments arrive, by webhook and by looking now and then; the same one twice is one."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.channels import commands as channels
from marketplace.channels import queries as connections
from marketplace.channels.signals import PlatformComment
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.inbox import notices, queries
from marketplace.inbox.models import Comment, InboxLook

LOOK_MINUTES = rule("INBOX_LOOK_MINUTES", 10, "minutes between two looks for comments no webhook told of")
LOOK_BACK = timedelta(days=1)
FIRST_LOOK = timedelta(days=3)


def take_in(channel: Any, heard: PlatformComment) -> None:
    """Keep a comment as the platform has it now. What the page itself wrote answers the comment above it."""
    if heard.from_id == channel.external_id:
        _mark_answered(channel, heard)
        return
    new = _insert(channel, heard)
    comment = queries.known(channel.id, heard.external_id)
    lock(comment)
    _bring_up_to_date(comment, heard)
    if new and comment.waiting:
        notices.comment_waits(comment)


@sweep
def look_for_comments() -> None:
    """Connected pages that were not looked at for some minutes."""
    looked = {look.channel_id: look.at for look in db.session.scalars(select(InboxLook))}
    for channel_id in connections.connected_ids():
        if channel_id not in looked or looked[channel_id] < clock.now() - timedelta(minutes=LOOK_MINUTES):
            fetch_comments.later(channel_id, once=f"comments:{channel_id}")


@task
def fetch_comments(channel_id: str) -> None:
    """Read what the page's newest posts hold."""
    channel = connections.by_id(channel_id)
    newest = queries.newest(channel.id)
    since = newest - LOOK_BACK if newest else clock.now() - FIRST_LOOK
    try:
        for heard in channels.newest_comments(channel, since):
            take_in(channel, heard)
    except (channels.Unanswered, channels.SlowDown) as silence:
        raise NotYet(str(silence)) from None
    except channels.Refused:
        pass  # a dead connection has been told to its owner; without the permission there is nothing to read
    db.session.merge(InboxLook(channel_id=channel.id, at=clock.now()))


def _insert(channel: Any, heard: PlatformComment) -> bool:
    """Whether it was not here: the unique key decides."""
    values = {"channel_id": channel.id, "external_id": heard.external_id, "post_external_id": heard.post_external_id,
              "parent_external_id": heard.parent_external_id, "from_name": heard.from_name[:200], "text": heard.text, "at": heard.at,
              "permalink": heard.permalink, "waiting": not heard.removed, "hidden": bool(heard.hidden), "removed": heard.removed,
              "created_at": clock.now()}
    return db.session.scalar(insert(Comment).values(**values).on_conflict_do_nothing().returning(Comment.id)) is not None


def _bring_up_to_date(comment: Comment, heard: PlatformComment) -> None:
    """Messages come in any order, so a comment that was removed stays removed."""
    comment.removed = comment.removed or heard.removed
    comment.text = heard.text or comment.text
    comment.permalink = heard.permalink or comment.permalink
    comment.hidden = comment.hidden if heard.hidden is None else heard.hidden
    comment.waiting = not (comment.removed or comment.hidden or comment.answered_at)


def _mark_answered(channel: Any, heard: PlatformComment) -> None:
    """Somebody of the page answered, here or on Facebook."""
    above = queries.by_external_id(channel.id, heard.parent_external_id)
    if above is not None and not heard.removed:
        mark_answered(above, heard.at)


def mark_answered(comment: Comment, at: Any) -> None:
    """The first answer counts."""
    lock(comment)
    comment.answered_at = min(comment.answered_at or at, at)
    comment.waiting = False
