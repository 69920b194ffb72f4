"""What the two sides are told about reviews."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Person
from marketplace.businesses.queries import members
from marketplace.contracts.models.offer import Side
from marketplace.notifications.commands import notify_all
from marketplace.reviews.models import Review
from marketplace.reviews.queries import WRITERS


def opened(review: Review) -> None:
    """One may be written, until when; to its writer's side."""
    _tell(review, review.by_side, "opened")


def closing(review: Review) -> None:
    """It may be written a few days more."""
    _tell(review, review.by_side, "closing")


def published(review: Review) -> None:
    """Everybody reads it now; to those it is about."""
    _tell(review, review.by_side.other, "published")


def replied(review: Review) -> None:
    """Those it is about have answered; to its writer's side."""
    _tell(review, review.by_side, "replied")


def voided(review: Review, sentence: str) -> None:
    """It counts for nothing, and why."""
    _tell(review, review.by_side, "voided", sentence=sentence)


def restored(review: Review) -> None:
    """The team looked and lets it stand."""
    _tell(review, review.by_side, "restored")


def _tell(review: Review, side: Side, letter: str, **context: Any) -> None:
    notify_all(_people(review, side), f"reviews/{letter}", subject=review, **context)


def _people(review: Review, side: Side) -> list[Person]:
    return [review.manager.person] if side is Side.manager else members(review.business, *WRITERS)
