"""What an offer does to the bid it stands on; called by contracts, which knows offers."""
from __future__ import annotations

from typing import Any

from marketplace.bids.models import Bid
from marketplace.jobs import commands as jobs


def begin_offer(bid: Bid, by: Any) -> None:
    """An offer was made: the bid and its seat are spoken for."""
    bid.move("offer", by=by)
    jobs.offer_seat(bid.seat, by)


def end_offer(bid: Bid, by: Any = None) -> None:
    """The offer came to nothing: the bid is on the short list again and the seat is free."""
    bid.move("withdraw_offer", by=by)
    jobs.free_seat(bid.seat, by)


def accept(bid: Bid, by: Any) -> None:
    """The offer became a contract: the seat is filled."""
    bid.move("accept", by=by)
    jobs.fill_seat(bid.seat, by)
