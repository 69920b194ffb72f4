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
    own = any(request.endpoint == entry.endpoint for entry in _ENTRIES.values())
    return [_link(entry, person, own) for entry in sorted(chosen.values(), key=lambda e: e.order) if may_open(entry.endpoint)]


def _link(entry: Entry, person: Any, own: bool) -> Link:
    """`own`: the page that is open has an entry of its own, so that no other stands for it."""
    blueprint, _, name = entry.endpoint.partition(".")
    current = request.endpoint == entry.endpoint or (not own and request.blueprint == blueprint and name in {"index", "home"})
    return Link(entry.label, url_for(entry.endpoint), entry.icon, entry.count(person) if entry.count else 0, current)
