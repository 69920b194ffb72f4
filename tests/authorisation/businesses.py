"""Who may open and change a business."""
from __future__ import annotations

from typing import Any

from marketplace.businesses import commands, queries
from marketplace.businesses.models import Invitation, Role
from marketplace.core import crypto
from tests.authorisation.routes import Route
from tests.factories.businesses import make_business, make_member
from tests.people import person_named

TOKEN = "a-token-from-a-letter"
ANYBODY = {"visitor": 303, "ada": 200, "ben": 200, "eve": 200, "sam": 200}
OWNER = {"visitor": 303, "ada": 200, "ben": 404, "eve": 404, "sam": 404}
DONE = {**OWNER, "ada": 303}
BUSINESS = {"name": "Nokshi Ghor", "trade": "boutique", "district": "dhaka", "about": "Sarees."}
BRAND = {"name": "Nokshi Ghor", "trade": "boutique", "about": "", "guide": "Say আপু."}


def _invitation(business: Any, by: Any, token: str | None = None) -> Invitation:
    invitation = commands.invite(business, "rina@example.com", Role.viewer, by)
    if token:
        invitation.fingerprint = crypto.fingerprint(token)
    return invitation


def _own(world: Any) -> dict[str, Any]:
    """ada's business exists; the address names none."""
    assert world.business
    return {}


def _link(world: Any) -> dict[str, Any]:
    assert world.invitation
    return {"token": TOKEN}


THINGS = {
    "nadia": lambda world: person_named("Nadia Karim", "nadia@example.com"),
    "business": lambda world: make_business(world.ada),
    "brand": lambda world: queries.brands(world.business)[0],
    "member": lambda world: make_member(world.business, person_named("Rina Parvin", "rina.p@example.com")),
    "invitation": lambda world: _invitation(world.business, world.ada, TOKEN),
    "other_business": lambda world: make_business(world.nadia),
    "other_brand": lambda world: queries.brands(world.other_business)[0],
    "other_member": lambda world: queries.memberships(world.other_business)[0],
    "other_invitation": lambda world: _invitation(world.other_business, world.nadia),
}
ROUTES = [
    Route("businesses.create", "GET", ANYBODY, statements=10),
    Route("businesses.create", "POST", dict.fromkeys(ANYBODY, 303), data=BUSINESS),
    Route("businesses.home", "GET", {**dict.fromkeys(ANYBODY, 303), "ada": 200}, ids=_own, statements=12),
    Route("businesses.edit", "GET", OWNER, ids=_own, statements=8),
    Route("businesses.edit", "POST", DONE, ids=_own, data=BUSINESS),
    Route("businesses.new_brand", "GET", OWNER, ids=_own, statements=8),
    Route("businesses.new_brand", "POST", DONE, ids=_own, data=BRAND),
    Route("businesses.edit_brand", "GET", OWNER, ids=lambda world: {"brand_id": world.brand.id},
          other=lambda world: {"brand_id": world.other_brand.id}, statements=8),
    Route("businesses.edit_brand", "POST", DONE, ids=lambda world: {"brand_id": world.brand.id},
          other=lambda world: {"brand_id": world.other_brand.id}, data=BRAND),
    Route("businesses.create_invitation", "POST", DONE, ids=_own, data={"email": "new@example.com", "role": "viewer"}),
    Route("businesses.create_withdrawal", "POST", DONE, ids=lambda world: {"invitation_id": world.invitation.id},
          other=lambda world: {"invitation_id": world.other_invitation.id}),
    Route("businesses.create_role", "POST", DONE, ids=lambda world: {"member_id": world.member.id},
          other=lambda world: {"member_id": world.other_member.id}, data={"role": "finance"}),
    Route("businesses.create_removal", "POST", DONE, ids=lambda world: {"member_id": world.member.id},
          other=lambda world: {"member_id": world.other_member.id}),
    # Whoever holds the link sees it: it was sent to their mailbox and works once.
    Route("businesses.invitation", "GET", dict.fromkeys(ANYBODY, 200), ids=_link, statements=4),
    Route("businesses.create_acceptance", "POST", {**dict.fromkeys(ANYBODY, 303), "ada": 409}, ids=_link),
]
