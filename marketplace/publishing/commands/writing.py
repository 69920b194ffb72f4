"""Writing, approving and freezing posts."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from marketplace.access import commands as access
from marketplace.access.models import Grant, Right
from marketplace.accounts.models import Person
from marketplace.contracts.commands import clocks
from marketplace.core import clock
from marketplace.core.crypto import equal
from marketplace.core.db import db, lock
from marketplace.core.errors import DomainError, Invalid, WrongState
from marketplace.files import commands as files
from marketplace.files.models import Purpose
from marketplace.firewall import queries as firewall
from marketplace.publishing import notices
from marketplace.publishing.models import Post, PostStatus

GUARDED = {"advance", "password", "phone", "contact", "email", "link"}
"""What may lead a customer's money away from the business: such a post waits for an owner."""


@dataclass(frozen=True)
class Upload:
    """A picture as it was sent."""

    stream: BinaryIO
    name: str | None


def draft(grant: Grant, by: Person, text: str, publish_at: datetime, picture: Upload | None = None) -> Post:
    """Write a post for the grant's page. Raises Withheld without the right, Invalid for a time access does not reach."""
    access.require(grant, Right.draft)
    post = Post(contract_id=grant.contract_id, channel_id=grant.channel_id, grant_id=grant.id, person_id=by.id, text=text,
                publish_at=_checked(grant, publish_at), findings=_guarded(text))
    db.session.add(post)
    db.session.flush()
    _keep_picture(post, picture, by)
    return post


def edit(post: Post, by: Person, text: str, publish_at: datetime, picture: Upload | None = None) -> None:
    """Write it differently: a draft again, which needs a new approval."""
    access.require(post.grant, Right.draft)
    when = _checked(post.grant, publish_at)
    _note_owner(post)
    post.move("edit", by=by)
    post.text, post.publish_at, post.findings = text, when, _guarded(text)
    post.approved_hash, post.approved_by, post.approved_at, post.failure = "", None, None, None
    _keep_picture(post, picture, by)


def submit(post: Post, by: Person) -> None:
    """Hand it to the business."""
    access.require(post.grant, Right.draft)
    post.move("submit", by=by)
    post.submitted_at, post.note = clock.now(), ""
    notices.post_submitted(post)


def ask_changes(post: Post, by: Person, note: str) -> None:
    """Back to the manager; an approval that was given is void."""
    _note_owner(post)
    post.move("ask_changes", by=by, why=note)
    post.note, post.approved_hash, post.approved_by, post.approved_at = note, "", None, None
    notices.changes_asked(post)


def approve(post: Post, by: Person, seen: str) -> None:
    """Agree to exactly what was seen (its hash); it is frozen and goes out at its time."""
    lock(post)
    if post.status == PostStatus.submitted and not equal(seen, post.hash):
        raise WrongState()
    _note_owner(post)
    post.move("approve", by=by)
    post.approved_hash, post.approved_by, post.approved_at = post.hash, by.id, clock.now()
    post.move("schedule", by=by)
    notices.post_approved(post)


def retry(post: Post, by: Person) -> None:
    """Try a failed post once more, exactly as it was approved."""
    access.require(post.grant, Right.publish)
    post.move("retry", by=by)
    post.failure, post.failure_detail, post.tries = None, "", 0


def _note_owner(post: Post) -> None:
    """It does not wait for the business any more."""
    lock(post)
    if post.status == PostStatus.submitted:
        clocks.note_owner(post.contract_id, f"post:{post.id}", post.submitted_at)


def _checked(grant: Grant, publish_at: datetime) -> datetime:
    if publish_at < clock.now() - timedelta(minutes=5):
        raise Invalid(_l("This time is over. Choose a later one."), field="publish_at")
    if publish_at >= grant.ends_at:
        raise Invalid(_l("Access to the page ends before this time."), field="publish_at")
    return publish_at


def _guarded(text: str) -> list[dict[str, Any]]:
    return [finding.row() for finding in firewall.inspect(text, "text") if finding.rule in GUARDED]


def _keep_picture(post: Post, picture: Upload | None, by: Person) -> None:
    """The new picture takes the old one's place; its refusal belongs to the field `picture`."""
    if picture is None:
        return
    old = post.file
    try:
        post.file = files.store(picture.stream, picture.name, Purpose.post, by, subject=post)
    except DomainError as refusal:
        raise Invalid(refusal.message, field="picture") from refusal
    db.session.flush()
    if old is not None:
        files.remove(old)
