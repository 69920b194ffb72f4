"""What disputes do when payments below change."""
from __future__ import annotations

import uuid

from marketplace.contracts import signals as contracts
from marketplace.contracts.models import Milestone
from marketplace.contracts.queries import Turn
from marketplace.disputes import commands, queries
from marketplace.payments import signals
from marketplace.payments.models import Payment


@signals.chargeback_decided.connect
def on_chargeback_decided(payment: Payment) -> None:
    """A decision had found the manager at fault before the bank decided about the payment."""
    if dispute := queries.found_at_fault(payment.subject):
        commands.recover.later(dispute.id, once=f"disputes.recover:{dispute.id}")


@contracts.turns_asked.connect
def on_turns_asked(milestone_ids: tuple[uuid.UUID, ...]) -> dict[uuid.UUID, Turn]:
    """Whose word is awaited, and until when."""
    return queries.turns_of(milestone_ids)


@contracts.milestone_written_off.connect
def on_milestone_written_off(milestone: Milestone) -> None:
    """A bank kept what was held: nobody can claim that any more."""
    for dispute in queries.disputes_of(milestone):
        if dispute.undecided:
            commands.lower_claim.later(dispute.id, once=f"disputes.lower_claim:{dispute.id}")
