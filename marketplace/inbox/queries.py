"""Reads of comments, through the reader's eyes: the business sees its pages', the manager those they may answer."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, any_, func, literal, or_, select
from sqlalchemy.orm import joinedload

from marketplace.access.models import Grant, GrantStatus, Right
from marketplace.channels import queries as channels
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.inbox.models import Comment, Reply
from marketplace.managers.models import Manager

ANSWERING = (Right.reply_public, Right.hide_comment)


def inbox(reader: Any, channel_id: uuid.UUID | None, after: str | None) -> Page:
    """Comments on the reader's pages (on one, when named): what waits first, then the newest."""
    query = select(Comment).options(joinedload(Comment.channel)).where(_seen(reader), Comment.removed.is_(False))
    if channel_id is not None:
        query = query.where(Comment.channel_id == channel_id)
    return page(query, [Comment.waiting, Comment.at, Comment.id], after)


def answered_since(contract_id: uuid.UUID, since: datetime) -> int:
    """How many answers were sent under a contract's grants since then."""
    query = select(func.count()).select_from(Reply).join(Grant, Reply.grant_id == Grant.id)
    return db.session.scalar(query.where(Grant.contract_id == contract_id, Reply.sent_at >= since)) or 0


def comment_seen_by(reader: Any, comment_id: uuid.UUID) -> Comment | None:
    """A comment on one of the reader's pages."""
    if not reader.is_authenticated:
        return None
    query = select(Comment).options(joinedload(Comment.channel)).where(Comment.id == comment_id, _seen(reader))
    return db.session.scalars(query).first()


def reply_seen_by(reader: Any, reply_id: uuid.UUID) -> Reply | None:
    """An answer, for whoever sees its comment."""
    reply = db.session.get(Reply, reply_id)
    return reply if reply is not None and comment_seen_by(reader, reply.comment_id) else None


def replies_to(comment: Comment) -> Sequence[Reply]:
    """Answers, oldest first."""
    query = select(Reply).where(Reply.comment_id == comment.id).options(joinedload(Reply.person))
    return db.session.scalars(query.order_by(Reply.id)).all()


def pages_of(reader: Any) -> list[Any]:
    """The channels whose comments the reader sees."""
    return channels.among(select(Comment.channel_id).where(_seen(reader)))


def grant_for(reader: Any, comment: Comment, right: Right) -> Grant | None:
    """The active grant by which the reader may do something about a comment."""
    query = _grants(reader).where(Grant.channel_id == comment.channel_id, literal(right) == any_(Grant.rights))
    return db.session.scalars(query.order_by(Grant.id.desc()).limit(1)).first()


def answerers(channel_id: uuid.UUID) -> list[Grant]:
    """Active grants whose managers answer on a channel."""
    query = select(Grant).where(Grant.channel_id == channel_id, Grant.status == GrantStatus.active, Grant.ends_at > clock.now(),
                                literal(Right.reply_public) == any_(Grant.rights)).options(joinedload(Grant.manager))
    return list(db.session.scalars(query.order_by(Grant.id)))


def by_external_id(channel_id: uuid.UUID, external_id: str) -> Comment | None:
    """A comment by the platform's id."""
    return db.session.scalars(_told_of(channel_id, external_id)).first()


def known(channel_id: uuid.UUID, external_id: str) -> Comment:
    """The same of one that is here."""
    return db.session.scalars(_told_of(channel_id, external_id)).one()


def known_replies(channel_id: uuid.UUID) -> set[str]:
    """The platform's ids of our newest answers on a channel."""
    query = select(Reply.external_id).join(Comment).where(Comment.channel_id == channel_id, Reply.external_id != "")
    return set(db.session.scalars(query.order_by(Reply.id.desc()).limit(500)))


def newest(channel_id: uuid.UUID) -> datetime | None:
    """When the newest known comment was written."""
    return db.session.scalar(select(Comment.at).where(Comment.channel_id == channel_id).order_by(Comment.at.desc()).limit(1))


def _told_of(channel_id: uuid.UUID, external_id: str) -> Select[Comment]:
    return select(Comment).where(Comment.channel_id == channel_id, Comment.external_id == external_id)


def _seen(reader: Any) -> Any:
    answering = or_(*(literal(right) == any_(Grant.rights) for right in ANSWERING))
    return or_(Comment.channel_id.in_(channels.channels_seen_by(reader)),
               Comment.channel_id.in_(_grants(reader).where(answering).with_only_columns(Grant.channel_id)))


def _grants(reader: Any) -> Select:
    return select(Grant).join(Manager).where(Manager.person_id == reader.id, Grant.status == GrantStatus.active,
                                             Grant.ends_at > clock.now())
