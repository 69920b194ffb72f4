"""The record of every call in and every webhook out, without secrets."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import World

LIMIT = 20_000
SECRET_NAMES = frozenset({
    "access_token", "account_number", "appsecret_proof", "authorization", "card_number", "client_secret", "code",
    "code_verifier", "cvc", "fb_exchange_token", "hub.verify_token", "input_token", "number", "password",
    "secret", "x-hub-signature-256",
})  # fmt: skip
SUMMARY_LENGTH = 600


class Journal:
    """Calls in order, each with a rising sequence number. The newest 20,000 are kept."""

    def __init__(self, world: "World"):
        self._world = world

    def record(self, vendor: str, method: str, path: str, **details: Any) -> dict:
        """Keep one call: parameters, idempotency_key, status (None: no answer was given), answer, direction, fault."""
        with self._world.transaction():
            number = self._next_number()
            entry = {"sequence": number, "at": self._world.now().isoformat(), "vendor": vendor, "direction": "in"}
            entry |= {"method": method, "path": path} | details
            calls = self._world.collection("journal")
            calls[str(number)] = entry
            if number % 100 == 0:
                calls.keep_newest(LIMIT)
        return entry

    def entries(self, vendor: str = "", path: str = "", after: int = 0) -> list[dict]:
        """Oldest first: of that vendor, whose path contains `path`, with a number above `after`."""
        return [
            entry for entry in self._world.collection("journal").all()
            if entry["sequence"] > after and vendor in ("", entry["vendor"]) and path in entry["path"]
        ]  # fmt: skip

    def _next_number(self) -> int:
        counter = self._world.collection("journal.counter")
        number = counter.get("last", {"number": 0})["number"] + 1
        counter["last"] = {"number": number}
        return number


def fingerprint(secret: str) -> str:
    """A short mark by which the same secret is recognised and not learnt."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()[:10]


def without_secrets(value: Any, name: str = "") -> Any:
    """The same JSON value with every secret in it replaced by its fingerprint."""
    if isinstance(value, dict):
        return {key: without_secrets(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner, name) for inner in value]
    if is_secret(name) and isinstance(value, str) and value:
        return fingerprint(value)
    return value


def is_secret(name: str) -> bool:
    """By name: `card[number]` is as secret as `number`."""
    return name.replace("]", "").split("[")[-1].lower() in SECRET_NAMES


def summarise(body: bytes, content_type: str) -> str:
    """The beginning of a JSON answer without secrets; of others, only type and size."""
    if "json" not in content_type:
        return f"{content_type or 'no type'}, {len(body)} bytes"
    try:
        value = json.loads(body)
    except ValueError:
        return f"broken JSON, {len(body)} bytes"
    return json.dumps(without_secrets(value), ensure_ascii=False)[:SUMMARY_LENGTH]
