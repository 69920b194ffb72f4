"""What concerns both sides, or the books themselves."""
from __future__ import annotations

import uuid

from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.tasks import sweep
from marketplace.ledger import queries
from marketplace.ledger.commands.posting import NotEnough, credit, debit, post
from marketplace.ledger.models import AccountKind

CHECKPOINT = text("select ledger_checkpoint(:at)")
CHECKPOINT_AFTER_ENTRIES = 1000


def roll_over(key: str, *, milestone: str, to: str, contract: str, business: str, amount: Money) -> uuid.UUID:
    """Held money is kept for another milestone, as money of the payments it came from. Raises NotEnough."""
    if known := queries.find(key):
        return known.id
    legs, missing = [], amount
    for source, there in queries.sources_of(milestone, amount.currency):
        part = min(there, missing)
        legs += [debit(AccountKind.held, milestone, part, source), credit(AccountKind.held, to, part, source)]
        missing -= part
    if missing:
        raise NotEnough()
    return post(key, "roll_over", legs, subject=milestone, contract=contract, business=business)


@sweep
def checkpoint() -> None:
    """Sum the platform-wide accounts anew when enough was written since the last time."""
    if queries.entries_since_checkpoint() >= CHECKPOINT_AFTER_ENTRIES:
        db.session.execute(CHECKPOINT, {"at": clock.now()})
