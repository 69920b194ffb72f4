"""What reviews do when a contract, or a month of it, ends below."""
from __future__ import annotations

from marketplace.contracts import signals
from marketplace.contracts.models import Contract, Milestone
from marketplace.reviews import commands


@signals.contract_closed.connect
def on_contract_closed(contract: Contract) -> None:
    """The money has settled: both sides may review each other."""
    commands.open_last_round(contract)


@signals.milestone_ended.connect
def on_milestone_ended(milestone: Milestone) -> None:
    """A month's money has settled."""
    commands.open_round_after(milestone)
