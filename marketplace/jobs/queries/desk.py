"""What staff read before a listing is published."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from marketplace.core.db import db
from marketplace.jobs.models import Decision, Job, JobStatus, Outcome

ALIKE = 0.6
"""Trigram similarity from which two listings are shown as the same (0–1)."""
COMPARED = (JobStatus.in_review, JobStatus.open, JobStatus.paused, JobStatus.closed, JobStatus.expired, JobStatus.removed)
QUEUE = 100


def queue() -> list[Job]:
    """Listings that wait for a decision, oldest first; the first hundred."""
    query = select(Job).options(joinedload(Job.business)).where(Job.status == JobStatus.in_review)
    return list(db.session.scalars(query.order_by(Job.submitted_at, Job.id).limit(QUEUE)))


def queue_size(person: Any = None) -> int:
    """How many wait."""
    return db.session.scalar(select(func.count()).where(Job.status == JobStatus.in_review)) or 0


def case_seen_by(reader: Any, job_id: uuid.UUID) -> Job | None:
    """A listing that was submitted at least once, for staff."""
    if not reader.is_authenticated or not reader.is_staff():
        return None
    query = select(Job).options(joinedload(Job.business), joinedload(Job.author)).where(Job.id == job_id, Job.submitted_at.is_not(None))
    return db.session.scalars(query).first()


def duplicates(jobs: Sequence[Job]) -> dict[uuid.UUID, list[Job]]:
    """Other listings that say nearly the same, for each of these jobs; in one statement."""
    one, other = aliased(Job), aliased(Job)
    query = (select(one.id, other).join(other, one.folded.op("%")(other.folded))
             .where(one.id.in_([job.id for job in jobs]), other.id != one.id, other.status.in_(COMPARED),
                    func.similarity(one.folded, other.folded) >= ALIKE)
             .order_by(other.id))
    found: dict[uuid.UUID, list[Job]] = {}
    for key, twin in db.session.execute(query):
        found.setdefault(key, []).append(twin)
    return found


def decisions(job: Job) -> list[Decision]:
    """What was decided about a listing, newest first."""
    return list(db.session.scalars(select(Decision).where(Decision.job_id == job.id).order_by(Decision.id.desc())))


def last_sent_back(job: Job) -> Decision | None:
    """What is still to be mended: the last decision, when it sent the listing back and it was not submitted since."""
    if job.status not in (JobStatus.sent_back, JobStatus.draft):
        return None
    last = next(iter(decisions(job)), None)
    return last if last and last.outcome == Outcome.sent_back else None
