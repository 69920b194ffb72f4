"""When ads end that nobody ended: no work is to come in their contract, or the ad money has been held as long as it may be."""
from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from marketplace.boosts import queries
from marketplace.boosts.commands.pots import close_pot
from marketplace.boosts.commands.running import end_boost
from marketplace.boosts.models import AdPot, BoostStatus, PotStatus
from marketplace.boosts.queries.limits import ADS_DAYS, ads_end
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep, task


def end_boosts(contract: Contract, why: str) -> None:
    """None runs any more."""
    for boost in queries.boosts_of(contract.id):
        if boost.status != BoostStatus.ended:
            end_boost(boost, None, why)


@task
def end_after_work(contract_id: str) -> None:
    """A step ended. With no work to come the ads end too; given back to the business, what is undrawn goes back with it.

    A job of its own: it sees what two steps that ended at once have left, and locks the contract before the books.
    """
    contract = db.session.get_one(Contract, uuid.UUID(contract_id))
    lock(contract)
    pot = queries.pot_of(contract.id)
    if pot is None or queries.work_to_come(contract):
        return
    end_boosts(contract, "the contract's money ended")
    close_pot(pot, None if queries.work_was_paid(contract) else clock.now(), why="the last step has ended")


@sweep
def end_long_held() -> None:
    """Ad money that no ads may run from any more."""
    passed = clock.now() - timedelta(days=ADS_DAYS - 3)  # the rest of clocks may end it earlier
    old = select(AdPot.id, AdPot.funded_at).where(AdPot.status == PotStatus.funded, AdPot.funded_at <= passed)
    for row in db.session.execute(old.order_by(AdPot.funded_at).limit(200)):
        if ads_end(row.funded_at) <= clock.now():
            end_at_limit.later(row.id, once=f"end-ads:{row.id}")


@task
def end_at_limit(pot_id: str) -> None:
    """The last receipts, then what is left goes back, as all money does that has been held long enough."""
    pot = db.session.get_one(AdPot, uuid.UUID(pot_id))
    lock(pot.contract)
    lock(pot)
    if pot.status == PotStatus.funded and pot.funded_at and ads_end(pot.funded_at) <= clock.now():
        end_boosts(pot.contract, "held as long as it may be")
        close_pot(pot, why="held as long as it may be")
