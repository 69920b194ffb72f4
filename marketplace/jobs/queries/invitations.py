"""Who was invited to bid on what; only the business and the invited manager read it."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from marketplace.businesses.models import Business, Member
from marketplace.core.db import db
from marketplace.jobs.models import Job, JobInvitation, JobStatus
from marketplace.managers.models import Kind, Manager


def invitations_to(job: Job) -> Sequence[JobInvitation]:
    """Everybody the business has invited to a job, newest first."""
    query = select(JobInvitation).options(joinedload(JobInvitation.manager)).where(JobInvitation.job_id == job.id)
    return db.session.scalars(query.order_by(JobInvitation.id.desc())).all()


def untold_invitations(job: Job) -> Sequence[JobInvitation]:
    """Those who were invited before the listing was published."""
    query = select(JobInvitation).where(JobInvitation.job_id == job.id, JobInvitation.told_at.is_(None))
    return db.session.scalars(query.order_by(JobInvitation.id)).all()


def invitation_of(manager: Manager, job: Job) -> JobInvitation | None:
    """A manager's invitation to a job, answered or not."""
    query = select(JobInvitation).where(JobInvitation.job_id == job.id, JobInvitation.manager_id == manager.id)
    return db.session.scalars(query).first()


def invitation_seen_by(reader: Any, invitation_id: uuid.UUID) -> JobInvitation | None:
    """An invitation, for the manager who was told of it and for the business that sent it."""
    if not reader.is_authenticated:
        return None
    businesses = select(Member.business_id).where(Member.person_id == reader.id)
    told = (Manager.person_id == reader.id) & JobInvitation.told_at.is_not(None)
    query = (select(JobInvitation).join(JobInvitation.job).join(JobInvitation.manager)
             .where(JobInvitation.id == invitation_id, or_(told, Job.business_id.in_(businesses))))
    return db.session.scalars(query).first()


def jobs_to_invite_to(business: Business, manager: Manager) -> Sequence[Job]:
    """The business's open jobs of kinds the manager is vetted for and was not invited to yet, newest first."""
    kinds = [kind for kind in Kind if manager.vetted_for(kind)]
    invited = select(JobInvitation.job_id).where(JobInvitation.manager_id == manager.id)
    query = select(Job).where(Job.business_id == business.id, Job.status == JobStatus.open, Job.kind.in_(kinds), Job.id.not_in(invited))
    return db.session.scalars(query.order_by(Job.published_at.desc(), Job.id.desc())).all()
