"""What both sides are told about comments and answers."""
from __future__ import annotations

from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.inbox import queries
from marketplace.inbox.models import Comment, Reply
from marketplace.notifications.commands import notify, notify_all


def comment_waits(comment: Comment) -> None:
    """Somebody wrote: those who answer on the page are told, or its owners when nobody does."""
    people = [grant.manager.person for grant in queries.answerers(comment.channel_id)]
    notify_all(people or businesses.members(comment.channel.business, Role.owner), "inbox/comment_waits", subject=comment)


def reply_held(reply: Reply) -> None:
    """An answer with a number or a link waits for an owner."""
    notify_all(businesses.members(reply.comment.channel.business, Role.owner), "inbox/reply_held", subject=reply.comment, reply=reply)


def reply_stopped(reply: Reply) -> None:
    """The owner did not let it go."""
    notify(reply.person, "inbox/reply_stopped", subject=reply.comment, reply=reply)


def reply_failed(reply: Reply) -> None:
    """It is not under the comment."""
    notify(reply.person, "inbox/reply_failed", subject=reply.comment, reply=reply)
