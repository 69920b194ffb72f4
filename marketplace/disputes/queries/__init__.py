"""Reads of disputes, through the reader's eyes."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person, StaffRole
from marketplace.contracts.models import ChangeRequest, Contract, Delivery, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import Turn, side_of
from marketplace.core.db import db, remembered
from marketplace.core.paging import Page, page
from marketplace.disputes.models import SPEAKING, UNDECIDED, Dispute, DisputeStatus, ProposalStatus, SplitProposal, Statement
from marketplace.disputes.queries.claims import Claimable, claimable, held_too_long
from marketplace.files.models import File
from marketplace.files.queries import files_of
from marketplace.payments.models import Chargeback, MoneyProposal, MoneyProposalStatus, Payment, Refund, Reversal, Transfer
from marketplace.publishing.models import Post, PostStatus

__all__ = ["Claimable", "claimable", "held_too_long"]
DECISION = "dispute_decision"  # a decision of the team, as a kind of money proposal
DECIDERS = (StaffRole.mediator, StaffRole.finance)
MOST_POSTS = 60


@dataclass(frozen=True)
class Entry:
    """One line of the record: a delivery, a change request, a post, a statement or a proposal, and who did it (None: the team)."""

    at: datetime
    kind: str
    row: Any
    side: Side | None = None


def dispute_seen_by(reader: Any, dispute_id: uuid.UUID) -> Dispute | None:
    """A dispute, for both sides and those who decide disputes."""
    dispute = db.session.scalars(_loaded(select(Dispute)).where(Dispute.id == dispute_id)).first()
    return dispute if dispute is not None and _sees(reader, dispute) else None


def proposal_seen_by(reader: Any, proposal_id: uuid.UUID) -> SplitProposal | None:
    """A proposal, for whoever sees its dispute."""
    proposal = db.session.get(SplitProposal, proposal_id)
    return proposal if proposal is not None and dispute_seen_by(reader, proposal.dispute_id) else None


@remembered
def on_contract(_reader: Any, contract_id: uuid.UUID) -> list[tuple[Milestone, list[Dispute]]]:
    """The milestones of a contract with what was disputed of each, in one statement."""
    query = (select(Milestone, Dispute).outerjoin(Dispute, Dispute.milestone_id == Milestone.id)
             .where(Milestone.contract_id == contract_id).order_by(Milestone.position, Dispute.id))
    found: dict[Milestone, list[Dispute]] = {}
    for milestone, dispute in db.session.execute(query):
        found.setdefault(milestone, []).extend([dispute] if dispute else [])
    return list(found.items())


def disputes_of(milestone: Milestone) -> list[Dispute]:
    """What was or is disputed of a milestone."""
    return list(db.session.scalars(select(Dispute).where(Dispute.milestone_id == milestone.id).order_by(Dispute.id)))


def turns_of(milestone_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Turn]:
    """Of each of these milestones with an undecided dispute, the side whose word is awaited, or the team."""
    found = db.session.scalars(select(Dispute).where(Dispute.milestone_id.in_(milestone_ids), Dispute.status.in_(UNDECIDED)))
    return {one.milestone_id: Turn("dispute", one.turn, one.answer_by if one.turn else one.decide_by) for one in found}


def barred(disputes: list[Dispute], side: Side) -> bool:
    """Whether this side may open no dispute any more: there is one that was not withdrawn, or it has had its own."""
    return any(dispute.status != DisputeStatus.withdrawn or dispute.by_side is side for dispute in disputes)


def open_proposal(dispute: Dispute) -> SplitProposal | None:
    """The proposal that waits for an answer."""
    return db.session.scalars(select(SplitProposal).where(SplitProposal.dispute_id == dispute.id,
                                                          SplitProposal.status == ProposalStatus.open)).first()


def waiting_decisions(*disputes: Dispute) -> list[MoneyProposal]:
    """Decisions of the team that wait for a second person. Neither side knows of them."""
    about = MoneyProposal.subject.in_([dispute.subject for dispute in disputes])
    waiting = select(MoneyProposal).where(MoneyProposal.kind == DECISION, about, MoneyProposal.status == MoneyProposalStatus.waiting)
    return list(db.session.scalars(waiting.options(joinedload(MoneyProposal.proposed_by)))) if disputes else []


def statements_of(dispute: Dispute, side: Side | None) -> int:
    """How often this side, or the team, has spoken."""
    query = select(func.count()).where(Statement.dispute_id == dispute.id, Statement.by_side.is_not_distinct_from(side))
    return db.session.scalar(query) or 0


def evidence_of(dispute: Dispute) -> dict[uuid.UUID, File]:
    """Its files, by id."""
    return {file.id: file for file in files_of(dispute)}


def record_of(dispute: Dispute) -> list[Entry]:
    """Everything on record, oldest first: the work, and what was said. The same for both sides and the team."""
    milestone = dispute.milestone
    entries = [Entry(milestone.funded_at, "funded", milestone, Side.business)] if milestone.funded_at else []
    entries += [*_deliveries(milestone), *_changes(milestone), *_posts(milestone), *_said(dispute)]
    entries += [Entry(moment, kind, dispute) for moment, kind in (
        (dispute.mediation_at, "mediation"), (dispute.handed_over_at, "handed_over"), (dispute.settled_at, "settled")) if moment]
    return sorted(entries, key=lambda entry: entry.at)


def queue(waiting: bool, after: str | None) -> Page:
    """The team's list: what is to be decided and what the sides still speak about, or what is over; newest first."""
    query = _loaded(select(Dispute)).where(Dispute.status.in_((DisputeStatus.decided, DisputeStatus.closed, DisputeStatus.withdrawn)))
    if waiting:
        query = _loaded(select(Dispute)).where(Dispute.status.in_(SPEAKING))
    return page(query, [Dispute.created_at, Dispute.id], after)


