"""Reads of contracts, always through somebody's eyes."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.accounts.models import Person, StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Member
from marketplace.contracts.models import (
    ChangeRequest,
    Contract,
    Delivery,
    HandoverItem,
    Milestone,
    MilestoneStatus,
    Month,
    MonthProposal,
    Offer,
    OfferStatus,
    RefundRequest,
    Retainer,
)
from marketplace.contracts.models.offer import WAITING, Side
from marketplace.contracts.queries.funding import business_for_finance, funding_checks, funding_waits, milestone_for_finance
from marketplace.contracts.queries.money_line import Station, line_of, money_line, pay_of, pays
from marketplace.contracts.queries.settlements import divided, settlements_of
from marketplace.contracts.queries.turns import Turn, open_wishes, turns_of
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.core.pricing import PLATFORM_FEE_BP
from marketplace.managers import queries as managers
from marketplace.managers.models import Manager
from marketplace.payments.models import Card, Payment
from marketplace.payments.queries import paid_for_each

__all__ = ["Station", "Turn", "business_for_finance", "divided", "funding_checks", "funding_waits", "line_of", "milestone_for_finance",
           "money_line", "open_wishes", "pay_of", "pays", "settlements_of", "turns_of"]
SEES_ALL = (StaffRole.mediator, StaffRole.finance)
WITH_PARTIES = joinedload(Milestone.contract, innerjoin=True).options(
    joinedload(Contract.business, innerjoin=True), joinedload(Contract.manager, innerjoin=True).joinedload(Manager.person, innerjoin=True))
"""What is asked of a milestone's contract whatever is done with it: read with it, and again when it is locked."""


def side_of(person: Any, row: Contract | Offer) -> Side | None:
    """Which side of this contract or offer the person is on; the manager's when both."""
    manager = managers.manager_of(person)
    if manager is not None and manager.id == row.manager_id:
        return Side.manager
    return Side.business if businesses.role_in(person, row.business_id) else None


def offer_seen_by(reader: Any, offer_id: uuid.UUID) -> Offer | None:
    """The offer, for its two parties."""
    offer = db.session.get(Offer, offer_id, options=[joinedload(Offer.job), joinedload(Offer.business), joinedload(Offer.manager),
                                                     selectinload(Offer.versions)])
    return offer if offer is not None and _sees(reader, offer) else None


def contract_seen_by(reader: Any, contract_id: uuid.UUID) -> Contract | None:
    """The contract, for its two parties and for staff who mediate or keep the books."""
    contract = db.session.get(Contract, contract_id, options=[joinedload(Contract.business), joinedload(Contract.manager),
                                                              joinedload(Contract.brand)])
    return contract if contract is not None and _shown(reader, contract) else None


def milestone_seen_by(reader: Any, milestone_id: uuid.UUID) -> Milestone | None:
    """A milestone, for whoever sees its contract."""
    milestone = db.session.get(Milestone, milestone_id, options=[WITH_PARTIES])
    return milestone if milestone is not None and _shown(reader, milestone.contract) else None


def refund_request_seen_by(reader: Any, request_id: uuid.UUID) -> RefundRequest | None:
    """A wish for the money back, for whoever sees its milestone."""
    request = db.session.get(RefundRequest, request_id)
    return request if request is not None and milestone_seen_by(reader, request.milestone_id) else None


def handover_item_seen_by(reader: Any, item_id: uuid.UUID) -> HandoverItem | None:
    """A line of the hand-over list, for whoever sees its contract."""
    item = db.session.get(HandoverItem, item_id)
    return item if item is not None and contract_seen_by(reader, item.contract_id) else None


def milestones_of(contract: Contract) -> list[Milestone]:
    """In their order."""
    return list(db.session.scalars(select(Milestone).where(Milestone.contract_id == contract.id).order_by(Milestone.position)))


def current(milestones: list[Milestone]) -> Milestone:
    """The milestone that matters now: the first with money under way, also under way again, else the first to be paid in, else the
    last that was."""
    moving = {MilestoneStatus.funding, MilestoneStatus.funded, MilestoneStatus.delivered, MilestoneStatus.changes_asked,
              MilestoneStatus.disputed}
    for wanted in (moving, {MilestoneStatus.approved}, {MilestoneStatus.planned}):
        for milestone in milestones:
            if milestone.stage in wanted and not milestone.dropped:
                return milestone
    return next((milestone for milestone in reversed(milestones) if not milestone.dropped), milestones[-1])


def payments_of(milestones: list[Milestone]) -> dict[uuid.UUID, Payment]:
    """By milestone, the payment that brought its money."""
    paid = paid_for_each([f"milestone:{row.id}" for row in milestones])
    return {row.id: paid[f"milestone:{row.id}"] for row in milestones if f"milestone:{row.id}" in paid}


def deliveries_of(contract: Contract) -> list[Delivery]:
    """What was handed in, newest first."""
    return list(db.session.scalars(select(Delivery).join(Milestone).where(Milestone.contract_id == contract.id)
                                   .options(joinedload(Delivery.milestone)).order_by(Delivery.created_at.desc()).limit(20)))


