"""Who may answer and hide, and who lets a held answer go."""
from __future__ import annotations

from typing import Any

from marketplace.access.models import Right
from marketplace.businesses import policies as businesses
from marketplace.core.authorisation import policy
from marketplace.inbox import queries
from marketplace.inbox.models import Comment, Reply


@policy
def see_comment(_person: Any, _comment: Comment) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def answer_comment(person: Any, comment: Comment) -> bool:
    """An owner of the page's business, or a manager whose grant says so now."""
    return owns_page(person, comment) or queries.grant_for(person, comment, Right.reply_public) is not None


@policy
def hide_comment(person: Any, comment: Comment) -> bool:
    """The same, for hiding."""
    return owns_page(person, comment) or queries.grant_for(person, comment, Right.hide_comment) is not None


@policy
def owns_page(person: Any, comment: Comment) -> bool:
    """Speak as the page without a grant: an owner of its business, while it is connected."""
    return comment.channel.status == "connected" and businesses.manage(person, comment.channel.business)


@policy
def decide_reply(person: Any, reply: Reply) -> bool:
    """An owner of the business whose customer it is."""
    return businesses.manage(person, reply.comment.channel.business)
