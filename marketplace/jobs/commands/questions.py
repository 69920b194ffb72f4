"""Questions of managers and answers of the business."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.core import audit, clock, limits
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.firewall.queries import inspect
from marketplace.jobs import notices
from marketplace.jobs.models import Job, JobStatus, Question

MOST_QUESTIONS = 5
"""What a listing may ask of each bid."""
QUESTIONS_A_DAY = rule("JOB_QUESTIONS_A_DAY", 10, "questions about jobs that a manager may ask in a day")


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


def ask_bidders(job: Job, text: str, by: Person) -> None:
    """Put one more question to everybody who bids. Raises WrongState when nobody does any more, Invalid (`text`) otherwise."""
    lock(job)
    if job.status not in (JobStatus.open, JobStatus.paused):
        raise WrongState()
    _clean(text, "text")
    if text in job.questions or len(job.questions) >= MOST_QUESTIONS:
        raise Invalid(_l("At most five questions, each once."), field="text")
    job.questions = [*job.questions, text]
    audit.record("job.ask_bidders", job, by)


def _clean(text: str, field: str) -> None:
    found = inspect(text)
    if found:
        raise Invalid(found[0].meaning.reason, field=field)
