"""Who may write and who may approve posts."""
from __future__ import annotations

from typing import Any

from marketplace.businesses import policies as businesses
from marketplace.contracts.models import Contract
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import side_of
from marketplace.core.authorisation import policy
from marketplace.publishing.models import Post


@policy
def write_posts(person: Any, contract: Contract) -> bool:
    """The contract's manager; whether there is access is the command's to say."""
    return side_of(person, contract) == Side.manager


@policy
def see_post(_person: Any, _post: Post) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def edit_post(person: Any, post: Post) -> bool:
    """The contract's manager."""
    return _writes(person, post)


@policy
def decide_post(person: Any, post: Post) -> bool:
    """An owner or approver of the business, who is not its writer: looks and may ask for changes."""
    return not _writes(person, post) and businesses.approve(person, post.contract.business)


@policy
def approve_post(person: Any, post: Post) -> bool:
    """The same; a post with a payment number, a phone or a link waits for an owner."""
    if post.findings:
        return not _writes(person, post) and businesses.manage(person, post.contract.business)
    return decide_post(person, post)


def _writes(person: Any, post: Post) -> bool:
    return post.contract.manager.person_id == person.id
