"""What boosts do when contracts and their money move below."""
from __future__ import annotations

import uuid

from flask_babel import gettext as _

from marketplace.boosts import commands, queries
from marketplace.boosts.commands.planning import fund_boosts
from marketplace.boosts.models import BoostStatus, Draw
from marketplace.contracts import signals as contracts
from marketplace.contracts.models import Contract, Milestone, MilestoneStatus, Settlement
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.payments import signals as payments
from marketplace.payments.models import Transfer


@contracts.contract_started.connect
def on_contract_started(contract: Contract) -> None:
    """A second pot, where the manager's card pays Meta."""
    commands.plan_pot(contract)


@contracts.ads_asked.connect
def on_ads_asked(milestone: Milestone, bind: bool) -> Money | None:
    """What ads cost that are paid in with a milestone."""
    return commands.price_of_pot(milestone, bind)


@contracts.milestone_funded.connect
def on_milestone_funded(milestone: Milestone) -> None:
    """The ad money is held: agreed boosts may be launched."""
    commands.fund_pot(milestone)
    fund_boosts(milestone.contract)


@contracts.milestone_settled.connect
def on_milestone_settled(settlement: Settlement) -> None:
    """The step whose money it came with has ended: no more ads. Given back to the business, what is undrawn goes back with it."""
    milestone = settlement.milestone
    if milestone.held or not queries.agreed_dollars(milestone.contract) or not (pot := queries.pot_of_milestone(milestone.id)):
        return
    _end_boosts(milestone.contract)
    commands.close_pot(pot, clock.now() if milestone.status == MilestoneStatus.refunded else None, why="the step has ended")


@contracts.contract_ended.connect
def on_contract_ended(contract: Contract) -> None:
    """No more ads; the last receipts, then what is left goes back."""
    _end_boosts(contract)
    if pot := queries.pot_of(contract.id):
        commands.close_pot(pot, why="the contract ended")


@contracts.work_asked.connect
def on_work_asked(milestone: Milestone) -> list[tuple[str, int]]:
    """Receipts for ads that were repaid since it was paid in."""
    return [(_("ad receipts repaid"), queries.drawn_since(milestone.contract_id, milestone.funded_at))]


@payments.transfer_sent.connect
def on_transfer_sent(transfer: Transfer) -> None:
    """A draw is on its way to the manager."""
    kind, _, key = transfer.subject.partition(":")
    if kind == Draw.KIND and (draw := db.session.get(Draw, uuid.UUID(key))):
        commands.mark_paid(draw)


def _end_boosts(contract: Contract) -> None:
    for boost in queries.boosts_of(contract.id):
        if boost.status != BoostStatus.ended:
            commands.end_boost(boost, None, "the contract's money ended")
