"""Keeping somebody out, for a stated reason and until a stated day, and letting them in again."""
from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts import commands as accounts
from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.tasks import sweep, task
from marketplace.moderation import notices, policies
from marketplace.moderation.models import Restriction, RestrictionStatus


def suspend(person: Person, by: Person, rule: str, reason: str, ends_at: datetime) -> Restriction:
    """Sign a person out everywhere and keep them out until `ends_at` (UTC); they are told why by mail.

    Raises NotAllowed for oneself (and for staff unless `by` is superadmin), WrongState when they are kept out already,
    Invalid for a day that is over.
    """
    lock(person)
    if not policies.suspend(by, person):
        raise NotAllowed(_l("Nobody suspends themselves, and only a superadmin suspends staff."))
    if not person.is_active:
        raise WrongState()
    if ends_at <= clock.now():
        raise Invalid(_l("Choose a day that is still to come."), field="ends_on")
    restriction = Restriction(person=person, rule=rule, reason=reason, imposed_by=by.id, ends_at=ends_at)
    db.session.add(restriction)
    accounts.suspend(person, by, why=f"{rule}: {reason}")
    notices.suspended(restriction)
    return restriction


def lift(restriction: Restriction, by: Person, why: str, mistake: bool = False) -> None:
    """Let a person in before the day has come; `mistake` says that it should never have been."""
    restriction.move("overturn" if mistake else "lift", by, why=why)
    _let_in(restriction, by, why)


@sweep
def end_restrictions() -> None:
    """Queue the end of those whose day has come."""
    due = select(Restriction.id).where(Restriction.status == RestrictionStatus.active, Restriction.ends_at <= clock.now()).limit(200)
    for restriction_id in db.session.scalars(due):
        expire.later(restriction_id, once=f"restriction:{restriction_id}")


@task
def expire(restriction_id: str) -> None:
    """The day has come; once."""
    restriction = db.session.get_one(Restriction, uuid.UUID(restriction_id))
    lock(restriction)
    if restriction.may("expire") and restriction.ends_at <= clock.now():
        restriction.move("expire")
        _let_in(restriction, None, "")


def _let_in(restriction: Restriction, by: Person | None, why: str) -> None:
    restriction.ended_at, restriction.end_reason = clock.now(), why
    accounts.lift_suspension(restriction.person, by, why)
    notices.let_in(restriction)
