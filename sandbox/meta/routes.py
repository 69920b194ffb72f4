"""The table of Graph routes the sandbox answers: who may call each, with what, and where we know it from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.meta.errors import bad_parameter
from sandbox.meta.store import Store

# Known from: the SDK's own specifications, the vendor's documentation, or guessed.
ORIGINS = ("sdk", "doc", "guessed")
COMMON_PARAMETERS = frozenset({
    "access_token", "appsecret_proof", "fields", "limit", "after", "summary", "locale", "pretty",
})  # fmt: skip
TRUE, FALSE = ("true", "1"), ("false", "0")


@dataclass
class Call:
    """One call on its way to a handler: the token is alive, the node exists, the parameters are known by name."""

    store: Store
    method: str
    node: dict
    token: dict
    parameters: dict[str, str]
    files: dict[str, Any] = field(default_factory=dict)
    prepared: Any = None

    @property
    def actor(self) -> str:
        """Who acts: the page of a page token, else the person."""
        return self.token["page"] or self.token["person"]

    def text(self, name: str, longest: int = 63_206) -> str:
        """A text parameter, empty when absent. #100 when it is too long."""
        value = self.parameters.get(name, "")
        if len(value) > longest:
            raise bad_parameter(f"Param {name} must be at most {longest} characters long")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.parameters.get(name, "true" if default else "false").lower()
        if value not in TRUE + FALSE:
            raise bad_parameter(f"Param {name} must be a boolean")
        return value in TRUE

    def number(self, name: str, default: int, most: int) -> int:
        value = self.parameters.get(name, str(default))
        if not value.isdecimal() or not 0 < int(value) <= most:
            raise bad_parameter(f"Param {name} must be an integer from 1 to {most}")
        return int(value)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed values; the first when absent."""
        value = self.parameters.get(name, allowed[0])
        if value not in allowed:
            raise bad_parameter(f"Param {name} must be one of {{{', '.join(allowed)}}}")
        return value


@dataclass(frozen=True)
class Route:
    """`node` is the kind the path begins with, `edge` what follows (empty for the node itself).

    `sdk` names the method of the SDK that calls it, `answers` the shape of what it shows. `prepare(call)` does slow work
    before the handler runs; its result is `call.prepared`.
    """

    method: str
    node: str
    edge: str
    handler: Callable[[Call], Any]
    origin: str
    sdk: str = ""
    parameters: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    task: str = ""
    token: str = ""
    answers: str = ""
    prepare: Callable[[Call], Any] | None = None


ROUTES: dict[tuple[str, str, str], Route] = {}


def route(method: str, node: str, edge: str = "", **facts) -> Callable:
    """Put a handler into the table."""

    def register(handler: Callable[[Call], Any]) -> Callable[[Call], Any]:
        ROUTES[method, node, edge] = Route(method, node, edge, handler, **facts)
        return handler

    return register
