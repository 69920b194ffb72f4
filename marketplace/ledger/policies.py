"""Who reads the books."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import StaffRole
from marketplace.core.authorisation import policy


@policy
def read_books(person: Any, _subject: Any = None) -> bool:
    """Finance."""
    return person.is_staff(StaffRole.finance)
