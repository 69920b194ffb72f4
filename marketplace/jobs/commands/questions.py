"""Questions of managers, answers of the business, invitations to bid."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.core import audit, clock, limits
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.firewall.queries import inspect
from marketplace.jobs import notices
from marketplace.jobs.models import Job, JobInvitation, Question
from marketplace.managers.models import Manager

QUESTIONS_A_DAY = rule("JOB_QUESTIONS_A_DAY", 10, "questions about jobs that a manager may ask in a day")
INVITATIONS_A_DAY = rule("JOB_INVITATIONS_A_DAY", 20, "managers that may be invited to a job in a day")


def ask(job: Job, by: Person, text: str) -> Question:
    """Ask the business something; everybody reads it with its answer. Raises Invalid for contact details and the like."""
    limits.hit(f"job-questions:{by.id}", QUESTIONS_A_DAY, per=timedelta(days=1))
    if not job.listed:
        raise WrongState()
    _clean(text, "text")
    question = Question(job=job, person=by, text=text)
    db.session.add(question)
    db.session.flush()
    notices.asked(question)
    return question


def answer(question: Question, text: str, by: Person) -> None:
    """Answer once; from then on the question is public. Raises WrongState when it is answered."""
    lock(question)
    if question.answered_at:
        raise WrongState()
    _clean(text, "answer")
    question.answer, question.answered_at = text, clock.now()
    audit.record("job_question.answer", question, by)
    notices.answered(question)


def invite(job: Job, manager: Manager, by: Person) -> None:
    """Ask a manager to bid; asking twice changes nothing. Raises WrongState unless the job is open, Invalid for the unvetted."""
    if not job.listed:
        raise WrongState()
    if not manager.vetted_for(job.kind):
        raise Invalid(_l("This manager has not been vetted for this kind of work."))
    limits.hit(f"job-invitations:{job.id}", INVITATIONS_A_DAY, per=timedelta(days=1))
    row = insert(JobInvitation).values(job_id=job.id, manager_id=manager.id, person_id=by.id, created_at=clock.now())
    invitation = db.session.scalars(row.on_conflict_do_nothing().returning(JobInvitation)).first()
    if invitation:
        audit.record("job.invite", job, by, manager=manager.id)
        notices.invited(invitation)


def _clean(text: str, field: str) -> None:
    found = inspect(text)
    if found:
        raise Invalid(found[0].meaning.reason, field=field)
