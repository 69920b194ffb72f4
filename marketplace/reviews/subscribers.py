"""What reviews do when a contract ends below."""
from __future__ import annotations

from marketplace.contracts import signals
from marketplace.contracts.models import Contract
from marketplace.reviews import commands


@signals.contract_closed.connect
def on_contract_closed(contract: Contract) -> None:
    """The money has settled: both sides may review each other."""
    commands.open_round(contract)
