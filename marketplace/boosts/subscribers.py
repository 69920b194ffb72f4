"""What boosts do when contracts and their money move below."""
from __future__ import annotations

import uuid

from flask_babel import gettext as _
from sqlalchemy import Select

from marketplace.accounts.models import Person
from marketplace.boosts import commands, queries
from marketplace.boosts.commands.endings import end_after_work, end_boosts
from marketplace.boosts.commands.planning import fund_boosts
from marketplace.boosts.models import Draw
from marketplace.boosts.queries.wallet import ad_sums
from marketplace.contracts import signals as contracts
from marketplace.contracts.models import Contract, Milestone, Settlement
from marketplace.contracts.queries.wallet import Sum
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
    """A step has no money any more: without another one to come, no more ads."""
    on_milestone_ended(settlement.milestone)


@contracts.milestone_ended.connect
def on_milestone_ended(milestone: Milestone) -> None:
    """As above, also where a bank or a decision ended it."""
    if not milestone.held and queries.agreed_dollars(milestone.contract):
        end_after_work.later(milestone.contract_id, once=f"end-ads-after:{milestone.id}")


@contracts.contract_ended.connect
def on_contract_ended(contract: Contract) -> None:
    """No more ads; the last receipts, then what is left goes back."""
    end_boosts(contract, "the contract's money ended")
    if pot := queries.pot_of(contract.id):
        commands.close_pot(pot, why="the contract ended")


@contracts.work_asked.connect
def on_work_asked(milestone: Milestone) -> list[tuple[str, int]]:
    """Receipts for ads that were repaid since it was paid in."""
    return [(_("ad receipts repaid"), queries.drawn_since(milestone.contract_id, milestone.funded_at))]


@contracts.owner_awaited.connect
def on_owner_awaited(_sender: None) -> Select:
    """Planned boosts that wait for the business."""
    return queries.waiting_for_approval()


@contracts.wallet_asked.connect
def on_wallet_asked(person: Person) -> list[Sum]:
    """Ad money is held, repaid and returned beside the price of work."""
    return ad_sums(person)


@payments.transfer_sent.connect
def on_transfer_sent(transfer: Transfer) -> None:
    """A draw is on its way to the manager."""
    kind, _, key = transfer.subject.partition(":")
    if kind == Draw.KIND and (draw := db.session.get(Draw, uuid.UUID(key))):
        commands.mark_paid(draw)
