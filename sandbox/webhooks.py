"""Webhooks out: sent in order from one background thread, retried, journalled, and open to faults."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from sandbox.world import World

log = logging.getLogger("sandbox")

# Seconds of the sandbox's clock between attempts, about three days in all.
RETRY_AFTER = (2, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 24 * 3600)
TIMEOUT = 10
REORDER_WAIT = 10

class RefusedDelivery(Exception):
    """Raised by `make_request` when the receiver may not be written to yet; tried again later."""


MakeRequest = Callable[[], tuple[dict[str, str], bytes]]


@dataclass(order=True)
class _Delivery:
    due: datetime
    number: int
    url: str = field(compare=False)
    make_request: MakeRequest = field(compare=False)
    vendor: str = field(compare=False)
    event: str = field(compare=False)
    attempts: int = field(default=0, compare=False)
    copies: int = field(default=1, compare=False)


class Webhooks:
    """Deliveries live in memory: one not yet made when the process ends is lost, as the vendors warn theirs may be."""

    def __init__(self, world: "World"):
        self._world = world
        self._waiting: list[_Delivery] = []
        self._held: list[_Delivery] = []
        self._numbers = count(1)
        self._changed = threading.Condition()
        self._stopped = False
        self._sending = 0
        self._post = requests.Session()
        self._post.trust_env = False
        self._post.headers["Connection"] = "close"

    def deliver(self, url: str, make_request: MakeRequest, *, vendor: str = "", event: str = "") -> None:
        """Send soon, once the open transaction has committed.

        `make_request()` gives (headers, body) and is called anew for each attempt, so that signatures are fresh.
        `event` is the vendor's name of what happened; fault rules match it.
        """
        self._world.after_commit(lambda: self._enqueue(url, make_request, vendor, event))

    def start(self) -> None:
        threading.Thread(target=self._work, name="webhooks", daemon=True).start()

    def wake(self) -> None:
        """Look again for what is due: time has passed."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_idle(self, timeout: float = 10) -> bool:
        """Wait (real seconds) until nothing is due or being sent; False when that did not come."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._sending and self._next_due() is None, timeout)

    def pending(self) -> int:
        """Deliveries that are still to be made, retries included."""
        with self._changed:
            return len(self._waiting) + len(self._held) + self._sending

    def forget(self) -> None:
        with self._changed:
            self._waiting.clear()
            self._held.clear()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _enqueue(self, url: str, make_request: MakeRequest, vendor: str, event: str) -> None:
        now = self._world.now()
        delivery = _Delivery(now, next(self._numbers), url, make_request, vendor, event)
        rule = self._world.faults.for_webhook(vendor, url, event)
        with self._changed:
            self._place(delivery, rule)
            self._changed.notify_all()

    def _place(self, delivery: _Delivery, rule: dict | None) -> None:
        """Put a new delivery where the fault that strikes it wants it; then anything held comes after it."""
        rule = rule or {"mode": ""}
        mode = rule["mode"]
        if mode == "drop":
            self._record(delivery, None, "dropped by a fault")
            return
        if mode == "reorder":
            delivery.due += timedelta(seconds=REORDER_WAIT)
            self._held.append(delivery)
            return
        if mode == "delay":
            delivery.due += timedelta(seconds=rule["seconds"])
        if mode == "duplicate":
            delivery.copies = int(rule["copies"])
        self._waiting.append(delivery)
        self._release_held(delivery)

    def _release_held(self, after: _Delivery) -> None:
        for held in [held for held in self._held if held.url == after.url]:
            self._held.remove(held)
            held.due, held.number = after.due, next(self._numbers)
            self._waiting.append(held)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._next_due() is not None)
                if self._stopped:
                    return
                delivery = self._take_next()
            try:
                self._send(delivery)
            except Exception:
                log.exception("A webhook of the sandbox could not be made: %s", delivery.event)
            finally:
                with self._changed:
                    self._sending -= 1
                    self._changed.notify_all()

    def _take_next(self) -> _Delivery:
        """The delivery that is due first, now counted as being sent."""
        first = min((*self._waiting, *self._held))
        (self._held if first in self._held else self._waiting).remove(first)
        self._sending += 1
        return first

    def _next_due(self) -> _Delivery | None:
        first = min((*self._waiting, *self._held), default=None)
        return first if first is not None and first.due <= self._world.now() else None

    def _send(self, delivery: _Delivery) -> None:
        """Send all copies at once; when any was refused, try the delivery again later."""
        outcomes: list[bool] = []
        threads = [
            threading.Thread(target=lambda: outcomes.append(self._attempt(delivery))) for _ in range(delivery.copies)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not all(outcomes) or len(outcomes) < delivery.copies:
            self._retry(delivery)

    def _attempt(self, delivery: _Delivery) -> bool:
        try:
            headers, body = delivery.make_request()
            answer = self._post.post(delivery.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except (requests.RequestException, RefusedDelivery) as error:
            self._record(delivery, None, f"{type(error).__name__}: {error}"[:200])
            return False
        self._record(delivery, answer.status_code, answer.text[:200])
        return answer.ok and answer.status_code < 300

    def _retry(self, delivery: _Delivery) -> None:
        if delivery.attempts >= len(RETRY_AFTER):
            self._record(delivery, None, "given up")
            return
        delivery.due = self._world.now() + timedelta(seconds=RETRY_AFTER[delivery.attempts])
        delivery.attempts, delivery.copies = delivery.attempts + 1, 1
        with self._changed:
            self._waiting.append(delivery)

    def _record(self, delivery: _Delivery, status: int | None, answer: str) -> None:
        self._world.journal.record(
            delivery.vendor or "webhook", "POST", delivery.url, direction="out", event=delivery.event,
            attempt=delivery.attempts + 1, parameters={}, status=status, answer=answer,
        )  # fmt: skip
