"""Who may do what with a profile."""
from __future__ import annotations

from typing import Any

from marketplace.core.authorisation import policy
from marketplace.managers.models import Manager


@policy
def edit(person: Any, manager: Manager) -> bool:
    """Change a profile: the person it is about."""
    return manager.person_id == person.id


@policy
def edit_part(person: Any, part: Any) -> bool:
    """Change a package or a piece of work: the same person."""
    return part.manager.person_id == person.id
