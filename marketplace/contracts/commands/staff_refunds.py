"""Finance sends held money of a step back to the card: little at once, much when a second person has confirmed."""
from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts import notices
from marketplace.contracts.commands import settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.queries import side_of
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.money import Money
from marketplace.payments.commands import proposals
from marketplace.payments.models import MoneyProposal

PROPOSAL = "milestone_refund"


def refund_by_staff(milestone: Milestone, amount: Money, *, by: Person, why: str, key: str) -> MoneyProposal:
    """Send back all or part of what is held of a step and free of dispute. `key`: the same one twice is one refund.

    Raises Invalid for an amount that is not there, WrongState while another one waits for a second person.
    """
    if known := proposals.find(f"{PROPOSAL}:{key}"):
        return known
    if not Money(0, amount.currency) < amount <= milestone.free:
        raise Invalid(_l("This is more than is held."), field="amount")
    return proposals.propose(PROPOSAL, subject=f"milestone:{milestone.id}", amount=amount, why=why, by=by, key=f"{PROPOSAL}:{key}")


@proposals.carries_out(PROPOSAL)
def carry_out(proposal: MoneyProposal, by: Person) -> None:
    """Settle it as every other refund is; neither of the two people may be a party."""
    milestone = db.session.get_one(Milestone, uuid.UUID(proposal.subject.partition(":")[2]))
    if side_of(by, milestone.contract) or side_of(proposal.proposed_by, milestone.contract):
        raise NotAllowed(_l("Whoever is a party to a contract decides nothing about its money as staff."))
    settlement = settlements.settle(milestone, to_business=proposal.amount, by=proposal.proposed_by, why=proposal.why)
    notices.milestone_settled(settlement) if milestone.held else notices.milestone_refunded(milestone)
