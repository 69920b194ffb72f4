"""Posts of a page, comments on them, answers. Writes are made once; after Unanswered one looks."""
from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from marketplace.gateways.meta.asking import ask, fetch

POST_FIELDS = ["id", "message", "created_time", "permalink_url"]
COMMENT_FIELDS = ["id", "message", "from", "created_time", "parent", "is_hidden", "permalink_url"]


def publish(page_id: str, token: str, text: str, picture: tuple[bytes, str] | None) -> str:
    """Put a post on the page, with one picture (bytes and media type) or none; Facebook's id of the post."""
    if picture is None:
        return ask(token, lambda api: api.call("POST", (page_id, "feed"), params={"message": text}).json())["id"]
    files = {"source": (f"picture.{picture[1].rpartition('/')[2]}", io.BytesIO(picture[0]), picture[1])}
    answer = ask(token, lambda api: api.call("POST", (page_id, "photos"), params={"caption": text}, files=files).json())
    return answer["post_id"]


def post(post_id: str, token: str) -> dict[str, Any]:
    """A post as it is on the page."""
    return ask(token, lambda api: api.call("GET", (post_id,), params={"fields": ",".join(POST_FIELDS)}).json())


def newest_posts(page_id: str, token: str, most: int = 25) -> list[dict[str, Any]]:
    """What the page published last, newest first."""
    return fetch(token, (page_id, "published_posts"), POST_FIELDS, limit=most)


def comments_on(post_id: str, token: str, since: datetime) -> list[dict[str, Any]]:
    """Comments on a post at every level since a moment, oldest first."""
    return fetch(token, (post_id, "comments"), COMMENT_FIELDS, filter="stream", since=int(since.timestamp()))


def replies_to(comment_id: str, token: str) -> list[dict[str, Any]]:
    """Answers under a comment, newest first."""
    return fetch(token, (comment_id, "comments"), COMMENT_FIELDS, order="reverse_chronological")


def reply(comment_id: str, token: str, text: str) -> str:
    """Answer a comment as the page; Facebook's id of the answer."""
    return ask(token, lambda api: api.call("POST", (comment_id, "comments"), params={"message": text}).json())["id"]


def hide(comment_id: str, token: str, hidden: bool) -> None:
    """Hide a comment from everybody but its writer, or show it again."""
    ask(token, lambda api: api.call("POST", (comment_id,), params={"is_hidden": hidden}))


def moment(text: str) -> datetime:
    """A time as Graph writes it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
