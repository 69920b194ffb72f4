"""What a lower domain cannot know is stored as `kind:id`; upper domains say how it is seen, named and linked."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """How one kind of thing is loaded through a reader's eyes, named and linked; `staff_url` where staff has another page for it."""

    seen_by: Callable[..., Any]
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    staff_url: Callable[[Any], str] | None = None


_KINDS: dict[str, Kind] = {}


def register(kind: str, seen_by: Callable[..., Any], title: Callable[[Any], str], url: Callable[[Any], str],
             staff_url: Callable[[Any], str] | None = None) -> None:
    """Register a kind. `seen_by(reader, id)` gives the row or None."""
    _KINDS[kind] = Kind(seen_by, title, url, staff_url)


def subject_of(row: Any) -> str:
    """`kind:id` of a row whose class has a KIND."""
    return f"{row.KIND}:{row.id}"


def load(subject: str, reader: Any) -> Any:
    """The row behind `kind:id` as this reader may see it, else None."""
    kind, _, key = subject.partition(":")
    return _KINDS[kind].seen_by(reader, uuid.UUID(key)) if kind in _KINDS else None


def address(row: Any) -> str:
    """Where a row's page is; empty for a kind without one."""
    kind = _KINDS.get(row.KIND)
    return kind.url(row) if kind else ""


def link(subject: str, reader: Any) -> tuple[str, str] | None:
    """Title and address of a subject, or None when this reader may not see it."""
    row = load(subject, reader)
    kind = _KINDS.get(subject.partition(":")[0])
    return (kind.title(row), _url(kind, row, reader)) if row is not None and kind else None


def _url(kind: Kind, row: Any, reader: Any) -> str:
    return kind.staff_url(row) if kind.staff_url and reader.is_staff() else kind.url(row)
