"""Listings: one, those that are open, and a business's own."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.businesses.models import Business, Member
from marketplace.businesses.queries import role_in
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.jobs.models import OPEN_STATUSES, Job, JobStatus, Question, Seat

JOBS_UNPROVEN = rule("JOBS_OPEN_UNPROVEN", 1, "open jobs of a business until its page or phone is proven")
JOBS_UNFUNDED = rule("JOBS_OPEN_UNFUNDED", 3, "open jobs of a proven business until its first contract is funded")
JOBS_FUNDED = rule("JOBS_OPEN_FUNDED", 30, "open jobs of a business that has funded a contract")
PUBLIC = (JobStatus.open, JobStatus.paused, JobStatus.filled, JobStatus.closed, JobStatus.expired)


_published = Job.published_at.is_not(None) & Job.status.in_(PUBLIC)
PUBLISHED = select(Job).options(joinedload(Job.business)).where(Job.id == bindparam("job_id"), _published)
QUESTIONS = select(Question).where(Question.job_id == bindparam("job_id")).order_by(Question.id)
"""Built once: what a visitor's page asks costs as much to build as to answer."""


def job_seen_by(reader: Any, job_id: uuid.UUID) -> Job | None:
    """A job as its reader may see it: anybody once it is published, staff once it is submitted, its business always."""
    if not reader.is_authenticated:
        return db.session.scalars(PUBLISHED, {"job_id": job_id}).first()
    query = select(Job).options(joinedload(Job.business)).where(Job.id == job_id, _visible_to(reader))
    return db.session.scalars(query).first()


def own(reader: Any, job_id: uuid.UUID) -> Job | None:
    """A job of a business the reader belongs to."""
    if not reader.is_authenticated:
        return None
    query = select(Job).options(joinedload(Job.business)).where(Job.id == job_id, _own(reader))
    return db.session.scalars(query).first()


def mine(business: Business, after: str | None) -> Page:
    """A business's jobs, newest first."""
    return page(select(Job).where(Job.business_id == business.id), [Job.created_at, Job.id], after)


def open_count(business: Business) -> int:
    """How many of a business's jobs count against its limit."""
    return db.session.scalar(select(func.count()).where(Job.business_id == business.id, Job.status.in_(OPEN_STATUSES))) or 0


def limit_of(business: Business) -> int:
    """How many jobs a business may have open: few until it has proven a page, more once it has paid somebody."""
    if business.funded_contracts:
        return JOBS_FUNDED
    return JOBS_UNFUNDED if business.page_proven_at else JOBS_UNPROVEN


def seat_of(job: Job) -> Seat:
    """The first seat of a job; each job has one at least."""
    return db.session.scalars(select(Seat).where(Seat.job_id == job.id).order_by(Seat.id).limit(1)).one()


def seats(job: Job) -> list[Seat]:
    """All seats of a job."""
    return list(db.session.scalars(select(Seat).where(Seat.job_id == job.id).order_by(Seat.id)))


def answered(job: Job) -> list[Question]:
    """What managers asked and the business answered, oldest first."""
    return [question for question in questions_about(job) if question.answered_at]


def questions_about(job: Job) -> list[Question]:
    """Every question about a job, oldest first."""
    return list(db.session.scalars(QUESTIONS, {"job_id": job.id}))


def question_seen_by(reader: Any, question_id: uuid.UUID) -> Question | None:
    """A question about a job of the reader's business."""
    if not reader.is_authenticated:
        return None
    query = select(Question).join(Job).options(joinedload(Question.job)).where(Question.id == question_id, _own(reader))
    return db.session.scalars(query).first()


def acts_for(person: Any, job: Job) -> bool:
    """Whether the person belongs to the job's business."""
    return role_of(person, job) is not None


def role_of(person: Any, job: Job) -> str | None:
    """What the person is in the job's business; whoever belongs to no business at all is not looked up."""
    return role_in(person, job.business_id) if person.is_authenticated and person.acts_as_business else None


def _visible_to(reader: Any) -> ColumnElement[bool]:
    if reader.is_staff():
        return or_(_published, Job.submitted_at.is_not(None), _own(reader))
    return or_(_published, _own(reader))


def _own(reader: Any) -> ColumnElement[bool]:
    return Job.business_id.in_(select(Member.business_id).where(Member.person_id == reader.id))
