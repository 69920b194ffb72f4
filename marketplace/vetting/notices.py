"""What applicants are told, at each step."""
from __future__ import annotations

from typing import Any

from marketplace.core.vocabulary import KINDS, label
from marketplace.notifications.commands import notify
from marketplace.vetting.models import Application


def tell(application: Application, letter: str, **context: Any) -> None:
    """The letter `vetting/<letter>` to the applicant: submitted, in_review, interview, approved, rejected, probation,
    restored, revoked or expiring."""
    notify(application.manager.person, f"vetting/{letter}", subject=application, application=application,
           level=label(KINDS, application.level), **context)
