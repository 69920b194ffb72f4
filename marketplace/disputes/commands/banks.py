"""What the payer's bank kept cannot be claimed any more: the claim is lowered to what is left, and with nothing left it is over."""
from __future__ import annotations

import uuid

from marketplace.contracts.commands import settlements
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.core.tasks import task
from marketplace.disputes import notices
from marketplace.disputes.commands.settling import end_proposals
from marketplace.disputes.models import Dispute, Outcome


@task
def lower_claim(dispute_id: str) -> None:
    """Claim only what the bank left. A job, because disputes are locked before milestones."""
    dispute = db.session.get_one(Dispute, uuid.UUID(dispute_id))
    lock(dispute)
    lock(dispute.milestone)
    kept = dispute.claimed - dispute.claimed_still
    if not dispute.undecided or kept <= Money(0, dispute.currency):
        return
    end_proposals(dispute, None)
    if dispute.claimed_still:
        _lower(dispute)
    else:
        _end(dispute)
    notices.bank_kept(dispute, kept)


def _lower(dispute: Dispute) -> None:
    left = dispute.claimed_still.minor
    audit.record("dispute.reduce", dispute, before=dispute.claimed_minor, after=left, why=Outcome.bank)
    dispute.claimed_minor = left


def _end(dispute: Dispute) -> None:
    """All of it is with the business, by the bank's word and nobody's here; the step ends as what else became of it says."""
    dispute.move("settle", why=Outcome.bank)
    dispute.outcome, dispute.settled_at, dispute.remind_at = Outcome.bank, clock.now(), None
    dispute.to_business_minor, dispute.to_manager_minor = dispute.claimed_minor, 0
    settlements.unfreeze(dispute.milestone, None, why=Outcome.bank)
