"""The idempotency store: the first answer under a key is the answer, for a day of the sandbox's clock."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.stripe.errors import IdempotencyError, StripeError
from sandbox.stripe.store import Store

KEPT_SECONDS = 24 * 3600

_in_progress: set[tuple[int, str, str]] = set()
_lock = threading.Lock()


@dataclass(frozen=True)
class Answer:
    """Status and body of a call; `kept` when it is to be given again under the same key."""

    status: int
    body: dict
    request_id: str
    kept: bool = True
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """What was asked under a key: the same key may never ask for anything else."""

    path: str
    parameters: dict

    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(self.parameters, sort_keys=True).encode()).hexdigest()


def once(store: Store, call: Call, act: Callable[[], Answer]) -> Answer:
    """Act, or give the first answer again. Refuses another request under the key, and a second one at the same time."""
    key = store.request.idempotency_key
    if key is None:
        return act()
    with _only_one(store, key):
        saved = _saved(store, key)
        if saved:
            return _replay(saved, call, key)
        answer = act()
        if answer.kept:
            remember(store, key, call, answer)
        return answer


def remember(store: Store, key: str, call: Call, answer: Answer) -> None:
    _answers(store)[key] = {
        "path": call.path, "fingerprint": call.fingerprint(), "at": store.now(),
        "status": answer.status, "body": answer.body, "request_id": answer.request_id,
    }  # fmt: skip


@contextmanager
def _only_one(store: Store, key: str) -> Iterator[None]:
    mark = (id(store.world), store.account, key)
    with _lock:
        if mark in _in_progress:
            raise _in_use(key)
        _in_progress.add(mark)
    try:
        yield
    finally:
        _in_progress.discard(mark)


def _saved(store: Store, key: str) -> dict | None:
    saved = _answers(store).get(key)
    return saved if saved and store.now() < saved["at"] + KEPT_SECONDS else None


def _replay(saved: dict, call: Call, key: str) -> Answer:
    if saved["path"] != call.path:
        raise IdempotencyError(
            f"Keys for idempotent requests can only be used for the same endpoint they were first used for"
            f" ('{saved['path']}' vs '{call.path}'). Try using a key other than '{key}' if you meant to execute"
            f" a different request."
        )
    if saved["fingerprint"] != call.fingerprint():
        raise IdempotencyError(
            f"Keys for idempotent requests can only be used with the same parameters they were first used with."
            f" Try using a key other than '{key}' if you meant to execute a different request."
        )
    headers = {"Idempotent-Replayed": "true", "Original-Request": saved["request_id"]}
    return Answer(saved["status"], saved["body"], saved["request_id"], kept=False, headers=headers)


def _in_use(key: str) -> StripeError:
    return StripeError(
        f"There is currently another in-progress request using this Idempotent Key (that probably means you submitted"
        f" twice, and the other request is still going through): {key}. Please try again later.",
        code="idempotency_key_in_use", status=409,
    )  # fmt: skip


def _answers(store: Store):
    return store.world.collection(f"stripe.{store.account}.idempotency")
