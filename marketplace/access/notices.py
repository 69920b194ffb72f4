"""What both sides are told about access."""
from __future__ import annotations

from collections.abc import Sequence

from marketplace.access.models import AccessRequest, Grant, PageLoss
from marketplace.access.queries import CONFIRM_LINK
from marketplace.accounts.models import Person
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.core import crypto
from marketplace.core.mail import letter
from marketplace.notifications.commands import notify, notify_all


def access_granted(grant: Grant) -> None:
    """The manager is told what they may do, the owners what they gave."""
    _tell_both(grant, "access_granted")


def access_asked(request: AccessRequest) -> None:
    """The owners are to give access; they alone can."""
    notify_all(businesses.members(request.contract.business, Role.owner), "access/access_asked", subject=request.contract)


def access_changed(grant: Grant) -> None:
    """Rights or end are different."""
    _tell_both(grant, "access_changed")


def access_suspended(grant: Grant) -> None:
    """Nothing is funded."""
    _tell_both(grant, "access_suspended")


def access_resumed(grant: Grant) -> None:
    """Money is held, access goes on."""
    _tell_both(grant, "access_resumed")


def access_doubted(grants: Sequence[Grant]) -> None:
    """Owners learn why access rests. The link that confirms goes to the manager's address alone: whoever sits in their account
    must not find it there.
    """
    manager = grants[0].manager
    token = crypto.sign(CONFIRM_LINK, str(manager.id))
    letter("access/confirm_identity", manager.person.email, manager.person.language, name=manager.person.name,
           confirm=f"/access/confirmation/{token}")
    for grant in grants:
        notify_all(businesses.members(grant.contract.business, Role.owner), "access/access_doubted", subject=grant)


def access_confirmed(grant: Grant) -> None:
    """It was the manager: access is as before."""
    _tell_both(grant, "access_confirmed")


def access_revoked(grant: Grant) -> None:
    """Stopped."""
    _tell_both(grant, "access_revoked")


def access_expired(grant: Grant) -> None:
    """Its day came."""
    _tell_both(grant, "access_expired")


def page_lost(loss: PageLoss) -> None:
    """Both sides learn what stops, until when, and that money held is safe."""
    notify_all(_sides(loss), "access/page_lost", subject=loss)


def page_back(loss: PageLoss, why: str) -> None:
    """Payouts go on."""
    notify_all(_sides(loss), "access/page_back", subject=loss, why=why)


def page_gone(loss: PageLoss, why: str) -> None:
    """Payouts keep waiting; owners read how a dispute is opened."""
    notify(loss.manager.person, "access/page_gone", subject=loss, why=why)
    notify_all(_owners(loss), "access/page_gone_owner", subject=loss, why=why)


def _sides(row: Grant | PageLoss) -> list[Person]:
    return [row.manager.person, *_owners(row)]


def _owners(row: Grant | PageLoss) -> list[Person]:
    return businesses.members(row.contract.business, Role.owner)


def _tell_both(grant: Grant, letter: str) -> None:
    notify_all(_sides(grant), f"access/{letter}", subject=grant)
