"""What the landing page shows of the marketplace."""
from __future__ import annotations

from typing import Any


def numbers() -> dict[str, Any]:
    """Figures the database holds: taka released (minor units), vetted managers, share of posts on time."""
    return {"released_minor": 0, "managers": 0, "on_time": None}


def managers_free_soon() -> list[Any]:
    """Up to three vetted managers who are free this week."""
    return []


def trades() -> list[tuple[str, Any]]:
    """The trades a business can choose, as (code, label)."""
    return []
