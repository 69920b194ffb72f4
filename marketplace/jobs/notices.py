"""What people are told about listings, in their own language."""
from __future__ import annotations

from marketplace.businesses.models import Role
from marketplace.businesses.queries import members
from marketplace.jobs.models import Decision, Job, JobInvitation, Question
from marketplace.jobs.queries import reasons_of
from marketplace.notifications.commands import notify, notify_all


def approved(job: Job) -> None:
    """Published, until when."""
    _tell(job, "approved")


def sent_back(job: Job, decision: Decision) -> None:
    """What to change before it can be published."""
    _tell(job, "sent_back", decision=decision, reasons=reasons_of(decision))


def removed(job: Job, decision: Decision) -> None:
    """Taken down, and why."""
    _tell(job, "removed", decision=decision, reasons=reasons_of(decision))


def expiring(job: Job) -> None:
    """It ends in a few days."""
    _tell(job, "expiring")


def expired(job: Job) -> None:
    """Its time is over."""
    _tell(job, "expired")


def asked(question: Question) -> None:
    """Somebody wants to know something about the job."""
    _tell(question.job, "asked", question=question)


def answered(question: Question) -> None:
    """The business answered."""
    notify(question.person, "jobs/answered", subject=question.job, question=question)


def invited(invitation: JobInvitation) -> None:
    """A business asks a manager to bid."""
    notify(invitation.manager.person, "jobs/invited", subject=invitation.job, job=invitation.job)


def invitation_declined(invitation: JobInvitation) -> None:
    """The manager will not bid this time."""
    _tell(invitation.job, "invitation_declined", manager=invitation.manager)


def _tell(job: Job, letter: str, **context: object) -> None:
    """Those of the business who decide."""
    notify_all(members(job.business, Role.owner, Role.approver), f"jobs/{letter}", subject=job, job=job, **context)
