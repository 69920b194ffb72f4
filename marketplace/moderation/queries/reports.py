"""Reports, and what they are about."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import StaffRole
from marketplace.businesses.queries import role_in
from marketplace.core import subjects
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.jobs.models import Job
from marketplace.managers.models import Manager
from marketplace.moderation.models import REPORTED, Report, ReportStatus
from marketplace.reviews.models import Review

SHOWN = 100


def reportable(reader: Any, subject: str) -> Any:
    """The job, manager or review behind `kind:id` as the reader sees it; None for anything else."""
    kind, _, key = subject.partition(":")
    try:
        uuid.UUID(key)
    except ValueError:
        return None
    return subjects.load(subject, reader) if kind in REPORTED else None


def report_seen_by(reader: Any, report_id: uuid.UUID) -> Report | None:
    """A report, for moderators."""
    return db.session.get(Report, report_id) if reader.is_authenticated and reader.is_staff(StaffRole.moderator) else None


def open_reports() -> list[Report]:
    """What waits, oldest first; the first hundred."""
    query = select(Report).options(joinedload(Report.person)).where(Report.status == ReportStatus.open)
    return list(db.session.scalars(query.order_by(Report.created_at, Report.id).limit(SHOWN)))


def decided_reports(after: str | None) -> Page:
    """What was decided, newest first."""
    query = select(Report).options(joinedload(Report.person), joinedload(Report.decider)).where(Report.status != ReportStatus.open)
    return page(query, [Report.created_at, Report.id], after)


def count_open_reports(person: Any) -> int:
    """How many wait, for moderators' navigation."""
    if not person.is_staff(StaffRole.moderator):
        return 0
    return db.session.scalar(select(func.count()).where(Report.status == ReportStatus.open)) or 0


def concerns(report: Report, person: Any) -> bool:
    """Whether the report is about the person or their business."""
    kind, _, key = report.subject.partition(":")
    row = db.session.get({"job": Job, "manager": Manager, "review": Review}[kind], uuid.UUID(key))
    manager = row if isinstance(row, Manager) else row.manager if isinstance(row, Review) else None
    if manager is not None and manager.person_id == person.id:
        return True
    return isinstance(row, Job | Review) and role_in(person, row.business_id) is not None
