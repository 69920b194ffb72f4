"""What both sides are told about bids, in their own language."""
from __future__ import annotations

from marketplace.bids.models import Bid
from marketplace.businesses.models import Role
from marketplace.businesses.queries import members
from marketplace.notifications.commands import notify, notify_all


def submitted(bid: Bid) -> None:
    """A new bid."""
    _tell_business(bid, "submitted")


def edited(bid: Bid) -> None:
    """A bid says something else now."""
    _tell_business(bid, "edited")


def asked(bid: Bid, question: str) -> None:
    """The business asks everybody who has bid."""
    _tell_manager(bid, "asked", question=question)


def answered(bid: Bid, question: str, answer: str) -> None:
    """A bid answers it."""
    _tell_business(bid, "answered", question=question, answer=answer)


def withdrawn(bid: Bid) -> None:
    """A bid was taken back."""
    _tell_business(bid, "withdrawn")


def shortlisted(bid: Bid) -> None:
    """The business keeps the bid for comparison."""
    _tell_manager(bid, "shortlisted")


def declined(bid: Bid, reason: object) -> None:
    """The business said no, with its reason."""
    _tell_manager(bid, "declined", reason=reason)


def lapsed(bid: Bid) -> None:
    """The job ended without it."""
    _tell_manager(bid, "lapsed")


def _tell_business(bid: Bid, letter: str, **context: object) -> None:
    notify_all(members(bid.job.business, Role.owner, Role.approver), f"bids/{letter}", subject=bid, bid=bid, job=bid.job,
               **context)


def _tell_manager(bid: Bid, letter: str, **context: object) -> None:
    notify(bid.manager.person, f"bids/{letter}", subject=bid, bid=bid, job=bid.job, **context)
