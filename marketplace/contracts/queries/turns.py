"""Whose word the money of a step waits for beside the course of its work: in a dispute, about a month that ended, about a wish for it."""
from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from marketplace.contracts import signals
from marketplace.contracts.models import Milestone, MilestoneStatus, MonthProposal, RefundRequest
from marketplace.contracts.models.milestone import HELD
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import monthly
from marketplace.core.db import db

Turns = dict[uuid.UUID, "Turn"]
"""By milestone."""


@dataclass(frozen=True)
class Turn:
    """`about` a "dispute", a "month" or a "wish": `side` is to answer (None: the team decides) until `until`.

    A wish has no time of its own: until it is answered the step's clocks go on.
    """

    about: str
    side: Side | None
    until: datetime | None = None
    wish: RefundRequest | None = None


def turns_of(milestones: Sequence[Milestone], wishes: Iterable[RefundRequest]) -> Turns:
    """Of each step where somebody's word is awaited, the one that matters most: a dispute, then a month's division, then a wish."""
    return _wished(wishes) | _months(milestones) | _disputes(milestones)


def open_wishes(milestones: Iterable[Milestone]) -> list[RefundRequest]:
    """Wishes for held money that wait for an answer."""
    ids = [one.id for one in milestones if one.held]
    query = select(RefundRequest).where(RefundRequest.milestone_id.in_(ids), RefundRequest.status == "open").order_by(RefundRequest.id)
    return list(db.session.scalars(query)) if ids else []


def _wished(wishes: Iterable[RefundRequest]) -> Turns:
    return {wish.milestone_id: Turn("wish", wish.by_side.other, wish=wish) for wish in wishes}


def _months(milestones: Iterable[Milestone]) -> Turns:
    """Months whose contract has ended, and how one side proposes to divide them."""
    ids = [one.id for one in milestones if one.contract.ended_at and monthly(one.contract.terms) and one.work in HELD]
    query = select(MonthProposal).where(MonthProposal.milestone_id.in_(ids), MonthProposal.status == "open")
    proposals = db.session.scalars(query) if ids else ()
    return {one.milestone_id: Turn("month", one.by_side.other, one.expires_at) for one in proposals}


def _disputes(milestones: Iterable[Milestone]) -> Turns:
    disputed = tuple(one.id for one in milestones if one.status == MilestoneStatus.disputed)
    answers = [answer for _receiver, answer in signals.turns_asked.send(disputed)] if disputed else []
    return {key: turn for answer in answers for key, turn in answer.items()}
