"""Invitations to bid: a business asks one manager, nobody else learns of it, and the manager may say no."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.core import audit, clock, limits
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.jobs import notices, queries
from marketplace.jobs.models import Job, JobInvitation, JobStatus
from marketplace.jobs.signals import manager_invited
from marketplace.managers.models import Manager

INVITATIONS_A_DAY = rule("JOB_INVITATIONS_A_DAY", 20, "managers that may be invited to a job in a day")
INVITING = (JobStatus.draft, JobStatus.sent_back, JobStatus.in_review, JobStatus.open)
"""States in which somebody may be invited; they are told once the listing is open."""


def invite(job: Job, manager: Manager, by: Person) -> None:
    """Ask a manager to bid; asking twice changes nothing. They are told now, or when the listing is published.

    Raises WrongState when the job takes no bids any more, Invalid for the unvetted, for the business's own people and
    for those who have bid.
    """
    lock(job)
    if job.status not in INVITING:
        raise WrongState()
    _may_be_invited(job, manager)
    limits.hit(f"job-invitations:{job.id}", INVITATIONS_A_DAY, per=timedelta(days=1))
    row = insert(JobInvitation).values(job_id=job.id, manager_id=manager.id, person_id=by.id, created_at=clock.now())
    invitation = db.session.scalars(row.on_conflict_do_nothing().returning(JobInvitation)).first()
    if invitation:
        audit.record("job.invite", job, by, manager=manager.id)
        tell_invited(job)


def tell_invited(job: Job) -> None:
    """Tell those who were invited and do not know it yet; nobody while the listing is not open."""
    for invitation in queries.untold_invitations(job) if job.listed else ():
        invitation.told_at = clock.now()
        notices.invited(invitation)


def decline_invitation(invitation: JobInvitation, by: Person) -> None:
    """The manager will not bid this time; the business is told. They may still change their mind. Twice is WrongState."""
    lock(invitation)
    if invitation.declined_at or not invitation.job.listed:
        raise WrongState()
    invitation.declined_at = clock.now()
    audit.record("job.decline_invitation", invitation.job, by)
    notices.invitation_declined(invitation)


def _may_be_invited(job: Job, manager: Manager) -> None:
    if not manager.vetted_for(job.kind):
        raise Invalid(_l("This manager has not been vetted for this kind of work."), field="job")
    if queries.acts_for(manager.person, job):
        raise Invalid(_l("This manager belongs to your business. Nobody can hire themselves."), field="job")
    manager_invited.send(job, manager=manager)
