"""What both sides are told about access."""
from __future__ import annotations

from marketplace.access.models import Grant
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.notifications.commands import notify_all


def access_granted(grant: Grant) -> None:
    """The manager is told what they may do, the owners what they gave."""
    _tell_both(grant, "access_granted")


def access_changed(grant: Grant) -> None:
    """Rights or end are different."""
    _tell_both(grant, "access_changed")


def access_suspended(grant: Grant) -> None:
    """Nothing is funded."""
    _tell_both(grant, "access_suspended")


def access_resumed(grant: Grant) -> None:
    """Money is held, access goes on."""
    _tell_both(grant, "access_resumed")


def access_revoked(grant: Grant) -> None:
    """Stopped."""
    _tell_both(grant, "access_revoked")


def access_expired(grant: Grant) -> None:
    """Its day came."""
    _tell_both(grant, "access_expired")


def _tell_both(grant: Grant, letter: str) -> None:
    people = [grant.manager.person, *businesses.members(grant.contract.business, Role.owner)]
    notify_all(people, f"access/{letter}", subject=grant)
