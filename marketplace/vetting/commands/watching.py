"""After approval: probation, restoring, revoking, and a word before it ends."""
from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import NotAllowed
from marketplace.core.tasks import sweep, task
from marketplace.managers.commands import mark_vetted
from marketplace.vetting import notices, policies
from marketplace.vetting.models import Application, ApplicationStatus

REMIND_DAYS = rule("VETTING_REMIND_DAYS", 30, "a manager is told so many days before the vetting ends")
IN_FORCE = (ApplicationStatus.approved, ApplicationStatus.probation)


def put_on_probation(application: Application, by: Person, why: str) -> None:
    """Watch a manager after a fault; bidding goes on."""
    _by_team(application, by)
    application.move("put_on_probation", by=by, why=why)
    notices.tell(application, "probation", why=why)


def restore(application: Application, by: Person, why: str) -> None:
    """End the probation well."""
    _by_team(application, by)
    application.move("restore", by=by, why=why)
    notices.tell(application, "restored", why=why)


def revoke(application: Application, by: Person, why: str) -> None:
    """End the vetting: no more bids on this level. Contracts under way are not touched."""
    _by_team(application, by)
    application.move("revoke", by=by, why=why)
    mark_vetted(application.manager, application.level, None)
    notices.tell(application, "revoked", why=why)


@sweep
def remind_of_expiry() -> None:
    """Managers whose vetting ends soon are told, once."""
    soon = clock.now() + timedelta(days=REMIND_DAYS)
    query = select(Application.id).where(Application.status.in_(IN_FORCE), Application.reminded_at.is_(None),
                                         Application.valid_until <= soon)
    for application_id in db.session.scalars(query):
        remind.later(application_id, once=f"vetting.remind:{application_id}")


@task
def remind(application_id: str) -> None:
    """Tell one manager that the vetting ends; safe to run twice."""
    application = db.session.get(Application, uuid.UUID(application_id))
    lock(application)
    if application.reminded_at is None and application.status in IN_FORCE:
        application.reminded_at = clock.now()
        notices.tell(application, "expiring")


def _by_team(application: Application, by: Person) -> None:
    if not policies.vet(by, application):
        raise NotAllowed()
