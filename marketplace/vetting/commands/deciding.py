"""The team's part: two different people decide, both with reasons, both on record; nobody decides about themselves."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.config import rule
from marketplace.core.db import lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.managers.commands import mark_vetted
from marketplace.vetting import notices, policies
from marketplace.vetting.models import RUBRIC, Application, Verdict

VALID_DAYS = rule("VETTING_VALID_DAYS", 365, "a vetting lasts this many days")


def take(application: Application, by: Person) -> None:
    """Begin to look into it."""
    _not_oneself(application, by)
    application.move("take", by=by)
    notices.tell(application, "in_review")


def invite_to_interview(application: Application, by: Person, at: datetime, link: str) -> None:
    """Agree on a video call at a moment, behind a link. Raises Invalid for a moment that has passed."""
    _not_oneself(application, by)
    if at <= clock.now():
        raise Invalid(_l("Choose a time that is still to come."), field="at")
    application.move("interview", by=by, why=at.isoformat())
    application.interview_at, application.interview_link = at, link
    notices.tell(application, "interview")


def recommend(application: Application, by: Person, verdict: Verdict, why: str, reasons: str, checks: Iterable[str] = ()) -> None:
    """The first opinion: `why` is for the team, `reasons` is what the applicant will be told, `checks` what was found good.

    Nothing changes for the applicant until somebody else confirms it. Raises WrongState where the verdict is not possible
    yet, or somebody recommended before.
    """
    _not_oneself(application, by)
    lock(application)
    if application.recommended_by or not application.may(verdict):
        raise WrongState()
    found = [criterion.check for criterion in RUBRIC[application.level] if criterion.check in set(checks)]
    if verdict == Verdict.approve and len(found) < len(RUBRIC[application.level]):
        raise Invalid(_l("To approve, every line of the rubric must be found good."), field="checks")
    application.recommended_by, application.recommended_at = by.id, clock.now()
    application.verdict, application.recommendation, application.reasons, application.checks = verdict, why, reasons, found
    audit.record("application.recommend", application, by, verdict=verdict, why=why, checks=found)


def confirm(application: Application, by: Person, why: str) -> None:
    """The second opinion: the verdict takes effect. Raises NotAllowed for whoever gave the first, or the applicant."""
    lock(application)
    _second(application, by)
    application.move(application.verdict, by=by, why=why)
    application.decided_by, application.decided_at, application.decision = by.id, clock.now(), why
    if application.verdict == Verdict.approve:
        _approved(application)
    notices.tell(application, application.status)


def return_recommendation(application: Application, by: Person, why: str) -> None:
    """The second disagrees: the recommendation is dropped (its text stays in the audit) and anybody may give a new one."""
    lock(application)
    _second(application, by)
    audit.record("application.return", application, by, why=why, verdict=application.verdict, recommended_by=application.recommended_by)
    application.recommended_by = application.recommended_at = application.verdict = None
    application.recommendation, application.reasons, application.checks = "", "", []


def _approved(application: Application) -> None:
    application.valid_until = clock.now() + timedelta(days=VALID_DAYS)
    mark_vetted(application.manager, application.level, application.valid_until, application.checks)


def _second(application: Application, by: Person) -> None:
    if application.verdict is None or not application.may(application.verdict):
        raise WrongState()
    if not policies.confirm(by, application):
        raise NotAllowed(_l("A second person of the team must decide this, not the one who recommended it."))


def _not_oneself(application: Application, by: Person) -> None:
    if not policies.vet(by, application):
        raise NotAllowed(_l("Nobody vets themselves."))
