"""Reads of bids, through the reader's eyes."""
from __future__ import annotations

import uuid
from typing import Any

from marketplace.bids.models import Bid
from marketplace.businesses import queries as businesses
from marketplace.core.db import db
from marketplace.managers import queries as managers


def bid_seen_by(reader: Any, bid_id: uuid.UUID) -> Bid | None:
    """A bid is sealed: its manager and the business it was made to read it."""
    bid = db.session.get(Bid, bid_id)
    if bid is None or not reader.is_authenticated:
        return None
    manager = managers.manager_of(reader)
    own = manager is not None and manager.id == bid.manager_id
    return bid if own or businesses.role_in(reader, bid.job.business_id) else None