def record_of(milestone: Milestone) -> str:
    """What was agreed and done for a milestone, in English, as a bank reads it. Times are UTC."""
    contract = milestone.contract
    deliveries = [one for one in reversed(deliveries_of(contract)) if one.milestone_id == milestone.id]
    return "\n".join([
        f"Contract “{contract.title}” between {contract.business.name} and {contract.manager.name}, since {contract.started_at:%Y-%m-%d}.",
        f"Paid for: {milestone.title}, {milestone.currency} {milestone.amount_minor / 100:,.2f}.",
        *(f"Delivered {one.created_at:%Y-%m-%d %H:%M}: {one.note} {' '.join(one.links)}".strip() for one in deliveries),
        *([f"Approved {milestone.approved_at:%Y-%m-%d %H:%M}."] if milestone.approved_at and not milestone.approved_by_silence else []),
        *([f"Not objected to until {milestone.approved_at:%Y-%m-%d %H:%M}."] if milestone.approved_by_silence else [])])


def last_change_request(milestone: Milestone) -> ChangeRequest | None:
    """What was asked last."""
    return db.session.scalars(select(ChangeRequest).where(ChangeRequest.milestone_id == milestone.id)
                              .order_by(ChangeRequest.number.desc()).limit(1)).first()


def open_request(milestone: Milestone) -> RefundRequest | None:
    """The wish for the money back that waits for an answer."""
    return db.session.scalars(select(RefundRequest).where(RefundRequest.milestone_id == milestone.id,
                                                          RefundRequest.status == "open")).first()


def handover_of(contract: Contract) -> list[HandoverItem]:
    """The hand-over list."""
    return list(db.session.scalars(select(HandoverItem).where(HandoverItem.contract_id == contract.id).order_by(HandoverItem.code)))


def retainer_of(contract: Contract) -> Retainer | None:
    """What a contract has besides that is paid month by month; None of another."""
    return db.session.scalars(select(Retainer).where(Retainer.contract_id == contract.id)).first()


def retainer_seen_by(reader: Any, contract_id: uuid.UUID) -> Retainer | None:
    """A monthly contract's retainer, for whoever sees the contract."""
    contract = contract_seen_by(reader, contract_id)
    return retainer_of(contract) if contract is not None else None


def month_seen_by(reader: Any, milestone_id: uuid.UUID) -> Month | None:
    """The month of a milestone, for whoever sees its contract."""
    milestone = milestone_seen_by(reader, milestone_id)
    return month_of(milestone) if milestone is not None else None


def retainers_charging(card: Card) -> list[Retainer]:
    """Those whose business consented that this card is charged."""
    return list(db.session.scalars(select(Retainer).where(Retainer.card_id == card.id).order_by(Retainer.contract_id)))


def month_of(milestone: Milestone) -> Month | None:
    """The days a milestone is for, when it is a month's."""
    return db.session.scalars(select(Month).where(Month.milestone_id == milestone.id)).first()


def months_of(contract: Contract, lock: bool = False) -> list[Month]:
    """A monthly contract's months in their order, each with its milestone."""
    query = select(Month, Milestone).join(Milestone).where(Milestone.contract_id == contract.id).order_by(Milestone.position)
    if lock:
        query = query.with_for_update(of=Month, key_share=True).execution_options(populate_existing=True)
    rows = db.session.execute(query).all()
    for month, milestone in rows:
        set_committed_value(month, "milestone", milestone)
    return [month for month, _milestone in rows]


def open_proposal(milestone: Milestone) -> MonthProposal | None:
    """How one side proposes to divide a month that ended early, while the other has not answered."""
    query = select(MonthProposal).where(MonthProposal.milestone_id == milestone.id, MonthProposal.status == "open")
    return db.session.scalars(query).first()


def proposal_seen_by(reader: Any, proposal_id: uuid.UUID) -> MonthProposal | None:
    """A proposal, for whoever sees its month."""
    proposal = db.session.get(MonthProposal, proposal_id)
    return proposal if proposal is not None and milestone_seen_by(reader, proposal.milestone_id) else None


def contracts_of(person: Person, after: str | None) -> Page:
    """The person's contracts on either side, newest first."""
    query = select(Contract).where(own(person, Contract)).options(joinedload(Contract.business), joinedload(Contract.manager))
    return page(query, [Contract.started_at, Contract.id], after)


def offers_waiting_for(person: Person) -> list[Offer]:
    """Offers on either side that nobody has settled yet."""
    query = select(Offer).where(own(person, Offer), Offer.status.in_(WAITING)).options(
        joinedload(Offer.job), joinedload(Offer.business), joinedload(Offer.manager))
    return list(db.session.scalars(query.order_by(Offer.created_at.desc()).limit(50)))


def fee_of(offer: Offer) -> int:
    """The platform's share in basis points: the one its contract has frozen, or today's while there is none."""
    accepted = offer.status == OfferStatus.accepted
    frozen = db.session.scalar(select(Contract.fee_bp).where(Contract.offer_id == offer.id)) if accepted else None
    return PLATFORM_FEE_BP if frozen is None else frozen


def offer_of(bid: Any) -> Offer | None:
    """The newest offer on a bid."""
    return db.session.scalars(select(Offer).where(Offer.bid_id == bid.id).order_by(Offer.created_at.desc()).limit(1)).first()


def own(person: Person, table: type[Contract] | type[Offer]) -> Any:
    """Rows on either side of which the person is."""
    return or_(table.business_id.in_(select(Member.business_id).where(Member.person_id == person.id)),
               table.manager_id.in_(select(Manager.id).where(Manager.person_id == person.id)))


def _sees(reader: Any, row: Contract | Offer) -> bool:
    return reader.is_authenticated and side_of(reader, row) is not None


def _shown(reader: Any, contract: Contract) -> bool:
    return _sees(reader, contract) or _is_staff(reader)


def _is_staff(reader: Any) -> bool:
    return reader.is_authenticated and reader.is_staff(*SEES_ALL)
