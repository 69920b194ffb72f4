"""What both sides and the team are told about disputes: a notice and a letter each, in the receiver's language."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Person, StaffRole
from marketplace.businesses.queries import members
from marketplace.contracts.models.offer import Side
from marketplace.core.money import Money
from marketplace.disputes import queries
from marketplace.disputes.models import CLAIMS, GROUNDS, Dispute, SplitProposal, Statement
from marketplace.disputes.queries import limits
from marketplace.notifications.commands import notify_all

ROLES = ("owner", "finance", "approver")


def opened(dispute: Dispute) -> None:
    """What is claimed and why; until when the other side may answer."""
    _tell_both(dispute, "opened", reason=dict(CLAIMS[dispute.by_side])[dispute.reason], days=limits.DAYS,
               decided_by=limits.decided_by(dispute.milestone))


def spoken(dispute: Dispute, statement: Statement) -> None:
    """Something new stands on the record; to whoever did not write it."""
    for side in Side:
        if side is not statement.by_side:
            _tell(dispute, side, "statement", statement=statement)


def reminder(dispute: Dispute, side: Side) -> None:
    """Until when this side may still speak, and what happens without it."""
    _tell(dispute, side, "reminder")


def mediation(dispute: Dispute) -> None:
    """Somebody of the team decides, until when."""
    _tell_both(dispute, "mediation")
    team_waits(dispute)


def handed_over(dispute: Dispute) -> None:
    """Nobody decided in time: somebody else does, until when."""
    _tell_both(dispute, "handed_over")
    team_waits(dispute, StaffRole.mediator, StaffRole.finance)


def team_waits(dispute: Dispute, *roles: StaffRole) -> None:
    """A dispute waits for a decision; to mediators, and further roles where told."""
    people = [person for person in queries.deciders(*(roles or (StaffRole.mediator,))) if person.id != dispute.first_mediator_id]
    notify_all(people, "disputes/team_waits", subject=dispute, dispute=dispute)


def proposed(proposal: SplitProposal) -> None:
    """How the other side would divide it."""
    _tell(proposal.dispute, proposal.by_side.other, "proposal", proposal=proposal)


def declined(proposal: SplitProposal) -> None:
    """The other side said no."""
    _tell(proposal.dispute, proposal.by_side, "proposal_declined", proposal=proposal)


def reduced(dispute: Dispute) -> None:
    """Less is claimed now."""
    _tell(dispute, dispute.by_side.other, "reduced")


def withdrawn(dispute: Dispute) -> None:
    """All is as it was before."""
    _tell_both(dispute, "withdrawn")


def bank_kept(dispute: Dispute, kept: Money) -> None:
    """So much of the claim the bank gave back to the payer; what is left is claimed, or nothing and it is over."""
    _tell_both(dispute, "bank_kept", kept=kept)


def settled(dispute: Dispute) -> None:
    """The sides agreed: who gets what."""
    _tell_both(dispute, "settled")


def decided(dispute: Dispute) -> None:
    """Who gets what, and why."""
    _tell_both(dispute, "decided", grounds=[ground for ground in GROUNDS if ground.code in dispute.grounds])


def _tell_both(dispute: Dispute, letter: str, **context: Any) -> None:
    for side in Side:
        _tell(dispute, side, letter, **context)


def _tell(dispute: Dispute, side: Side, letter: str, **context: Any) -> None:
    notify_all(_people(dispute, side), f"disputes/{letter}", subject=dispute, dispute=dispute, side=side,
               claimant=_name(dispute, dispute.by_side), **context)


def _people(dispute: Dispute, side: Side) -> list[Person]:
    contract = dispute.milestone.contract
    return [contract.manager.person] if side is Side.manager else members(contract.business, *ROLES)


def _name(dispute: Dispute, side: Side) -> str:
    contract = dispute.milestone.contract
    return contract.manager.name if side is Side.manager else contract.business.name
