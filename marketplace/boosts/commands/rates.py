"""The dollar's rate: entered by finance with its source, locked when ad money is paid in, refused when it is old."""
from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.boosts import queries
from marketplace.boosts.models import ExchangeRate
from marketplace.core import audit, clock
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState

RATE_DAYS = rule("RATE_DAYS", 3, "days after which a dollar rate is too old to be locked")
RATE_JUMP_PERCENT = rule("RATE_JUMP_PERCENT", 10, "a dollar rate that differs this much from the last one is taken for a slip")


def enter_rate(person: Person, rate_minor: int, day: date, source: str, link: str) -> ExchangeRate:
    """Write down what a dollar costs on a day. Raises Invalid for a day to come, an old one, or a slip of the pen."""
    if not _oldest() <= day <= clock.today().date():
        raise Invalid(_l("Choose today, or one of the days before that still counts."), field="day")
    last = queries.newest_rate()
    if last and abs(rate_minor - last.rate_minor) * 100 > last.rate_minor * RATE_JUMP_PERCENT:
        raise Invalid(_l("This is far from the last rate. Look again; if it is right, the rule has to be changed first."),
                      field="rate_minor")
    rate = ExchangeRate(rate_minor=rate_minor, day=day, source=source, link=link, person_id=person.id)
    db.session.add(rate)
    db.session.flush()
    audit.record("exchange_rate.entered", rate, person, rate=str(rate_minor), day=day.isoformat())
    return rate


def usable_rate() -> ExchangeRate:
    """The newest rate. Raises WrongState when it is too old to be locked, or there is none."""
    rate = queries.newest_rate()
    if rate is None or rate.day < _oldest():
        raise WrongState(_l("Today's dollar rate has not been entered yet, so ad money cannot be paid in now. Try again in a few hours."))
    return rate


def _oldest() -> date:
    return (clock.today() - timedelta(days=RATE_DAYS)).date()
