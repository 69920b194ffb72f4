"""Where the team starts: what waits, and since when."""
from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from marketplace.accounts.models import Person
from marketplace.core import calendar, i18n
from marketplace.core.authorisation import allow
from marketplace.moderation import policies, queries

pages = Blueprint("moderation", __name__)


def person() -> Person:
    """Who is signed in, as the row itself."""
    return current_user._get_current_object()


@pages.get("/staff")
@allow(policies.enter)
def desk() -> str:
    """The queues this person works on, with counts and the oldest age; and which years' holidays are missing."""
    return render_template("moderation/desk.html", queues=queries.queues(current_user),
                           years=[i18n.digits(str(year)) for year in calendar.years_unannounced()])
