"""Who may do what with a listing."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import StaffRole
from marketplace.businesses.models import Business, Role
from marketplace.businesses.queries import role_in
from marketplace.core.authorisation import policy
from marketplace.jobs import queries
from marketplace.jobs.models import Job, JobInvitation, Question
from marketplace.managers.models import Manager

HIRING = {Role.owner, Role.finance, Role.approver}


@policy
def post(person: Any, business: Business) -> bool:
    """Write listings for a business: every member but viewers."""
    return role_in(person, business.id) in HIRING


@policy
def see_own(person: Any, job: Job) -> bool:
    """Look at a listing as its business does: any member."""
    return queries.acts_for(person, job)


@policy
def edit(person: Any, job: Job) -> bool:
    """Change, submit, pause or close a listing: every member but viewers."""
    return queries.role_of(person, job) in HIRING


@policy
def ask(person: Any, job: Job) -> bool:
    """Ask about a listing: managers, not about their own business's."""
    return job.listed and person.acts_as_manager and not queries.acts_for(person, job)


@policy
def answer(person: Any, question: Question) -> bool:
    """Answer a question: whoever may edit the listing."""
    return edit(person, question.job)


@policy
def invite(person: Any, manager: Manager) -> bool:
    """Ask a manager to bid: anybody but the manager; for which business is decided there."""
    return manager.person_id != person.id


@policy
def decline_invitation(person: Any, invitation: JobInvitation) -> bool:
    """Say no: the manager who was invited."""
    return invitation.manager.person_id == person.id


@policy
def see_queue(person: Any, nothing: Any = None) -> bool:
    """Open the listings queue: moderators."""
    return person.is_staff(StaffRole.moderator)


@policy
def moderate(person: Any, job: Job) -> bool:
    """Decide about a listing: moderators, never about their own business's."""
    return person.is_staff(StaffRole.moderator) and not queries.acts_for(person, job)
