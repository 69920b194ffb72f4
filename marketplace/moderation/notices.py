"""Letters about decisions of the team."""
from __future__ import annotations

from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import StaffRole
from marketplace.core.mail import letter
from marketplace.core.vocabulary import label
from marketplace.moderation.models import RESTRICTION_RULES, Report, Restriction
from marketplace.notifications.commands import notify, notify_all


def report_decided(report: Report) -> None:
    """To whoever reported it, if anybody did."""
    if report.person:
        notify(report.person, "moderation/report_decided", report=report)


def page_lost(report: Report) -> None:
    """To every moderator: a time was promised."""
    team = [person for person in accounts.staff() if person.is_staff(StaffRole.moderator)]
    notify_all(team, "moderation/page_lost", subject=report)


def suspended(restriction: Restriction) -> None:
    """Why and until when; by mail, because they cannot sign in."""
    _write(restriction, "suspended", rule=label(RESTRICTION_RULES, restriction.rule))


def let_in(restriction: Restriction) -> None:
    """They may sign in again."""
    _write(restriction, "let_in")


def _write(restriction: Restriction, name: str, **context: Any) -> None:
    person = restriction.person
    letter(f"moderation/{name}", person.email, person.language, name=person.name, restriction=restriction, **context)
