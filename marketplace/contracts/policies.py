"""Who may do what with offers, contracts and milestones. Being seen is settled before; these decide between the parties."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Person, StaffRole
from marketplace.bids.models import Bid
from marketplace.businesses import policies as businesses
from marketplace.contracts.models import (
    Bonus,
    ChangeOrder,
    Contract,
    HandoverItem,
    Milestone,
    Month,
    MonthProposal,
    Offer,
    RefundRequest,
    Retainer,
)
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import side_of
from marketplace.core.authorisation import policy
from marketplace.core.config import rule
from marketplace.managers import queries as managers

CONFIRM_FROM_MINOR = rule("APPROVAL_CONFIRM_MINOR", 200_000, "approving this much, in minor units, asks for the password again")


@policy
def make_offer(person: Person, bid: Bid) -> bool:
    """Those who may spend for the business whose job it is."""
    return businesses.spend(person, bid.job.business)


@policy
def answer_offer(person: Person, offer: Offer) -> bool:
    """The manager, or those who may spend for the business."""
    return _is_manager(person, offer) or businesses.spend(person, offer.business)


@policy
def fund_milestone(person: Person, milestone: Milestone) -> bool:
    """Those who may spend."""
    return businesses.spend(person, milestone.contract.business)


@policy
def deliver_milestone(person: Person, milestone: Milestone) -> bool:
    """The hired manager."""
    return _is_manager(person, milestone.contract)


@policy
def approve_milestone(person: Person, milestone: Milestone) -> bool:
    """Those who may approve content or spend, and are not the manager themselves."""
    return not _is_manager(person, milestone.contract) and (
        businesses.approve(person, milestone.contract.business) or businesses.spend(person, milestone.contract.business))


@policy
def answer_refund_request(person: Person, request: RefundRequest) -> bool:
    """The manager, to whom the money would go."""
    return _is_manager(person, request.milestone.contract)


@policy
def end_contract(person: Person, contract: Contract) -> bool:
    """Either party."""
    return _is_manager(person, contract) or businesses.spend(person, contract.business)


@policy
def pause_contract(person: Person, contract: Contract) -> bool:
    """Either party."""
    return end_contract(person, contract)


@policy
def resume_contract(person: Person, contract: Contract) -> bool:
    """The side that paused; the other may end the contract."""
    return end_contract(person, contract) and contract.paused_by in (None, as_side(person, contract))


@policy
def consent_to_charges(person: Person, retainer: Retainer) -> bool:
    """Those who may spend: it is their card."""
    return businesses.spend(person, retainer.contract.business)


@policy
def propose_month(person: Person, month: Month) -> bool:
    """Either party."""
    return end_contract(person, month.milestone.contract)


@policy
def answer_proposal(person: Person, proposal: MonthProposal) -> bool:
    """The side to whom it was made."""
    contract = proposal.milestone.contract
    return end_contract(person, contract) and as_side(person, contract) is proposal.by_side.other


@policy
def propose_change(person: Person, contract: Contract) -> bool:
    """Either party."""
    return end_contract(person, contract)


@policy
def answer_change(person: Person, order: ChangeOrder) -> bool:
    """The side to whom it was proposed."""
    return end_contract(person, order.contract) and as_side(person, order.contract) is order.by_side.other


@policy
def withdraw_change(person: Person, order: ChangeOrder) -> bool:
    """The side that proposed it."""
    return end_contract(person, order.contract) and as_side(person, order.contract) is order.by_side


@policy
def give_bonus(person: Person, contract: Contract) -> bool:
    """Those who may spend, and are not the manager themselves."""
    return businesses.spend(person, contract.business) and not _is_manager(person, contract)


@policy
def cancel_bonus(person: Person, bonus: Bonus) -> bool:
    """Those who may give it."""
    return give_bonus(person, bonus.contract)


@policy
def see_change(person: Person, order: ChangeOrder) -> bool:
    """Whoever sees the contract."""
    return see_contract(person, order.contract)


@policy
def tick_handover(person: Person, item: HandoverItem) -> bool:
    """Those who approve for the business; it is they who get things back."""
    return businesses.approve(person, item.contract.business)


@policy
def see_contract(person: Person, contract: Contract) -> bool:
    """Whoever got this far sees it."""
    return side_of(person, contract) is not None or person.is_staff()


@policy
def refund_by_staff(person: Person, milestone: Milestone) -> bool:
    """Finance, and no party to the contract."""
    return person.is_staff(StaffRole.finance) and side_of(person, milestone.contract) is None


@policy
def check_funding(person: Person, _business: Any = None) -> bool:
    """Finance."""
    return person.is_staff(StaffRole.finance)


def as_side(person: Person, row: Any) -> Side:
    """The side a person acts for on a page they may act on."""
    return Side.manager if _is_manager(person, row) else Side.business


def _is_manager(person: Person, row: Contract | Offer) -> bool:
    manager = managers.manager_of(person)
    return manager is not None and manager.id == row.manager_id
