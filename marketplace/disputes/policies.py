"""Who may do what in a dispute. Both sides may speak and settle; who decides belongs to neither."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Person
from marketplace.businesses import policies as businesses
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import side_of
from marketplace.core.authorisation import policy
from marketplace.disputes.models import Dispute, SplitProposal
from marketplace.disputes.queries import DECIDERS


@policy
def open_dispute(person: Person, milestone: Milestone) -> bool:
    """The manager, or those who approve or spend for the business."""
    return _speaks(person, milestone.contract)


@policy
def see(person: Person, dispute: Dispute) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def speak(person: Person, dispute: Dispute) -> bool:
    """Add to the record: the manager, those who approve or spend for the business, and the team, which asks."""
    return _speaks(person, dispute.milestone.contract) or mediate(person, dispute)


@policy
def settle(person: Person, dispute: Dispute) -> bool:
    """Give way, or propose how to divide: the manager, or those who may spend for the business."""
    contract = dispute.milestone.contract
    return side_of(person, contract) is Side.manager or businesses.spend(person, contract.business)


@policy
def accept_claim(person: Person, dispute: Dispute) -> bool:
    """Give all that is claimed: the side it is claimed from."""
    return settle(person, dispute) and side_of(person, dispute.milestone.contract) is dispute.by_side.other


@policy
def withdraw(person: Person, dispute: Dispute) -> bool:
    """Claim less, or nothing: the side that claims."""
    return settle(person, dispute) and side_of(person, dispute.milestone.contract) is dispute.by_side


@policy
def answer_proposal(person: Person, proposal: SplitProposal) -> bool:
    """Agree to a division or not: the side that did not propose it."""
    return settle(person, proposal.dispute) and side_of(person, proposal.dispute.milestone.contract) is proposal.by_side.other


@policy
def see_queue(person: Any, _subject: Any = None) -> bool:
    """The team's list: mediators and finance."""
    return person.is_staff(*DECIDERS)


@policy
def mediate(person: Any, dispute: Dispute) -> bool:
    """Decide: mediators and finance who belong to neither side; once it was handed over, somebody else than before."""
    return see_queue(person) and side_of(person, dispute.milestone.contract) is None and person.id != dispute.first_mediator_id


def _speaks(person: Person, contract: Contract) -> bool:
    business = contract.business
    return side_of(person, contract) is Side.manager or businesses.spend(person, business) or businesses.approve(person, business)
