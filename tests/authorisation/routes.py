"""What a row of the authorisation matrix says.

Each `tests/authorisation/<domain>.py` has `ROUTES`, a list of rows, and `THINGS`, a mapping from a name to
`function(world)` that makes that thing once for a test: then `world.job` is there for every row of every domain.
`world.ada`, `.ben`, `.eve`, `.sam` are people. By convention a domain's own private thing of somebody else is called
`other_<thing>`.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Ids = Callable[[Any], Mapping[str, Any]]
ROLES = ("visitor", "ada", "ben", "eve", "sam")


@dataclass(frozen=True)
class Route:
    """One method of one endpoint.

    `ids(world)` addresses a thing that ada or ben own; `other(world)` somebody else's private thing, which must answer
    ada exactly as an absent one (404). `roles`: expected status for visitor, ada (business), ben (manager), eve (a
    stranger who is both), sam (staff). `statements`: the page's budget of SQL statements, the session's own included;
    every GET has one. `data`: the form of a POST, or a function of the world.
    """

    endpoint: str
    method: str
    roles: Mapping[str, int]
    ids: Ids = lambda world: {}
    other: Ids | None = None
    data: Callable[[Any], Mapping[str, Any]] | Mapping[str, Any] | None = None
    statements: int | None = None
    query: Mapping[str, str] = field(default_factory=dict)
