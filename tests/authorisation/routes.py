"""What a row of the authorisation matrix says."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Ids = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """One method of one endpoint.

    `ids(world)` addresses a thing that ada or ben own; `other(world)` somebody else's private thing, which must answer
    exactly as an absent one (404). `roles`: expected status for visitor, ada (business), ben (manager), eve (a
    stranger who is both), sam (staff). `statements`: the page's budget of SQL statements for the first role that is let in.
    """

    endpoint: str
    method: str
    roles: Mapping[str, int]
    ids: Ids = lambda world: {}
    other: Ids | None = None
    data: Callable[[Any], Mapping[str, Any]] | Mapping[str, Any] | None = None
    statements: int | None = None
    query: Mapping[str, str] = field(default_factory=dict)
