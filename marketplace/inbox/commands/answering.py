"""Answers go out within a grant, each once."""
from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.access import commands as access
from marketplace.access.models import Grant, Right
from marketplace.accounts.models import Person
from marketplace.channels import commands as channels
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.firewall import queries as firewall
from marketplace.inbox import notices, policies, queries
from marketplace.inbox.commands.arriving import mark_answered
from marketplace.inbox.models import Comment, Reply, ReplyStatus

GUARDED = {"advance", "password", "phone", "contact", "email", "link"}
LOOK_AFTER = timedelta(seconds=60)
TRIES = 6
DUE = {ReplyStatus.queued, ReplyStatus.unconfirmed}


def reply(comment: Comment, by: Person, text: str) -> Reply:
    """Answer a comment: an owner at once, a manager by a grant; with a number or a link a manager's waits for an owner."""
    grant = _authority(comment, by, Right.reply_public)
    findings = [finding.row() for finding in firewall.inspect(text, "text") if finding.rule in GUARDED] if grant else []
    written = Reply(comment_id=comment.id, grant_id=grant.id if grant else None, person_id=by.id, text=text, findings=findings,
                    status=ReplyStatus.held if findings else ReplyStatus.queued)
    db.session.add(written)
    db.session.flush()
    audit.record("reply.write", written, by)
    if findings:
        notices.reply_held(written)
    else:
        send_reply.later(written.id, once=f"reply:{written.id}")
    return written


def let_go(reply: Reply, by: Person) -> None:
    """The owner lets a held answer go out."""
    reply.move("let_go", by=by)
    send_reply.later(reply.id, once=f"reply:{reply.id}")


def stop(reply: Reply, by: Person) -> None:
    """The owner does not."""
    reply.move("stop", by=by)
    notices.reply_stopped(reply)


def hide(comment: Comment, by: Person, hidden: bool) -> None:
    """Hide a comment or show it again, at once; twice is the same. Raises Invalid when the platform does not do it."""
    grant, act = _authority(comment, by, Right.hide_comment), "hide" if hidden else "unhide"
    with _told(), access.use(grant, Right.hide_comment, act, comment, by) if grant else nullcontext():
        channels.hide_comment(comment.channel, comment.external_id, hidden)
    audit.record(f"comment.{act}", comment, by)
    lock(comment)
    comment.hidden = hidden
    comment.waiting = not (hidden or comment.removed or comment.answered_at)


@sweep
def look_for_replies() -> None:
    """Lost answers, and those whose job was lost."""
    late = (Reply.status == ReplyStatus.queued) & (Reply.created_at < clock.now() - timedelta(minutes=2))
    lost = (Reply.status == ReplyStatus.unconfirmed) & (Reply.look_at <= clock.now())
    for reply_id in db.session.scalars(select(Reply.id).where(late | lost).limit(200)):
        send_reply.later(reply_id, once=f"reply:{reply_id}")


@task
def send_reply(reply_id: str) -> None:
    """Put one answer under its comment; a lost answer is looked for before it is sent again."""
    written = db.session.get_one(Reply, uuid.UUID(reply_id))
    lock(written)
    if written.status not in DUE:
        return
    try:
        _send(written)
    except access.Withheld as refusal:
        _fail(written, refusal.reason)
    except channels.TokenGone:
        _fail(written, "channel_broken")
    except channels.Refused:
        _fail(written, "refused")
    except channels.Unanswered:
        _lose(written)
    except channels.SlowDown as pause:
        raise NotYet(str(pause)) from None


def cancel_waiting(grant: Grant) -> None:
    """Access has ended: answers that wait are not sent. One that a worker has in hand is refused there."""
    waiting = select(Reply).where(Reply.grant_id == grant.id, Reply.status.in_((*DUE, ReplyStatus.held))).order_by(Reply.id)
    for written in db.session.scalars(waiting.with_for_update(skip_locked=True)).all():
        _fail(written, "ended")


def _send(written: Reply) -> None:
    comment = written.comment
    with _allowed(written) as lost_since:
        written.tries += 1
        found = lost_since and channels.find_reply(comment.channel, comment.external_id, written.text, lost_since,
                                                   queries.known_replies(comment.channel_id))
        written.external_id = found or channels.reply_to_comment(comment.channel, comment.external_id, written.text)
    written.move("send")
    written.sent_at, written.look_at = clock.now(), None
    mark_answered(comment, written.sent_at)


@contextmanager
def _allowed(written: Reply) -> Iterator[datetime | None]:
    """While the answer may go out: since when an earlier try may be there already, if one was lost.

    An owner's has no line in a use log that would tell of an earlier try, so it is looked for each time.
    """
    if written.grant is not None:
        with access.use(written.grant, Right.reply_public, "reply", written, written.person) as one:
            yield one.lost_since
    elif policies.owns_page(written.person, written.comment):
        yield written.created_at
    else:
        raise access.Withheld("ended")


def _lose(written: Reply) -> None:
    written.move("lose")
    written.look_at = clock.now() + LOOK_AFTER * 2 ** (written.tries - 1)
    if written.tries >= TRIES:
        _fail(written, "silence")


def _fail(written: Reply, failure: str) -> None:
    written.move("fail", why=failure)
    written.failure, written.look_at = failure, None
    notices.reply_failed(written)


def _authority(comment: Comment, by: Person, right: Right) -> Grant | None:
    """The grant by which a manager speaks; none for an owner. Raises WrongState for others, and when the comment is gone."""
    owner = policies.owns_page(by, comment)
    grant = None if owner else queries.grant_for(by, comment, right)
    if comment.removed or not (owner or grant):
        raise WrongState()
    return grant


@contextmanager
def _told() -> Iterator[None]:
    """The platform's refusals as people read them."""
    try:
        yield
    except channels.Refused as refusal:
        raise Invalid(_l("Facebook refused: %(reason)s", reason=refusal.reason)) from None
    except (channels.Unanswered, channels.SlowDown):
        raise Invalid(_l("Facebook does not answer just now. Try again in a few minutes.")) from None
