"""Who may open the pages of bids."""
from __future__ import annotations

from marketplace.bids import commands
from marketplace.bids.models import Bid
from tests.authorisation.routes import Route
from tests.factories.bids import bid_values, make_bid

SIGNED_IN = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 303)
MANAGER = {"visitor": 303, "ada": 403, "ben": 200, "eve": 404, "sam": 404}
MANAGER_ACTS = {**MANAGER, "ben": 303}
BUSINESS = {"visitor": 303, "ada": 200, "ben": 404, "eve": 404, "sam": 404}
BUSINESS_ACTS = {"visitor": 303, "ada": 303, "ben": 403, "eve": 404, "sam": 404}
WRITER = {"visitor": 303, "ada": 403, "ben": 200, "eve": 403, "sam": 403}


def _bid(world):
    return {"bid_id": world.sent_bid.id}


def _other(world):
    return {"bid_id": world.other_bid.id}


def _listed(world) -> Bid:
    commands.shortlist(world.sent_bid, world.ada)
    return world.sent_bid


def _job(world):
    return {"job_id": world.manager and world.job.id}


def _others(world):
    return {"job_id": world.other_draft.id}


def _asked(world):
    if "When can you begin?" not in world.job.questions:
        commands.ask_all(world.job, "When can you begin?", world.ada)
    return {"question": "When can you begin?", "answer": "On Sunday."}


def _typed(world):
    """The form of a bid as a browser sends it, with one step."""
    values = bid_values(world.job)
    return {"price_minor": "7000", "days": "30", "posts_a_week": "15", "covers": values["covers"], "strategy": values["strategy"],
            "answers-0": "Two pages.", "milestones-0-title": "All of it", "milestones-0-amount_minor": "7000", "milestones-0-days": "30"}


THINGS = {
    "sent_bid": lambda world: make_bid(world.job, world.manager),
    "listed_bid": _listed,
    "other_bid": lambda world: make_bid(world.other_open_job, world.manager),
}
ROUTES = [
    Route("bids.index", "GET", {**SIGNED_IN, "ben": 200}, ids=lambda world: world.sent_bid and {}, statements=8),
    Route("bids.create", "GET", WRITER, ids=_job, other=_others, statements=12),
    Route("bids.create", "POST", {**WRITER, "ben": 303}, ids=_job, other=_others, data=_typed, statements=15),
    Route("bids.show", "GET", {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 404}, ids=_bid, other=_other, statements=16),
    Route("bids.edit", "GET", MANAGER, ids=_bid, other=_other, statements=8),
    Route("bids.edit", "POST", MANAGER_ACTS, ids=_bid, other=_other, data=_typed),
    Route("bids.listing", "GET", BUSINESS, ids=lambda world: {"job_id": world.sent_bid.job_id}, other=_others, statements=12),
    Route("bids.compare", "GET", BUSINESS, ids=lambda world: {"job_id": world.sent_bid.job_id}, other=_others, statements=12),
    Route("bids.create_question", "POST", {**BUSINESS, "ada": 303}, ids=lambda world: {"job_id": world.sent_bid.job_id}, other=_others,
          data={"text": "When can you begin?"}),
    Route("bids.create_answer", "POST", MANAGER_ACTS, ids=_bid, other=_other, data=_asked),
    Route("bids.create_withdrawal", "POST", MANAGER_ACTS, ids=_bid, other=_other),
    Route("bids.create_shortlisting", "POST", BUSINESS_ACTS, ids=_bid, other=_other),
    Route("bids.create_unlisting", "POST", BUSINESS_ACTS, ids=lambda world: {"bid_id": world.listed_bid.id}, other=_other),
    Route("bids.create_refusal", "POST", BUSINESS_ACTS, ids=_bid, other=_other, data={"reason": "price"}),
]
