"""Who may do what with notices."""
from __future__ import annotations

from marketplace.core.db import db
from marketplace.notifications.models import Notice
from tests.authorisation.routes import ROLES, Route
from tests.people import person_named

LED_ON = dict.fromkeys(ROLES, 303)
SIGNED_IN = {**dict.fromkeys(ROLES, 200), "visitor": 303}


def _notice_of(person):
    notice = Notice(person_id=person.id, title="Something happened")
    db.session.add(notice)
    db.session.flush()
    return notice


THINGS = {"notice": lambda world: _notice_of(world.ada),
          "other_notice": lambda world: _notice_of(person_named("Zara", "zara@example.com"))}

ROUTES = [
    Route("notifications.index", "GET", SIGNED_IN, statements=7),
    Route("notifications.create_opening", "POST", {"visitor": 303, "ada": 303, "ben": 404, "eve": 404, "sam": 404},
          ids=lambda world: {"notice_id": world.notice.id}, other=lambda world: {"notice_id": world.other_notice.id}),
    Route("notifications.create_reading", "POST", LED_ON),
    Route("notifications.preference", "GET", SIGNED_IN, statements=7),
    Route("notifications.preference", "POST", LED_ON, data={"letters": "y"}),
]
