"""Who may do what with reviews."""
from __future__ import annotations

from typing import Any

from marketplace.businesses.queries import role_in
from marketplace.contracts.models.offer import Side
from marketplace.core.authorisation import policy
from marketplace.reviews.models import Review
from marketplace.reviews.queries import WRITERS, Round


@policy
def look(_person: Any, _round: Round) -> bool:
    """See the round: both sides, whom the query shows it to."""
    return True


@policy
def write(person: Any, round_: Round) -> bool:
    """Write the review of one's own side."""
    return _speaks_for(person, round_.mine, round_.mine.by_side)


@policy
def reply(person: Any, review: Review) -> bool:
    """Answer a review: those it is about."""
    return _speaks_for(person, review, review.by_side.other)


def _speaks_for(person: Any, review: Review, side: Side) -> bool:
    is_manager = review.manager.person_id == person.id
    return is_manager if side is Side.manager else not is_manager and role_in(person, review.business_id) in WRITERS