def to_decide() -> list[Dispute]:
    """What waits for the team, the most urgent first."""
    query = _loaded(select(Dispute)).where(Dispute.status == DisputeStatus.mediation).order_by(Dispute.decide_by, Dispute.id)
    return list(db.session.scalars(query.limit(200)))


def count_to_decide(_person: Any = None) -> int:
    """How many wait for the team."""
    return db.session.scalar(select(func.count()).where(Dispute.status == DisputeStatus.mediation)) or 0


def deciders(*roles: StaffRole) -> list[Person]:
    """Everybody of the team in one of these roles."""
    return [person for person in accounts.staff() if person.is_staff(*roles)]


def found_at_fault(subject: str) -> Dispute | None:
    """The decision about `milestone:<id>` that found its manager at fault."""
    kind, _, key = subject.partition(":")
    if kind != Milestone.KIND:
        return None
    query = select(Dispute).where(Dispute.milestone_id == uuid.UUID(key), Dispute.manager_at_fault)
    return db.session.scalars(query).first()


def money_under_way() -> ColumnElement[bool]:
    """Whether something is still being taken back for a dispute's milestone, or has not reached the business's bank."""
    subject = func.concat("milestone:", Dispute.milestone_id)
    taken = select(Reversal.id, Reversal.status).join(Reversal.transfer).where(Transfer.subject == subject).correlate(Dispute).subquery()
    sent = or_(Refund.subject == subject, Refund.subject.in_(select(func.concat("reversal:", taken.c.id))))
    return or_(exists().where(taken.c.status != "returned"), exists().where(sent, Refund.status.in_(("due", "pending", "failed"))))


def kept_by_banks(milestone: Milestone) -> list[Chargeback]:
    """Charge-backs of payments for this milestone that the bank decided against us, and nobody was found at fault for."""
    query = select(Chargeback).join(Chargeback.payment).where(Payment.subject == f"milestone:{milestone.id}")
    lost = query.where(Chargeback.status == "lost", Chargeback.fault_minor == 0, Chargeback.manager_id.is_not(None))
    return list(db.session.scalars(lost.order_by(Chargeback.id)))


def _loaded(query: Any) -> Any:
    contract = joinedload(Dispute.milestone).joinedload(Milestone.contract)
    return query.options(contract.joinedload(Contract.business), contract.joinedload(Contract.manager), joinedload(Dispute.mediator),
                         joinedload(Dispute.settler))


def _sees(reader: Any, dispute: Dispute) -> bool:
    if not reader.is_authenticated:
        return False
    return reader.is_staff(*DECIDERS) or side_of(reader, dispute.milestone.contract) is not None


def _deliveries(milestone: Milestone) -> list[Entry]:
    found = db.session.scalars(select(Delivery).where(Delivery.milestone_id == milestone.id))
    return [Entry(row.created_at, "delivery", row, Side.manager) for row in found]


def _changes(milestone: Milestone) -> list[Entry]:
    found = db.session.scalars(select(ChangeRequest).where(ChangeRequest.milestone_id == milestone.id))
    return [Entry(row.created_at, "changes", row, Side.business) for row in found]


def _posts(milestone: Milestone) -> list[Entry]:
    """What came out on the page while this milestone was worked on."""
    query = select(Post).where(Post.contract_id == milestone.contract_id, Post.status == PostStatus.published,
                               Post.published_at >= milestone.funded_at).options(joinedload(Post.channel))
    found = db.session.scalars(query.order_by(Post.published_at.desc()).limit(MOST_POSTS))
    return [Entry(row.published_at, "post", row, Side.manager) for row in found if row.published_at]


def _said(dispute: Dispute) -> list[Entry]:
    statements = db.session.scalars(select(Statement).where(Statement.dispute_id == dispute.id))
    proposals = db.session.scalars(select(SplitProposal).where(SplitProposal.dispute_id == dispute.id).options(
        joinedload(SplitProposal.dispute)))
    return [*(Entry(row.created_at, "statement", row, row.by_side) for row in statements),
            *(Entry(row.created_at, "proposal", row, row.by_side) for row in proposals)]
