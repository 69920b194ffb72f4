"""Who may do what for a business."""
from __future__ import annotations

from typing import Any

from marketplace.businesses import queries
from marketplace.businesses.models import Business, Member, Role
from marketplace.core.authorisation import policy


@policy
def belong(person: Any, business: Business) -> bool:
    """Look at what is the business's: any member."""
    return queries.role_in(person, business.id) is not None


@policy
def manage(person: Any, business: Business) -> bool:
    """Change the business, its brands and members: an owner."""
    return queries.role_in(person, business.id) == Role.owner


@policy
def spend(person: Any, business: Business) -> bool:
    """Pay in, accept offers: an owner or finance."""
    return queries.role_in(person, business.id) in {Role.owner, Role.finance}


@policy
def approve(person: Any, business: Business) -> bool:
    """Approve posts and deliveries: an owner or approver."""
    return queries.role_in(person, business.id) in {Role.owner, Role.approver}


@policy
def manage_part(person: Any, part: Any) -> bool:
    """Change a member, brand or invitation of a business: an owner."""
    return queries.role_in(person, part.business_id) == Role.owner


@policy
def remove_member(person: Any, member: Member) -> bool:
    """Take somebody out: an owner; or anybody themselves."""
    return member.person_id == person.id or manage_part(person, member)


@policy
def join(person: Any, invitation: Any) -> bool:
    """Accept an invitation: whoever is signed in and holds its link."""
    return True
