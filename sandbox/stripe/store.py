"""What one account of the sandbox's Stripe owns: its objects, by type, in the order they were made."""

import secrets
import string
from dataclasses import dataclass, field

from sandbox.stripe.errors import missing
from sandbox.world import World

PLATFORM = "acct_1SandboxPlatform"
API_VERSION = "2026-10-28.endive"
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Request:
    """The API call that caused something; empty when the clock or a person did."""

    id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Store:
    """One account's objects as JSON. Fields whose names begin with `_` are the sandbox's own and never shown."""

    world: World
    account: str = PLATFORM
    request: Request = field(default_factory=Request)

    def now(self) -> int:
        """Seconds since 1970 on the sandbox's clock."""
        return int(self.world.now().timestamp())

    def of(self, account: str) -> "Store":
        """The same call, acting for another account."""
        return Store(self.world, account, self.request)

    def add(self, kind: str, prefix: str, **fields) -> dict:
        """Make an object of that type, with a new id."""
        thing = {"id": new_id(prefix), "object": kind, "created": self.now()} | fields
        self.save(thing)
        return thing

    def save(self, thing: dict) -> None:
        self._things(thing["object"])[thing["id"]] = thing

    def change(self, thing: dict, **fields) -> dict:
        """Set fields and keep them; the given copy shows them too. Gives what the public ones were before."""
        before = {name: thing.get(name) for name, value in fields.items() if thing.get(name) != value}
        thing.update(fields)
        self.save(thing)
        return {name: value for name, value in before.items() if not name.startswith("_")}

    def find(self, kind: str, identifier: str | None) -> dict | None:
        return self._things(kind).get(identifier or "")

    def get(self, kind: str, identifier: str, param: str = "id") -> dict:
        """Refuses with resource_missing what this account does not have."""
        thing = self.find(kind, identifier)
        if thing is None:
            raise missing(kind, identifier, param)
        return thing

    def all(self, kind: str, since: int = 0, **wanted) -> list[dict]:
        """Oldest first, those whose fields equal all of `wanted`, made at that moment or later."""
        return self._things(kind).where(since, **wanted)

    def available(self, currency: str, moment: int) -> int:
        """Minor units that the balance transactions have made available by then."""
        return self._things("balance_transaction").total("net", "available_on", moment, currency=currency)

    def accounts(self) -> list["Store"]:
        """The platform and every connected account."""
        connected = self.of(PLATFORM).all("account")
        return [self.of(PLATFORM), *(self.of(account["id"]) for account in connected)]

    def _things(self, kind: str):
        return self.world.collection(f"stripe.{self.account}.{kind}")


def new_id(prefix: str) -> str:
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(24))


def public(thing: dict) -> dict:
    """The object without the sandbox's own fields, to any depth."""
    return {name: _public_value(value) for name, value in thing.items() if not name.startswith("_")}


def _public_value(value):
    if isinstance(value, dict):
        return public(value)
    if isinstance(value, list):
        return [_public_value(item) for item in value]
    return value
