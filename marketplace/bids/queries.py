"""Reads of bids. They are sealed: only the manager who wrote one and the business it is for see it."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.bids.models import LIVE, Bid, BidStatus
from marketplace.businesses.models import Member
from marketplace.businesses.queries import role_in
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.firewall.queries import inspect
from marketplace.jobs import queries as jobs
from marketplace.jobs.models import Job, JobInvitation, JobStatus, Seat
from marketplace.managers.models import Kind, Manager
from marketplace.managers.queries import manager_of

BIDS_A_JOB = rule("BIDS_A_JOB", 15, "bids a listing takes; those of invited managers are not counted")
BIDS_A_MANAGER = rule("BIDS_A_MANAGER", 10, "open bids a manager may have")
PLACES = (*LIVE, BidStatus.accepted)
"""Bids that hold a place among a job's."""
ORDER = {BidStatus.accepted: 0, BidStatus.offered: 1, BidStatus.shortlisted: 2, BidStatus.submitted: 3}
DAYS_A_WEEK = 7


def bid_seen_by(reader: Any, bid_id: uuid.UUID) -> Bid | None:
    """A bid as its manager or the job's business sees it; absent for everybody else."""
    if not reader.is_authenticated:
        return None
    businesses = select(Member.business_id).where(Member.person_id == reader.id)
    query = (select(Bid).join(Bid.job).join(Bid.manager)
             .options(joinedload(Bid.job).joinedload(Job.business), joinedload(Bid.manager), selectinload(Bid.milestones))
             .where(Bid.id == bid_id, or_(Manager.person_id == reader.id, Job.business_id.in_(businesses))))
    return db.session.scalars(query).first()


def bids_on(job: Job) -> list[Bid]:
    """All bids on a job for its business: those under contract or offer first, then the short list, then by age."""
    query = select(Bid).options(joinedload(Bid.manager), selectinload(Bid.milestones)).where(Bid.job_id == job.id).order_by(Bid.id)
    return sorted(db.session.scalars(query), key=lambda bid: ORDER.get(bid.status, len(ORDER)))


def live_bids_on(job: Job) -> list[Bid]:
    """Those that may still become a contract."""
    query = select(Bid).options(joinedload(Bid.manager)).where(Bid.job_id == job.id, Bid.status.in_(LIVE)).order_by(Bid.id)
    return list(db.session.scalars(query))


def bids_of(manager: Manager, after: str | None) -> Page:
    """A manager's own bids, newest first."""
    query = select(Bid).options(joinedload(Bid.job).joinedload(Job.business)).where(Bid.manager_id == manager.id)
    return page(query, [Bid.created_at, Bid.id], after)


def bid_of(manager: Manager | None, job: Job) -> Bid | None:
    """The manager's bid on a job that holds its place now, else the last one."""
    if manager is None:
        return None
    query = select(Bid).where(Bid.manager_id == manager.id, Bid.job_id == job.id).order_by(Bid.status.in_(PLACES).desc(), Bid.id.desc())
    return db.session.scalars(query.limit(1)).first()


def places_taken(job: Job) -> int:
    """Bids that count against the job's limit: those of managers who were not invited."""
    return db.session.scalar(select(_taken(job))) or 0


class Room(NamedTuple):
    """What decides whether a manager may bid on a job. `bid_id` is a bid of theirs that holds its place there, `taken` counts
    as `places_taken`, `open` counts the manager's open bids on all jobs."""

    seat_id: uuid.UUID
    bid_id: uuid.UUID | None
    invited: bool
    taken: int
    open: int


def room(manager: Manager, job: Job) -> Room:
    """All of it in one statement."""
    seat = select(Seat.id).where(Seat.job_id == job.id).order_by(Seat.id).limit(1).scalar_subquery()
    bid = select(Bid.id).where(Bid.job_id == job.id, Bid.manager_id == manager.id, Bid.status.in_(PLACES)).limit(1).scalar_subquery()
    invited = exists().where(JobInvitation.job_id == job.id, JobInvitation.manager_id == manager.id)
    live = select(func.count()).where(Bid.manager_id == manager.id, Bid.status.in_(LIVE)).scalar_subquery()
    return Room(*db.session.execute(select(seat, bid, invited, _taken(job), live)).one())


def _taken(job: Job) -> ScalarSelect[int]:
    invited = select(JobInvitation.manager_id).where(JobInvitation.job_id == job.id)
    query = select(func.count()).where(Bid.job_id == job.id, Bid.status.in_(PLACES), Bid.manager_id.not_in(invited))
    return query.scalar_subquery()


def count_on(job: Job) -> ScalarSelect[int]:
    """All bids on a job that were not taken back, to be counted where the number is written."""
    return select(func.count()).where(Bid.job_id == job.id, Bid.status != BidStatus.withdrawn).scalar_subquery()


def invitations_of(manager: Manager) -> list[JobInvitation]:
    """Open jobs to which the manager was invited and has neither bid nor said no yet, newest first."""
    answered = select(Bid.job_id).where(Bid.manager_id == manager.id)
    query = (select(JobInvitation).join(JobInvitation.job).options(joinedload(JobInvitation.job).joinedload(Job.business))
             .where(JobInvitation.manager_id == manager.id, JobInvitation.declined_at.is_(None),
                    Job.status == JobStatus.open, Job.id.not_in(answered))
             .order_by(JobInvitation.id.desc()))
    return list(db.session.scalars(query))


def unanswered(bid: Bid) -> list[str]:
    """What the business has asked and the bid does not answer yet."""
    answered = {row["question"] for row in bid.answers if row["answer"]}
    return [question for question in bid.job.questions if question not in answered]


def is_of(person: Any, bid: Bid) -> bool:
    """Whether the person wrote the bid."""
    return bid.manager.person_id == person.id


def is_for(person: Any, bid: Bid) -> bool:
    """Whether the person belongs to the business the bid is for."""
    return role_in(person, bid.job.business_id) is not None


def leads_outside(bid: Bid) -> bool:
    """Whether it says where to talk or pay outside; its writer was warned and kept it. Competing pages may well be links."""
    written = (bid.strategy, *(step.title for step in bid.milestones), *(row["answer"] for row in bid.answers))
    return any(inspect(text) for text in written)


def own_manager(person: Any) -> Manager | None:
    """The reader's own profile."""
    return manager_of(person)


@dataclass(frozen=True)
class Column:
    """One bid as it stands beside the others. `per_post` in minor units; `missing` are labels of what it leaves out."""

    bid: Bid
    per_post: int | None
    missing: list[Any]


def columns(job: Job, bids: list[Bid]) -> list[Column]:
    """Bids side by side: the same questions asked of each."""
    asked = jobs.lines(job)
    return [Column(bid, per_post(bid), [label for code, label in asked if code not in bid.covers]) for bid in bids]


def per_post(bid: Bid) -> int | None:
    """Minor units for one post, from the bid's own posts and days; None where posts are not the work."""
    if bid.job.kind == Kind.boosting or not bid.posts_a_week:
        return None
    return bid.price_minor * DAYS_A_WEEK // (bid.posts_a_week * bid.days)
