"""Who may do what with accounts."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person, Session
from marketplace.core import clock
from marketplace.core.authorisation import policy
from marketplace.core.config import rule
from marketplace.core.errors import NotAllowed
from marketplace.core.money import Money

CONFIRMED_FOR = timedelta(minutes=rule("CONFIRMED_MINUTES", 15, "how long a typed password counts for what matters, in minutes"))

TWO_PEOPLE_FROM_MINOR = rule("TWO_PEOPLE_FROM_MINOR", 1_000_000, "from this much, in minor units, money that staff move needs two people")


class ConfirmFirst(NotAllowed):
    """The password was typed too long ago for this; the person is led to type it again and comes back."""

    message = _l("Type your password once more, then come back to this.")


@policy
def recently_confirmed(person: Person, _subject: Any = None) -> bool:
    """Whether this person typed their password (and code) in this session a short while ago."""
    return person.session is not None and clock.now() - person.session.confirmed_at < CONFIRMED_FOR


def require_recent(person: Person) -> None:
    """For views of what matters (money out, factors, addresses): raises ConfirmFirst, which leads to the password and back."""
    if not recently_confirmed(person):
        raise ConfirmFirst()


def needs_two_people(amount: Money) -> bool:
    """Whether staff moving this much takes two of them; of another currency any sum does, as its worth is not known here."""
    return amount.currency != "BDT" or abs(amount.minor) >= TWO_PEOPLE_FROM_MINOR


@policy
def end_session(person: Person, session: Session) -> bool:
    """One's own sessions."""
    return session.person_id == person.id


def lacks_second_factor(person: Person) -> bool:
    """Whether somebody of staff has yet to turn on the second factor that staff need."""
    return person.is_staff() and person.totp_since is None
