"""What the parties are told about offers, contracts and milestones: a notice and a letter each, in the receiver's language."""
from __future__ import annotations

from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person, StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business
from marketplace.contracts.models import (
    Bonus,
    ChangeOrder,
    ChangeRequest,
    Contract,
    Milestone,
    Month,
    MonthProposal,
    Offer,
    RefundRequest,
    Retainer,
    Settlement,
)
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits
from marketplace.contracts.queries.months import earned_unasked
from marketplace.core.money import Money
from marketplace.notifications.commands import notify_all
from marketplace.payments.models import Card, Payment

MONEY_ROLES = ("owner", "finance")
WORK_ROLES = ("owner", "approver")


def offer_made(offer: Offer) -> None:
    _tell(offer, Side.manager, "offer_made", offer)


def offer_countered(offer: Offer) -> None:
    _tell(offer, offer.turn, "offer_countered", offer)


def offer_declined(offer: Offer, by: Person) -> None:
    _tell(offer, Side.business if by.id == offer.manager.person_id else Side.manager, "offer_declined", offer)


def offer_lapsed(offer: Offer) -> None:
    _tell_both(offer, "offer_lapsed", offer)


def contract_started(contract: Contract) -> None:
    _tell_both(contract, "contract_started", contract)


def milestone_funded(milestone: Milestone) -> None:
    _tell_both(milestone.contract, "milestone_funded", milestone)


def funding_failed(milestone: Milestone) -> None:
    _tell(milestone.contract, Side.business, "funding_failed", milestone)


def milestone_delivered(milestone: Milestone) -> None:
    _ask_to_look(milestone, "milestone_delivered")


def review_extended(milestone: Milestone) -> None:
    _tell(milestone.contract, Side.manager, "review_extended", milestone)


def review_reminder(milestone: Milestone) -> None:
    _ask_to_look(milestone, "review_reminder")


def _ask_to_look(milestone: Milestone, letter: str) -> None:
    """With what silence does, and when."""
    to_manager = earned_unasked(milestone)
    _tell(milestone.contract, Side.business, letter, milestone, WORK_ROLES, to_manager=to_manager, to_business=milestone.free - to_manager)


def changes_asked(milestone: Milestone, request: ChangeRequest) -> None:
    _tell(milestone.contract, Side.manager, "changes_asked", milestone, request=request)


def money_settled(settlement: Settlement) -> None:
    """All of a step went to the manager, all of it back, or it was divided."""
    milestone = settlement.milestone
    if settlement.to_manager == milestone.amount:
        _tell_both(milestone.contract, "milestone_approved", milestone, check_reason=settlement.check_reason)
    elif settlement.to_business == milestone.amount:
        milestone_refunded(milestone)
    else:
        _tell_both(milestone.contract, "milestone_settled", settlement)


def milestone_refunded(milestone: Milestone) -> None:
    _tell_both(milestone.contract, "milestone_refunded", milestone)


def nothing_delivered(milestone: Milestone) -> None:
    _tell_both(milestone.contract, "nothing_delivered", milestone, ends_at=limits.waiting_ends(milestone))


def held_long(milestone: Milestone) -> None:
    _tell_both(milestone.contract, "held_long", milestone, limit=limits.limit_of(milestone.held_since))


def deadline_moved(milestone: Milestone, goes_on: bool = False) -> None:
    """The owner let the manager wait, or does so still."""
    _tell_both(milestone.contract, "deadline_moved", milestone, goes_on=goes_on)


def prefunded_returned(milestone: Milestone, amount: Money) -> None:
    _tell_both(milestone.contract, "prefunded_returned", milestone, amount=amount)


def milestone_released(milestone: Milestone) -> None:
    _tell(milestone.contract, Side.manager, "milestone_released", milestone)


def refund_asked(milestone: Milestone, request: RefundRequest) -> None:
    _tell(milestone.contract, Side.manager, "refund_asked", milestone, request=request)


def refund_declined(milestone: Milestone, request: RefundRequest) -> None:
    _tell(milestone.contract, Side.business, "refund_declined", milestone, request=request)


def month_ahead(month: Month, retainer: Retainer | None) -> None:
    """The next month is to be paid: by whom, how much, when."""
    _tell(month.milestone.contract, Side.business, "month_ahead", month.milestone, month=month, card=retainer.card if retainer else None)


