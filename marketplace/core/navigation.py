"""What the navigation of each audience holds; views register their own entries."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from marketplace.core.authorisation import may_open

AUDIENCES = ("business", "manager", "staff")


@dataclass(frozen=True)
class Entry:
    """One place to go. `order` sorts; the first five of an audience are the phone's tab bar."""

    audience: str
    order: int
    label: Any
    endpoint: str
    icon: str
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class Link:
    """An entry as a template shows it."""

    label: Any
    url: str
    icon: str
    count: int
    current: bool


_ENTRIES: dict[tuple[str, str], Entry] = {}


def add(audience: str, order: int, label: Any, endpoint: str, icon: str, count: Callable[[Any], int] | None = None) -> None:
    """Register a place for "business", "manager" or "staff" people."""
    _ENTRIES[audience, endpoint] = Entry(audience, order, label, endpoint, icon, count)


def links(person: Any, audiences: set[str]) -> list[Link]:
    """The places of these audiences that this person may open, in order, each endpoint once."""
    chosen = {e.endpoint: e for e in sorted(_ENTRIES.values(), key=lambda e: -e.order) if e.audience in audiences}
    opening = {e.endpoint: url_for(e.endpoint) for e in sorted(chosen.values(), key=lambda e: e.order) if may_open(e.endpoint)}
    here = _here(opening)
    return [_link(chosen[endpoint], url, person, endpoint == here) for endpoint, url in opening.items()]


def _here(places: dict[str, str]) -> str:
    """The endpoint of the place that the open page belongs to: the deepest whose address it is under, or its domain's own."""
    above = [endpoint for endpoint, url in places.items() if f"{request.path}/".startswith(f"{url}/")]
    own = [f"{request.blueprint}.{name}" for name in ("index", "home") if f"{request.blueprint}.{name}" in places]
    return max(above, key=lambda endpoint: len(places[endpoint]), default=own[0] if own else "")


def _link(entry: Entry, url: str, person: Any, current: bool) -> Link:
    return Link(entry.label, url, entry.icon, entry.count(person) if entry.count else 0, current)
