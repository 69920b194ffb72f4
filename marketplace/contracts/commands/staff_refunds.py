"""Finance sends a step's money back to the card: what is held, or what was released and the team does not let go.

Little goes at once, much when a second person has confirmed.
"""
from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts import notices, signals
from marketplace.contracts.commands import settlements
from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.contracts.queries import side_of
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.payments.commands import proposals
from marketplace.payments.commands.sending import WAITING
from marketplace.payments.commands.waiting import locked_for
from marketplace.payments.models import MoneyProposal, Transfer
from marketplace.payments.queries import transfers_for

PROPOSAL, TAKE_BACK = "milestone_refund", "milestone_take_back"


def refund_by_staff(milestone: Milestone, amount: Money, *, by: Person, why: str, key: str) -> MoneyProposal:
    """Send back all or part of what is held of a step and free of dispute. `key`: the same one twice is one refund.

    Raises Invalid for an amount that is not there, WrongState while another one waits for a second person.
    """
    if known := proposals.find(f"{PROPOSAL}:{key}"):
        return known
    if not Money(0, amount.currency) < amount <= milestone.free:
        raise Invalid(_l("This is more than is held."), field="amount")
    return _propose(PROPOSAL, milestone, amount, by, why, key)


def take_back_by_staff(milestone: Milestone, *, by: Person, why: str, key: str) -> MoneyProposal:
    """All that was released of a step goes back: it waits for finance, who found no work behind it. `key` as above.

    Raises WrongState when it does not wait for finance, or not wholly.
    """
    if known := proposals.find(f"{TAKE_BACK}:{key}"):
        return known
    _require_waiting(milestone, transfers_for(f"milestone:{milestone.id}"))
    amount = Money(milestone.released_minor, milestone.currency)
    return _propose(TAKE_BACK, milestone, amount, by, why, key)


def waits_for_finance(milestone: Milestone, transfers: Sequence[Transfer]) -> bool:
    """Whether all that was released of a step waits until finance has looked, and no dispute decides about it."""
    waiting = [transfer for transfer in transfers if transfer.status in WAITING and transfer.finance_looks]
    return milestone.status != MilestoneStatus.disputed and 0 < len(waiting) == len(transfers)


@proposals.carries_out(PROPOSAL)
def carry_out(proposal: MoneyProposal, by: Person) -> None:
    """Settle it as every other refund is; neither of the two people may be a party."""
    milestone = _milestone(proposal, by)
    settlement = settlements.settle(milestone, to_business=proposal.amount, by=proposal.proposed_by, why=proposal.why)
    notices.money_settled(settlement)


@proposals.carries_out(TAKE_BACK)
def carry_out_take_back(proposal: MoneyProposal, by: Person) -> None:
    """Take it from what was to be sent, the fee too; the step ends as one whose money went back."""
    milestone = _milestone(proposal, by)
    transfers = locked_for(proposal.subject)
    lock(milestone)
    _require_waiting(milestone, transfers)
    settlements.take_back(milestone, proposal.amount, f"proposal:{proposal.id}")
    if milestone.status == MilestoneStatus.approved:
        milestone.move("take_back", by=proposal.proposed_by, why=proposal.why)
        signals.milestone_ended.send(milestone)
    if proposal.amount == milestone.amount:  # of a part the manager's letter and the credit notes say how much
        notices.milestone_refunded(milestone)


def _propose(kind: str, milestone: Milestone, amount: Money, by: Person, why: str, key: str) -> MoneyProposal:
    return proposals.propose(kind, subject=f"milestone:{milestone.id}", contract=f"contract:{milestone.contract_id}", amount=amount,
                             why=why, by=by, key=f"{kind}:{key}")


def _milestone(proposal: MoneyProposal, by: Person) -> Milestone:
    milestone = db.session.get_one(Milestone, uuid.UUID(proposal.subject.partition(":")[2]))
    if side_of(by, milestone.contract) or side_of(proposal.proposed_by, milestone.contract):
        raise NotAllowed(_l("Whoever is a party to a contract decides nothing about its money as staff."))
    return milestone


def _require_waiting(milestone: Milestone, transfers: Sequence[Transfer]) -> None:
    if not waits_for_finance(milestone, transfers):
        raise WrongState(_l("This does not wait for finance any more, or not all of it. Money that was sent comes back by a dispute."))
