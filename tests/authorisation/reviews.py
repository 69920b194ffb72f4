"""Who may read and write reviews."""
from __future__ import annotations

from typing import Any

from marketplace.contracts.models.offer import Side
from marketplace.reviews import queries
from tests.authorisation.routes import Route
from tests.factories.businesses import make_business
from tests.factories.contracts import make_bid, make_contract, make_offer
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager
from tests.factories.reviews import GOOD, ONE_STEP, make_closed, make_published, write
from tests.people import person_named

ANYONE = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)
SIDES = {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 404}
STARS = {"regularity": "5", "reply": "4", "care": "5", "honesty": "5", "brief": "5", "approvals": "5", "payment": "4", "text": GOOD}


def _of_others() -> Any:
    """A contract between nadia and zia."""
    job = make_job(make_business(person_named("Nadia Karim", "nadia@example.com")))
    return make_contract(make_offer(make_bid(job, make_manager(person_named("Zia Khan", "zia@example.com"))), milestones=ONE_STEP))


def _round(closed: Any) -> dict[str, Any]:
    return {"contract_id": closed.id}


THINGS = {
    "closed_contract": lambda world: make_closed(),
    "other_closed_contract": lambda world: make_closed(_of_others()),
    "review": lambda world: make_published(),
    "other_review": lambda world: write(queries.pair(world.other_closed_contract.id)[Side.manager]),
}
ROUTES = [
    Route("reviews.show", "GET", SIDES, ids=lambda world: _round(world.closed_contract),
          other=lambda world: _round(world.other_closed_contract), statements=12),
    Route("reviews.create", "POST", {**SIDES, "ada": 303, "ben": 303}, ids=lambda world: _round(world.closed_contract),
          other=lambda world: _round(world.other_closed_contract), data=STARS),
    Route("reviews.create_reply", "POST", {"visitor": 303, "ada": 403, "ben": 303, "eve": 403, "sam": 403},
          ids=lambda world: {"review_id": world.review.id}, other=lambda world: {"review_id": world.other_review.id},
          data={"text": "Thank you, it was a good month."}),
    Route("reviews.index", "GET", ANYONE, ids=lambda world: {"slug": world.review.manager.slug},
          other=lambda world: {"slug": world.other_manager.slug}, statements=8),
]
