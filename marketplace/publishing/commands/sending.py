"""Approved posts go out at their time, each once: a lost answer is looked for before anything is tried again."""
from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from marketplace.access import commands as access
from marketplace.access.models import Grant, Right
from marketplace.channels import commands as channels
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.files import commands as files
from marketplace.files.models import Variant
from marketplace.publishing import notices, queries
from marketplace.publishing.models import Failure, Post, PostStatus

LOOK_AFTER_SECONDS = rule("LOOK_AFTER_SECONDS", 60, "seconds after a lost answer until the platform is asked whether it arrived; doubles")
TRIES = 6
DUE = {PostStatus.scheduled, PostStatus.unconfirmed}


@sweep
def publish_due() -> None:
    """Posts whose time has come, and lost answers that are to be looked for."""
    now = clock.now()
    due = (Post.status == PostStatus.scheduled) & (Post.publish_at <= now)
    lost = (Post.status == PostStatus.unconfirmed) & (Post.look_at <= now)
    for post_id in db.session.scalars(select(Post.id).where(due | lost).order_by(Post.publish_at).limit(200)):
        publish.later(post_id, once=f"publish:{post_id}")
WITHHELD = {"suspended": Failure.access_suspended, "doubted": Failure.access_doubted, "right": Failure.right_missing}


@task
def publish(post_id: str) -> None:
    """Publish one post within its grant; what cannot be done is told with its reason.

    The row is locked for as long as it takes, so that a post is never under way twice. Should this process die, the use
    log still says that a call had begun, and the next try looks first.
    """
    post = db.session.get_one(Post, uuid.UUID(post_id))
    lock(post)
    if post.status not in DUE:
        return
    if post.hash != post.approved_hash:
        _fail(post, Failure.changed)
        return
    try:
        _send(post)
    except access.Withheld as refusal:
        _fail(post, WITHHELD.get(refusal.reason, Failure.access_ended))
    except channels.TokenGone:
        _fail(post, Failure.channel_broken)
    except channels.NotAllowed as refusal:
        _fail(post, Failure.not_allowed, refusal.reason)
    except channels.Refused as refusal:
        _fail(post, Failure.refused, refusal.reason)
    except channels.Unanswered:
        _lose(post)
    except channels.SlowDown as pause:
        raise NotYet(str(pause)) from None


def cancel_waiting(grant: Grant) -> None:
    """Access has ended: what waited on it will not go out. One that a worker has in hand is refused there."""
    waiting = select(Post).where(Post.grant_id == grant.id, Post.status.in_(DUE)).order_by(Post.id)
    for post in db.session.scalars(waiting.with_for_update(skip_locked=True)).all():
        _fail(post, Failure.access_ended)


@task
def note_permalink(post_id: str) -> None:
    """Where people read it; asked apart, so that a post is not lost over its address."""
    post = db.session.get_one(Post, uuid.UUID(post_id))
    try:
        post.permalink = channels.permalink(post.channel, post.external_id)
    except (channels.Unanswered, channels.SlowDown) as silence:
        raise NotYet(str(silence)) from None
    except channels.Refused:
        return


def _send(post: Post) -> None:
    with access.use(post.grant, Right.publish, "publish", post) as one:
        post.move("begin")
        post.tries += 1
        found = one.lost_since and channels.find_post(post.channel, post.text, one.lost_since, queries.external_ids(post.channel_id))
        post.external_id = found or channels.publish_post(post.channel, post.text, _picture(post))
    post.move("publish")
    post.published_at, post.look_at = clock.now(), None
    note_permalink.later(post.id, once=f"permalink:{post.id}")
    notices.post_published(post)


def _picture(post: Post) -> tuple[bytes, str] | None:
    if post.file is None:
        return None
    return files.body(post.file, Variant.original) or b"", post.file.type


def _lose(post: Post) -> None:
    """No answer: it may be there. Look in a while, and give up after some tries."""
    post.move("lose")
    post.look_at = clock.now() + timedelta(seconds=LOOK_AFTER_SECONDS * 2 ** (post.tries - 1))
    if post.tries >= TRIES:
        _fail(post, Failure.silence)


def _fail(post: Post, failure: Failure, detail: str = "") -> None:
    post.move("fail", why=failure)
    post.failure, post.failure_detail, post.look_at = failure, detail, None
    notices.post_failed(post)
