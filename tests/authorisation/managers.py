"""Who may read and change profiles."""
from __future__ import annotations

from typing import Any

from marketplace.managers import queries
from tests.authorisation.routes import Route
from tests.factories.files import upload
from tests.factories.managers import PROFILE, make_item, make_manager

ANYONE = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)
OWNER = {"visitor": 303, "ada": 404, "ben": 200, "eve": 404, "sam": 404}
DONE = {**OWNER, "ben": 303}
# Packages and work of a public profile are seen by all; changing them is its owner's alone.
SEEN = {"visitor": 303, "ada": 403, "ben": 200, "eve": 403, "sam": 403}
CHANGED = {**SEEN, "ben": 303}
PACKAGE = {"title": "Busy brand", "kind": "management", "price_minor": "10,000", "posts": "150", "videos": "8", "messages_a_day": "120",
           "description": ""}


def _own(world: Any) -> dict[str, Any]:
    """ben's profile exists; the address names none."""
    assert world.manager
    return {}


THINGS = {
    "manager": lambda world: make_manager(world.ben),
    "package": lambda world: queries.packages(world.manager)[0],
    "item": lambda world: make_item(world.manager),
    "other_manager": lambda world: make_manager(world.eve, published=False, vetted=()),
    "other_package": lambda world: queries.packages(world.other_manager)[0],
    "other_item": lambda world: make_item(world.other_manager),
}
ROUTES = [
    Route("managers.index", "GET", ANYONE, ids=_own, statements=6, query={"q": "boutique", "trade": "boutique"}),
    Route("managers.show", "GET", ANYONE, ids=lambda world: {"slug": world.manager.slug},
          other=lambda world: {"slug": world.other_manager.slug}, statements=6),
    Route("managers.profile", "GET", {**ANYONE, "visitor": 303}, ids=_own, statements=12),
    Route("managers.profile", "POST", dict.fromkeys(ANYONE, 303), ids=_own, data={"name": "Rina", **PROFILE}),
    Route("managers.preview", "GET", OWNER, ids=_own, statements=12),
    Route("managers.create_publication", "POST", DONE, ids=_own),
    Route("managers.create_withdrawal", "POST", DONE, ids=_own),
    Route("managers.new_package", "GET", OWNER, ids=_own, statements=6),
    Route("managers.new_package", "POST", DONE, ids=_own, data=PACKAGE),
    Route("managers.edit_package", "GET", SEEN, ids=lambda world: {"package_id": world.package.id},
          other=lambda world: {"package_id": world.other_package.id}, statements=6),
    Route("managers.edit_package", "POST", CHANGED, ids=lambda world: {"package_id": world.package.id},
          other=lambda world: {"package_id": world.other_package.id}, data=PACKAGE),
    Route("managers.create_package_removal", "POST", {**CHANGED, "ben": 409}, ids=lambda world: {"package_id": world.package.id},
          other=lambda world: {"package_id": world.other_package.id}),
    Route("managers.new_item", "GET", OWNER, ids=_own, statements=6),
    Route("managers.new_item", "POST", DONE, ids=_own, data=lambda world: {"title": "Eid", "text": "", "picture": upload()}),
    Route("managers.edit_item", "GET", SEEN, ids=lambda world: {"item_id": world.item.id},
          other=lambda world: {"item_id": world.other_item.id}, statements=6),
    Route("managers.edit_item", "POST", CHANGED, ids=lambda world: {"item_id": world.item.id},
          other=lambda world: {"item_id": world.other_item.id}, data={"title": "Puja", "text": ""}),
    Route("managers.create_rise", "POST", CHANGED, ids=lambda world: {"item_id": world.item.id},
          other=lambda world: {"item_id": world.other_item.id}),
    Route("managers.create_item_removal", "POST", CHANGED, ids=lambda world: {"item_id": world.item.id},
          other=lambda world: {"item_id": world.other_item.id}),
]
