"""Reports, and what they are about."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.access.models import PageLoss
from marketplace.accounts.models import StaffRole
from marketplace.businesses.queries import role_in
from marketplace.contracts.models import PartyCheck
from marketplace.core import subjects
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.jobs.models import Job
from marketplace.managers.models import Manager
from marketplace.moderation.models import REPORTED, Report, ReportStatus
from marketplace.reviews.models import Review

SHOWN = 100
TABLES: dict[str, Any] = {"job": Job, "manager": Manager, "review": Review, "party_check": PartyCheck, "page_loss": PageLoss}


def reportable(reader: Any, subject: str, kinds: tuple[str, ...] = REPORTED) -> Any:
    """The job, manager or review (or one of these kinds) behind `kind:id` as the reader sees it; None for anything else."""
    kind, _, key = subject.partition(":")
    try:
        uuid.UUID(key)
    except ValueError:
        return None
    return subjects.load(subject, reader) if kind in kinds else None


def report_seen_by(reader: Any, report_id: uuid.UUID) -> Report | None:
    """A report, for moderators."""
    return db.session.get(Report, report_id) if reader.is_authenticated and reader.is_staff(StaffRole.moderator) else None


def open_reports() -> list[Report]:
    """What waits, what we said a time for before the rest, oldest first; the first hundred."""
    query = select(Report).options(joinedload(Report.person)).where(Report.status == ReportStatus.open)
    return list(db.session.scalars(query.order_by(Report.due_at.nulls_last(), Report.created_at, Report.id).limit(SHOWN)))


def decided_reports(after: str | None) -> Page:
    """What was decided, newest first."""
    query = select(Report).options(joinedload(Report.person), joinedload(Report.decider)).where(Report.status != ReportStatus.open)
    return page(query, [Report.created_at, Report.id], after)


def count_open_reports(person: Any) -> int:
    """How many wait, for moderators' navigation."""
    if not person.is_staff(StaffRole.moderator):
        return 0
    return db.session.scalar(select(func.count()).where(Report.status == ReportStatus.open)) or 0


def newest_report_about(row: Any) -> Report | None:
    """The report that was made last about a thing."""
    query = select(Report).where(Report.subject == subjects.subject_of(row)).order_by(Report.created_at.desc(), Report.id.desc())
    return db.session.scalars(query.limit(1)).first()


def concerns(report: Report, person: Any) -> bool:
    """Whether the report is about the person or their business."""
    kind, _, key = report.subject.partition(":")
    return is_of(person, db.session.get(TABLES[kind], uuid.UUID(key)))


def is_of(person: Any, row: Any) -> bool:
    """Whether a thing that can be judged is the person's own, or their business's."""
    manager = row if isinstance(row, Manager) else getattr(row, "manager", None)
    if manager is not None and manager.person_id == person.id:
        return True
    return hasattr(row, "business_id") and role_in(person, row.business_id) is not None


def loss_seen_by(reader: Any, loss_id: uuid.UUID) -> PageLoss | None:
    """A lost page, for moderators."""
    return db.session.get(PageLoss, loss_id) if reader.is_authenticated and reader.is_staff(StaffRole.moderator) else None
