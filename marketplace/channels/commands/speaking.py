"""Every call on a page's token. Callers get answers or one of the platform's refusals, never a token."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog

from marketplace.channels import notices
from marketplace.channels.commands import vault
from marketplace.channels.models import Channel, ChannelStatus, Problem
from marketplace.channels.signals import PlatformComment
from marketplace.core import clock
from marketplace.gateways import meta

logger = structlog.get_logger()
SKEW = timedelta(hours=1)
"""How far the platform's clock and ours may be apart when we look for what we sent."""


def publish_post(channel: Channel, text: str, picture: tuple[bytes, str] | None = None) -> str:
    """Put a post on the page; the platform's id of it. After Unanswered, look with `find_post` first."""
    with speaking(channel) as token:
        return meta.publish(channel.external_id, token, text, picture)


def find_post(channel: Channel, text: str, since: datetime, known: set[str]) -> str | None:
    """The id of a post with this text that appeared since, and is none of `known`."""
    with speaking(channel) as token:
        posts = meta.newest_posts(channel.external_id, token)
    return _found(posts, text, since, known)


def permalink(channel: Channel, post_id: str) -> str:
    """Where people read a post."""
    with speaking(channel) as token:
        return str(meta.post(post_id, token).get("permalink_url", ""))


def reply_to_comment(channel: Channel, comment_id: str, text: str) -> str:
    """Answer as the page; the platform's id of the answer. After Unanswered, look with `find_reply` first."""
    with speaking(channel) as token:
        return meta.reply(comment_id, token, text)


def find_reply(channel: Channel, comment_id: str, text: str, since: datetime, known: set[str]) -> str | None:
    """The id of an answer of the page's with this text that appeared since, and is none of `known`."""
    with speaking(channel) as token:
        replies = meta.replies_to(comment_id, token)
    return _found([one for one in replies if one.get("from", {}).get("id") == channel.external_id], text, since, known)


def hide_comment(channel: Channel, comment_id: str, hidden: bool) -> None:
    """Hide a comment or show it again; doing it twice is the same."""
    with speaking(channel) as token:
        meta.hide(comment_id, token, hidden)


def newest_comments(channel: Channel, since: datetime, posts: int = 10) -> list[PlatformComment]:
    """Comments since a moment on the page's newest posts."""
    with speaking(channel) as token:
        newest = meta.newest_posts(channel.external_id, token, posts)
        return [_comment(post["id"], found) for post in newest for found in meta.comments_on(post["id"], token, since)]


def refresh(channel: Channel) -> None:
    """Ask the page for its name and followers: that also tells whether the connection lives."""
    with speaking(channel) as token:
        page = meta.page(channel.external_id, token)
    channel.name, channel.followers, channel.checked_at = page["name"], page.get("followers_count"), clock.now()


@contextmanager
def speaking(channel: Channel) -> Iterator[str]:
    """The page's token for as long as one act takes. A dead one marks the channel broken and tells its owners."""
    token = page_token(channel)
    try:
        yield token
    except meta.TokenGone as gone:
        mark_broken(channel, Problem(gone.problem))
        raise


def page_token(channel: Channel) -> str:
    """Open the vault. Raises TokenGone when the page is not connected or its secret does not open."""
    if channel.status != ChannelStatus.connected:
        raise meta.TokenGone("this page is not connected", Problem.unreadable)
    try:
        secret = vault.read(place(channel))
    except vault.Tampered as fault:
        logger.error("vault_entry_does_not_open", channel=str(channel.id), fault=str(fault))
        secret = None
    if secret is None:
        mark_broken(channel, Problem.unreadable)
        raise meta.TokenGone("the stored connection cannot be read", Problem.unreadable)
    return secret["page"]


def mark_broken(channel: Channel, problem: Problem) -> None:
    """The platform refuses us: say so once, and what mends it."""
    if channel.status == ChannelStatus.connected:
        channel.move("break", why=problem)
        channel.problem = problem
        notices.channel_broken(channel)


def place(channel: Channel) -> vault.Place:
    """Where the channel's secret lies."""
    return vault.Place(channel.platform, channel.external_id, channel.id)


def _found(candidates: list[dict[str, Any]], text: str, since: datetime, known: set[str]) -> str | None:
    wanted = " ".join(text.split())
    for one in candidates:
        same = " ".join(one.get("message", "").split()) == wanted
        if same and one["id"] not in known and meta.moment(one["created_time"]) >= since - SKEW:
            return one["id"]
    return None


def _comment(post_id: str, found: dict[str, Any]) -> PlatformComment:
    author = found.get("from", {})
    return PlatformComment(
        external_id=found["id"], post_external_id=post_id, parent_external_id=found.get("parent", {}).get("id", post_id),
        from_id=author.get("id", ""), from_name=author.get("name", ""), text=found.get("message", ""),
        at=meta.moment(found["created_time"]), permalink=found.get("permalink_url", ""), hidden=bool(found.get("is_hidden")))
