"""What staff decide about listings; each decision leaves a row that the business reads."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.jobs import notices
from marketplace.jobs.commands.invitations import tell_invited
from marketplace.jobs.models import Decision, Job, Outcome
from marketplace.jobs.signals import job_ended, job_opened

OPEN_DAYS = rule("JOB_OPEN_DAYS", 30, "days a listing is open")


def approve(job: Job, by: Person) -> None:
    """Publish a listing. One that was published before keeps its place and its end, unless that is over."""
    job.move("approve", by)
    first, now = job.published_at is None, clock.now()
    job.published_at = job.published_at or now
    if job.expires_at is None or job.expires_at <= now:
        job.expires_at, job.warned_at = now + timedelta(days=OPEN_DAYS), None
    _decide(job, by, Outcome.approved)
    notices.approved(job)
    tell_invited(job)
    if first:
        job_opened.send(job)


def send_back(job: Job, by: Person, reasons: Sequence[str], note: str = "") -> Decision:
    """Ask the business to change something. Raises Invalid without a reason."""
    _need(reasons)
    job.move("send_back", by, why=", ".join(reasons))
    decision = _decide(job, by, Outcome.sent_back, reasons, note)
    notices.sent_back(job, decision)
    return decision


def remove(job: Job, by: Person, reasons: Sequence[str], note: str = "") -> Decision:
    """Take a published listing down. Raises Invalid without a reason."""
    _need(reasons)
    job.move("remove", by, why=", ".join(reasons))
    decision = _decide(job, by, Outcome.removed, reasons, note)
    notices.removed(job, decision)
    job_ended.send(job)
    return decision


def _need(reasons: Sequence[str]) -> None:
    if not reasons:
        raise Invalid(_l("Choose a reason; the business reads it."), field="reasons")


def _decide(job: Job, by: Person, outcome: Outcome, reasons: Sequence[str] = (), note: str = "") -> Decision:
    decision = Decision(job_id=job.id, person_id=by.id, outcome=outcome, reasons=list(reasons), note=note, findings=job.findings)
    db.session.add(decision)
    db.session.flush()
    return decision
