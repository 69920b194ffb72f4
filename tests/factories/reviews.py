"""Closed contracts, and reviews of them."""
from __future__ import annotations

from typing import Any

from marketplace.contracts.commands import contracts, settlements
from marketplace.contracts.models import Contract
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import handover_of, milestones_of
from marketplace.reviews import commands, queries
from marketplace.reviews.models import CRITERIA, Review
from tests import people
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded

ONE_STEP = [{"title": "The month", "amount_minor": 700_000, "days": 30}]
GOOD = "Posts came on their day, and the inbox never waited long."


def make_closed(contract: Contract | None = None) -> Contract:
    """A contract whose only milestone was paid, done and sent, ended and closed: both sides may review now."""
    contract = contract or make_contract(milestones=ONE_STEP)
    approved = make_approved(make_delivered(make_funded(milestones_of(contract)[0])))
    settlements.mark_sent(approved)
    end(contract)
    return contract


def end(contract: Contract) -> None:
    """End it and work through the hand-over list."""
    contracts.end_contract(contract, people.ada(), Side.business, "The month is over.")
    for item in handover_of(contract):
        contracts.tick_handover(item, people.ada())


def make_round(contract: Contract | None = None) -> dict[Side, Review]:
    """Both reviews of a closed contract, waiting to be written."""
    return queries.pair(make_closed(contract).id)


def write(review: Review, stars: int = 5, text: str = GOOD, **options: Any) -> Review:
    """The review with so many stars for everything."""
    by = review.manager.person if review.by_side is Side.manager else people.ada()
    commands.write(review, by, {code: stars for code, _label in CRITERIA[review.by_side]}, text, **options)
    return review


def make_published(contract: Contract | None = None, stars: int = 5, **options: Any) -> Review:
    """The business's review, published together with the manager's."""
    reviews = make_round(contract)
    write(reviews[Side.manager], 4, "A clear brief, and answers the same day.")
    return write(reviews[Side.business], stars, **options)
