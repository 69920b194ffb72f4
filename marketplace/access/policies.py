"""Who may give access and take it back."""
from __future__ import annotations

from typing import Any

from marketplace.access.models import Grant
from marketplace.businesses import policies as businesses
from marketplace.contracts.models import Contract
from marketplace.core.authorisation import policy


@policy
def grant_access(person: Any, contract: Contract) -> bool:
    """An owner of the business."""
    return businesses.manage(person, contract.business)


@policy
def ask_access(person: Any, contract: Contract) -> bool:
    """The contract's manager."""
    return contract.manager.person_id == person.id


@policy
def see_grant(_person: Any, _grant: Grant) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def change_access(person: Any, grant: Grant) -> bool:
    """An owner of the business."""
    return businesses.manage(person, grant.contract.business)


@policy
def revoke_access(person: Any, grant: Grant) -> bool:
    """An owner or approver: stopping must be easy."""
    return businesses.approve(person, grant.contract.business)


@policy
def report_loss(person: Any, grant: Grant) -> bool:
    """An owner or approver: whoever may stop access."""
    return revoke_access(person, grant)
