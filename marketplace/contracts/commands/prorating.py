"""A month that ends early: what was delivered is paid, the rest returns. One side proposes, the other agrees."""
from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import notices, queries
from marketplace.contracts.commands import settlements
from marketplace.contracts.models import Milestone, MonthProposal
from marketplace.contracts.models.milestone import HELD
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import monthly
from marketplace.contracts.queries.months import earned, elapsed, ended_month
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.tasks import sweep, task

PROPOSAL_DAYS = rule("MONTH_PROPOSAL_DAYS", 7, "days until a proposal to divide a month that ended early lapses, unless it is answered")
LAST_WORD = timedelta(hours=24)
"""So long before it lapses the other side is reminded."""


def propose(milestone: Milestone, person: Person, side: Side, done: list[int]) -> MonthProposal:
    """Propose how the money of a month is divided after its contract has ended. An earlier proposal is withdrawn by it."""
    lock(milestone)
    if milestone.work not in HELD or ended_month(milestone) is None:
        raise WrongState()
    to_manager = earned(milestone, done)
    withdraw(milestone)
    expires_at = calendar.deadline(PROPOSAL_DAYS)
    proposal = MonthProposal(milestone=milestone, person_id=person.id, by_side=side, done=done, to_manager_minor=to_manager.minor,
                             expires_at=expires_at, remind_at=expires_at - LAST_WORD)
    db.session.add(proposal)
    db.session.flush()
    notices.month_proposed(proposal)
    return proposal


def propose_days(milestone: Milestone, person: Person) -> None:
    """A month is handed in whose contract has ended: the manager asks for what its days earned, unless something is proposed."""
    month = ended_month(milestone)
    if month and not queries.open_proposal(milestone):
        propose(milestone, person, Side.manager, elapsed(month))


def agree(proposal: MonthProposal, person: Person, side: Side) -> None:
    """The other side agrees: the manager is paid for what was delivered, the rest returns to the card."""
    milestone = proposal.milestone
    lock(milestone)
    _answers(proposal, side)
    if proposal.expires_at <= clock.now():
        raise WrongState()
    proposal.move("agree", by=person)
    to_manager = proposal.to_manager
    if to_manager > milestone.free:
        raise WrongState()
    settlement = settlements.settle(milestone, to_manager=to_manager, to_business=milestone.free - to_manager, by=person,
                                    why="the month ended early")
    notices.money_settled(settlement)


def decline(proposal: MonthProposal, person: Person, side: Side) -> None:
    """The other side says no; the money stays held under its usual rules."""
    lock(proposal.milestone)
    _answers(proposal, side)
    proposal.move("decline", by=person)
    notices.month_proposal_declined(proposal)


def withdraw(milestone: Milestone) -> None:
    """What was proposed is overtaken: by another proposal, or because the money has gone."""
    if monthly(milestone.contract.terms) and (proposal := queries.open_proposal(milestone)):
        proposal.move("withdraw")


@sweep
def watch_proposals() -> None:
    """Proposals whose time is nearly over, or over."""
    for task_, moment in ((remind_of_proposal, MonthProposal.remind_at), (lapse_proposal, MonthProposal.expires_at)):
        due = select(MonthProposal.id).where(MonthProposal.status == "open", moment <= clock.now()).limit(200)
        for proposal_id in db.session.scalars(due):
            task_.later(proposal_id, once=f"{task_.__name__}:{proposal_id}")


@task
def remind_of_proposal(proposal_id: str) -> None:
    """The other side has a day left."""
    proposal = _locked(proposal_id)
    if proposal.status == "open" and proposal.remind_at and proposal.remind_at <= clock.now() < proposal.expires_at:
        proposal.remind_at = None
        notices.month_proposal_waits(proposal)


@task
def lapse_proposal(proposal_id: str) -> None:
    """Nobody answered: the money stays held under its usual rules, and either side may propose anew."""
    proposal = _locked(proposal_id)
    if proposal.may("lapse") and proposal.expires_at <= clock.now():
        proposal.move("lapse")
        notices.month_proposal_lapsed(proposal)


def _locked(proposal_id: str) -> MonthProposal:
    """A proposal with its milestone, locked in the one order."""
    proposal = db.session.get_one(MonthProposal, uuid.UUID(proposal_id))
    lock(proposal.milestone)
    lock(proposal)
    return proposal


def _answers(proposal: MonthProposal, side: Side) -> None:
    if side is not proposal.by_side.other:
        raise NotAllowed()
