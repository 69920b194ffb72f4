"""A person's own particulars, what they act as, and suspension."""
from __future__ import annotations

from marketplace.accounts.commands import sessions
from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import LANGUAGES


def rename(person: Person, name: str) -> None:
    """How a person is called."""
    person.name = name


def set_language(person: Person, code: str) -> None:
    """The language of a person's pages and letters, "bn" or "en". Raises Invalid."""
    if code not in LANGUAGES:
        raise Invalid(field="language")
    person.language = code


def act_as_business(person: Person) -> None:
    """Show a person what businesses see; called when they begin or join one."""
    person.acts_as_business = True


def act_as_manager(person: Person) -> None:
    """Show a person what managers see; called when they begin a profile."""
    person.acts_as_manager = True


def suspend(person: Person, by: Person, why: str) -> None:
    """Keep a person out until the suspension is lifted; ends every session at once."""
    person.suspended_at = clock.now()
    sessions.end_all(person, by)
    audit.record("person.suspend", person, by, why=why)


def lift_suspension(person: Person, by: Person, why: str) -> None:
    """Let a person in again."""
    person.suspended_at = None
    audit.record("person.lift_suspension", person, by, why=why)
