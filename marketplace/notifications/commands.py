"""Telling people: a notice in the product and a letter, in the receiver's language."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from marketplace.accounts.models import Person
from marketplace.core import clock, mail, subjects
from marketplace.core.db import db
from marketplace.notifications import queries
from marketplace.notifications.models import Notice, Preference

# Letters about money, access and security go to everybody.
ESSENTIAL = {"accounts", "contracts", "payments", "disputes", "channels", "access"}


def notify(person: Person, name: str, /, subject: Any = None, **context: Any) -> Notice:
    """Tell a person about a row: a notice, and the letter `<domain>/<letter>` unless they did without such letters.

    Subject and text of the letter get `person`, `subject` (the row) and `link` (its page's full address), and the context.
    """
    return notify_all([person], name, subject, **context)[0]


def notify_all(people: Sequence[Person], name: str, /, subject: Any = None, **context: Any) -> list[Notice]:
    """Tell several people the same, each once and in their language."""
    people = list(dict.fromkeys(people))
    context |= {"subject": subject, "link": mail.absolute(subjects.address(subject)) if subject else ""}
    about = subjects.subject_of(subject) if subject else ""
    letters = {person: mail.draft(name, person.email, person.language, person=person, **context) for person in _readers(people, name)}
    mail.post(list(letters.values()))
    notices = [Notice(person_id=person.id, title=_title(person, letters.get(person), name, context), subject=about) for person in people]
    db.session.add_all(notices)
    return notices


def read(notice: Notice) -> None:
    """Remember that a notice was opened."""
    notice.read_at = notice.read_at or clock.now()


def read_all(person: Person) -> None:
    """Remember that all of a person's notices were looked at."""
    unread = update(Notice).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    db.session.execute(unread.values(read_at=clock.now()))


def want_letters(person: Person, wanted: bool) -> None:
    """Send a person letters about what is not essential, or not."""
    db.session.merge(Preference(person_id=person.id, letters=wanted))


def _readers(people: Sequence[Person], name: str) -> Sequence[Person]:
    """Those who get the letter too."""
    return people if name.partition("/")[0] in ESSENTIAL else queries.wanting_letters(people)


def _title(person: Person, letter: mail.Letter | None, name: str, context: dict[str, Any]) -> str:
    """What the letter is called, or would be."""
    return letter.subject if letter else mail.headline(name, person.language, person=person, **context)
