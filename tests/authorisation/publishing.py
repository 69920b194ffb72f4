"""Who may open the calendar and posts."""
from __future__ import annotations

from datetime import timedelta

from marketplace.access.commands import revoke
from marketplace.core import clock
from marketplace.publishing.models import PostStatus
from tests.authorisation.routes import Route
from tests.factories.publishing import make_post, make_scheduled, make_submitted

SIGNED_IN = {"visitor": 303, "ada": 200, "ben": 200, "eve": 200, "sam": 200}
MANAGER = {"visitor": 303, "ada": 403, "ben": 200, "eve": 404, "sam": 403}
MANAGER_ACTS = {**MANAGER, "ben": 303}
BUSINESS = {"visitor": 303, "ada": 200, "ben": 403, "eve": 404, "sam": 403}
BUSINESS_ACTS = {**BUSINESS, "ada": 303}
BOTH = {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 200}


def _contract(world):
    return {"contract_id": world.grant.contract_id}


def _other_contract(world):
    return {"contract_id": world.other_grant.contract_id}


def _post(world):
    return {"post_id": world.submitted_post.id}


def _other(world):
    return {"post_id": world.other_post.id}


def _draft(world):
    return {"post_id": world.changes_post.id}


def _failed(world):
    return {"post_id": world.failed_post.id}


def _calendar(world):
    """A week with something in it."""
    for hours in range(1, 6):
        make_submitted(world.grant, at=clock.now() + timedelta(hours=hours))
    return {}


def _typed(world):
    evening = clock.today() + timedelta(days=2)
    return {"grant": str(world.grant.id), "text": "New sarees.", "publish_at": evening.strftime("%Y-%m-%dT%H:%M")}


def _changes(world):
    post = make_submitted(world.grant)
    post.move("ask_changes", by=world.ada)
    return post


def _failed_post(world):
    post = make_scheduled(world.grant)
    post.move("fail", why="test")
    assert post.status == PostStatus.failed
    return post


def _foreign(world):
    post = make_post(world.other_grant)
    revoke(world.other_grant, None)
    post.move("submit")
    return post


THINGS = {
    "submitted_post": lambda world: make_submitted(world.grant),
    "changes_post": _changes,
    "failed_post": _failed_post,
    "other_post": _foreign,
}

ROUTES = [
    Route("publishing.index", "GET", SIGNED_IN, ids=_calendar, statements=12),
    Route("publishing.new", "GET", MANAGER, ids=_contract, other=_other_contract, statements=10),
    Route("publishing.create", "POST", MANAGER_ACTS, ids=_contract, other=_other_contract, data=_typed),
    Route("publishing.show", "GET", BOTH, ids=_post, other=_other, statements=14),
    Route("publishing.edit", "GET", MANAGER, ids=_post, other=_other, statements=12),
    Route("publishing.update", "POST", MANAGER_ACTS, ids=_post, other=_other, data=_typed),
    Route("publishing.create_submission", "POST", MANAGER_ACTS, ids=_draft, other=_other),
    Route("publishing.create_approval", "POST", BUSINESS_ACTS, ids=_post, other=_other,
          data=lambda world: {"hash": world.submitted_post.hash}),
    Route("publishing.new_change_request", "GET", BUSINESS, ids=_post, other=_other, statements=10),
    Route("publishing.create_change_request", "POST", BUSINESS_ACTS, ids=_post, other=_other, data={"note": "Write the price."}),
    Route("publishing.create_retry", "POST", MANAGER_ACTS, ids=_failed, other=_other),
]
