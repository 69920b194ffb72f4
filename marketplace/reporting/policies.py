"""Who may do what with papers."""
from __future__ import annotations

from typing import Any

from marketplace.core.authorisation import policy
from marketplace.reporting import queries


@policy
def see_all_papers(person: Any, _subject: Any = None) -> bool:
    """Open any party's papers: finance."""
    return queries.sees_all(person)
