"""What both sides are told about posts."""
from __future__ import annotations

from marketplace.accounts.models import Person
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.notifications.commands import notify, notify_all
from marketplace.publishing.models import Post


def post_submitted(post: Post) -> None:
    """Somebody of the business must look."""
    notify_all(_deciders(post), "publishing/post_submitted", subject=post)


def changes_asked(post: Post) -> None:
    """Back to the manager, with what should be different."""
    notify(post.contract.manager.person, "publishing/changes_asked", subject=post)


def post_approved(post: Post) -> None:
    """It goes out at its time."""
    notify(post.contract.manager.person, "publishing/post_approved", subject=post)


def post_published(post: Post) -> None:
    """It is on the page."""
    notify_all([post.contract.manager.person, *_deciders(post)], "publishing/post_published", subject=post)


def post_failed(post: Post) -> None:
    """It is not, and why."""
    notify_all([post.contract.manager.person, *_deciders(post)], "publishing/post_failed", subject=post)


def _deciders(post: Post) -> list[Person]:
    roles = (Role.owner,) if post.findings else (Role.owner, Role.approver)
    return businesses.members(post.contract.business, *roles)