def month_not_charged(milestone: Milestone, card: Card, reason: Any) -> None:
    """The saved card could not be charged at all; `reason` is a message, said in the receiver's language."""
    _tell(milestone.contract, Side.business, "month_not_charged", milestone, card=card, reason=reason)


def charge_refused(milestone: Milestone, payment: Payment) -> None:
    """The bank refused a saved card, or wants to ask its customer."""
    _tell(milestone.contract, Side.business, "charge_refused", milestone, payment=payment)


def month_proposed(proposal: MonthProposal) -> None:
    """One side proposes how a month that ended early is divided."""
    _tell(proposal.milestone.contract, proposal.by_side.other, "month_proposed", proposal.milestone, proposal=proposal)


def month_proposal_declined(proposal: MonthProposal) -> None:
    _tell(proposal.milestone.contract, proposal.by_side, "month_proposal_declined", proposal.milestone, proposal=proposal)


def month_proposal_waits(proposal: MonthProposal) -> None:
    """A day before it lapses, to the side that has not answered."""
    _tell(proposal.milestone.contract, proposal.by_side.other, "month_proposal_waits", proposal.milestone, proposal=proposal)


def month_proposal_lapsed(proposal: MonthProposal) -> None:
    _tell_both(proposal.milestone.contract, "month_proposal_lapsed", proposal.milestone, proposal=proposal)


def contract_paused(contract: Contract) -> None:
    _tell_both(contract, "contract_paused", contract)


def contract_resumed(contract: Contract) -> None:
    _tell_both(contract, "contract_resumed", contract)


def contract_ended(contract: Contract, called_off: bool) -> None:
    """`called_off`: a payment was being made, and is closed."""
    _tell_both(contract, "contract_ended", contract, called_off=called_off)


def contract_closed(contract: Contract) -> None:
    _tell_both(contract, "contract_closed", contract)


def change_proposed(order: ChangeOrder) -> None:
    """One side proposes to change the steps."""
    _tell(order.contract, order.by_side.other, "change_proposed", order)


def change_accepted(order: ChangeOrder) -> None:
    _tell_both(order.contract, "change_accepted", order)


def change_declined(order: ChangeOrder) -> None:
    _tell(order.contract, order.by_side, "change_declined", order)


def change_withdrawn(order: ChangeOrder) -> None:
    _tell(order.contract, order.by_side.other, "change_withdrawn", order)


def change_lapsed(order: ChangeOrder) -> None:
    _tell_both(order.contract, "change_lapsed", order)


def bonus_released(bonus: Bonus) -> None:
    _tell_both(bonus.contract, "bonus_released", bonus)


def bonus_unpaid(bonus: Bonus) -> None:
    _tell(bonus.contract, Side.business, "bonus_unpaid", bonus)


def funding_waits(contract: Contract) -> None:
    """A business took money back too often: it learns that the team looks first, and the team is asked to."""
    notify_all(businesses.members(contract.business, *MONEY_ROLES), "contracts/funding_waits", subject=contract)
    finance = [person for person in accounts.staff() if person.is_staff(StaffRole.finance)]
    notify_all(finance, "contracts/finance_funding", subject=contract, business=contract.business.name)


def funding_released(business: Business) -> None:
    """The team has looked: it may pay in again."""
    notify_all(businesses.members(business, *MONEY_ROLES), "contracts/funding_released")


def payment_turned_back(contract: Contract, payment: Payment) -> None:
    """What was paid goes back to the card, and the team looks first."""
    _tell(contract, Side.business, "payment_turned_back", contract, payment=payment)


def parties_cleared(contract: Contract) -> None:
    """The team has looked: it may be paid in."""
    _tell(contract, Side.business, "parties_cleared", contract)


def parties_refused(contract: Contract) -> None:
    """The team has looked: nothing is paid in between these two."""
    _tell_both(contract, "parties_refused", contract)


def _tell_both(parties: Contract | Offer, letter: str, row: Any, **context: Any) -> None:
    for side in Side:
        _tell(parties, side, letter, row, **context)


def _tell(parties: Contract | Offer, side: Side, letter: str, row: Any, roles: tuple[str, ...] = MONEY_ROLES, **context: Any) -> None:
    """One side's people. The page a letter leads to is the contract's or the offer's."""
    notify_all(_people(parties, side, roles), f"contracts/{letter}", subject=parties, side=side, row=row, **context)


def _people(parties: Contract | Offer, side: Side, roles: tuple[str, ...]) -> list[Person]:
    return [parties.manager.person] if side is Side.manager else businesses.members(parties.business, *roles)
