"""Reads of applications, through the reader's eyes."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Person, StaffRole
from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.core.subjects import subject_of
from marketplace.files.models import File
from marketplace.files.queries import file_seen_by
from marketplace.managers.models import Kind, Manager
from marketplace.managers.queries import manager_of
from marketplace.vetting.models import RUBRIC, UNDECIDED, Application, ApplicationStatus

WAITING = (ApplicationStatus.submitted, ApplicationStatus.in_review, ApplicationStatus.interview)


def application_seen_by(reader: Any, application_id: uuid.UUID) -> Application | None:
    """The applicant sees it, and those who vet once it was submitted."""
    if not reader.is_authenticated:
        return None
    query = select(Application).options(joinedload(Application.manager)).where(Application.id == application_id)
    application = db.session.scalars(query).first()
    if application is None or application.manager.person_id == reader.id:
        return application
    return application if reader.is_staff(StaffRole.vetter) and application.status != ApplicationStatus.draft else None


@dataclass(frozen=True)
class Evidence:
    """A file with the application it belongs to."""

    application: Application
    file: File

    @property
    def manager(self) -> Manager:
        """Whose it is."""
        return self.application.manager


def evidence_seen_by(reader: Any, application_id: uuid.UUID, file_id: uuid.UUID) -> Evidence | None:
    """A file of an application the reader may see."""
    application, file = application_seen_by(reader, application_id), file_seen_by(reader, file_id)
    if application is None or file is None or file.subject != subject_of(application):
        return None
    return Evidence(application, file)


def applications_of(manager: Manager) -> dict[str, Application]:
    """The newest application of each level."""
    query = select(Application).where(Application.manager_id == manager.id).order_by(Application.id)
    return {application.level: application for application in db.session.scalars(query)}


def undecided(manager: Manager, level: Kind) -> Application | None:
    """The application under way for a level."""
    query = select(Application).where(Application.manager_id == manager.id, Application.level == level, Application.status.in_(UNDECIDED))
    return db.session.scalars(query).first()


def queue(status: ApplicationStatus, after: str | None = None) -> Page:
    """Applications in a status with their managers; the newest first, as every list."""
    query = select(Application).options(joinedload(Application.manager)).where(Application.status == status)
    return page(query, [Application.submitted_at, Application.id], after)


def waiting() -> dict[ApplicationStatus, int]:
    """How many wait in each status that needs somebody of staff; a queue is short, so they are counted."""
    query = select(Application.status, func.count()).where(Application.status.in_(WAITING)).group_by(Application.status)
    return dict(db.session.execute(query).all())


def count_waiting(person: Any) -> int:
    """How many this person of staff could take up; for the navigation."""
    return sum(waiting().values()) if person.is_staff(StaffRole.vetter) else 0


def own(reader: Any) -> Manager | None:
    """The reader's profile, which an application is about."""
    return manager_of(reader)


@dataclass(frozen=True)
class Step:
    """One line of a case's record; `who` is empty for what happened by itself."""

    at: datetime
    action: str
    who: str
    why: str


def record_of(application: Application) -> list[Step]:
    """What was done with an application, by whom and why, newest first."""
    entries = audit.history(application)
    ids = {uuid.UUID(key) for kind, _, key in (entry.actor.partition(":") for entry in entries) if kind == "person"}
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    return [Step(entry.at, entry.action.partition(".")[2], _name(entry.actor, names), entry.details.get("why", "")) for entry in entries]


def _name(actor: str, names: dict[uuid.UUID, str]) -> str:
    kind, _, key = actor.partition(":")
    return names.get(uuid.UUID(key), "") if kind == "person" else ""


def lacking(application: Application) -> list[str]:
    """What the applicant still has to give: "links", or the check whose question is unanswered."""
    unanswered = [criterion.check for criterion in RUBRIC[application.level]
                  if criterion.question and not application.answers.get(criterion.check, "").strip()]
    return (["links"] if not application.links else []) + unanswered
