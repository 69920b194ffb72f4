"""Reads of posts, through the reader's eyes."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.businesses.models import Member
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.managers.models import Manager
from marketplace.publishing.models import Post, PostStatus

SATURDAY = 5
MOST_IN_A_WEEK = 300


@dataclass(frozen=True)
class Day:
    """One day of a week, as the strip and the calendar show it."""

    date: date
    posts: Sequence[Post]
    today: bool

    @property
    def noon(self) -> datetime:
        """Its middle, for those who write a day's name."""
        return datetime.combine(self.date, time(12), clock.DHAKA)

    @property
    def slots(self) -> list[str]:
        """Its marks."""
        return [post.slot for post in self.posts]


def published_since(contract_id: uuid.UUID, since: datetime) -> int:
    """How many posts of a contract went out since then."""
    return db.session.scalar(select(func.count()).where(Post.contract_id == contract_id, Post.published_at >= since)) or 0


def submitted_since(contract_id: uuid.UUID, since: datetime) -> int:
    """How many posts were handed to the business since then, and neither came back nor went out: that is work, too."""
    with_manager_or_out = (PostStatus.draft, PostStatus.changes_asked, PostStatus.published)
    return db.session.scalar(select(func.count()).where(
        Post.contract_id == contract_id, Post.submitted_at >= since, Post.status.not_in(with_manager_or_out))) or 0


def waiting_for_approval() -> Select:
    """(contract_id, since) of what waits for the business."""
    return select(Post.contract_id, Post.submitted_at).where(Post.status == PostStatus.submitted)


def post_seen_by(reader: Any, post_id: uuid.UUID) -> Post | None:
    """A post, for the sides of its contract; a draft is its manager's alone."""
    post = db.session.get(Post, post_id, options=_loaded())
    if post is None or contracts.contract_seen_by(reader, post.contract_id) is None:
        return None
    own = post.contract.manager.person_id == reader.id
    return post if own or post.status != PostStatus.draft else None


def week(reader: Any, start: date) -> list[Day]:
    """Seven days from a Saturday with the posts the reader may see."""
    return _days(start, _seen(reader, _within(start)))


def week_of_contract(reader: Any, contract: Contract, start: date) -> list[Day]:
    """The same of one contract."""
    return _days(start, _seen(reader, _within(start).where(Post.contract_id == contract.id)))


def waiting_for(reader: Any) -> list[Post]:
    """What the reader is to do next: posts to approve, or to change; the most urgent first."""
    approve = (Post.status == PostStatus.submitted) & Post.contract_id.in_(_of_business(reader))
    mend = Post.status.in_((PostStatus.changes_asked, PostStatus.draft, PostStatus.failed)) & Post.contract_id.in_(_of_manager(reader))
    query = select(Post).options(*_loaded()).where(or_(approve, mend))
    return list(db.session.scalars(query.order_by(Post.publish_at, Post.id).limit(50)))


def writable(reader: Any) -> bool:
    """Whether the reader manages a contract at all."""
    return db.session.scalar(select(_of_manager(reader).exists())) or False


def external_ids(channel_id: uuid.UUID) -> set[str]:
    """The platform's ids of what we know to have published on a channel."""
    query = select(Post.external_id).where(Post.channel_id == channel_id, Post.external_id != "")
    return set(db.session.scalars(query.order_by(Post.published_at.desc()).limit(500)))


def week_start(day: date) -> date:
    """The Saturday a week in Bangladesh begins with."""
    return day - timedelta(days=(day.weekday() - SATURDAY) % 7)


def _within(start: date) -> Select:
    begins = datetime.combine(start, time(), clock.DHAKA)
    return select(Post).options(*_loaded()).where(
        Post.publish_at >= begins, Post.publish_at < begins + timedelta(days=7)).order_by(Post.publish_at, Post.id)


def _seen(reader: Any, query: Select) -> Sequence[Post]:
    """Those of the reader's contracts, without others' drafts."""
    of_business = (Post.status != PostStatus.draft) & Post.contract_id.in_(_of_business(reader))
    return db.session.scalars(query.where(or_(of_business, Post.contract_id.in_(_of_manager(reader)))).limit(MOST_IN_A_WEEK)).all()


def _of_business(reader: Any) -> Select:
    return select(Contract.id).join(Member, Member.business_id == Contract.business_id).where(Member.person_id == reader.id)


def _of_manager(reader: Any) -> Select:
    return select(Contract.id).join(Manager, Manager.id == Contract.manager_id).where(Manager.person_id == reader.id)


def _days(start: date, posts: Sequence[Post]) -> list[Day]:
    today, dates = clock.today().date(), [start + timedelta(days=n) for n in range(7)]
    return [Day(one, [post for post in posts if post.day == one], one == today) for one in dates]


def _loaded() -> tuple[Any, ...]:
    return (joinedload(Post.contract).joinedload(Contract.manager), joinedload(Post.contract).joinedload(Contract.business),
            joinedload(Post.channel), joinedload(Post.file))
