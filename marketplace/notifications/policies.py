"""Who may do what with notices."""
from __future__ import annotations

from marketplace.accounts.models import Person
from marketplace.core.authorisation import policy
from marketplace.notifications.models import Notice


@policy
def open_notice(person: Person, notice: Notice) -> bool:
    """One's own notices."""
    return notice.person_id == person.id
