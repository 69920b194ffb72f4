"""The world every vendor of the sandbox shares: state, clock, journal, faults, webhooks."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.documents import Collection, Documents
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.webhooks import Webhooks

log = logging.getLogger("sandbox")

DEFAULT_SETTINGS = {
    "STRIPE_WEBHOOK_SECRET": "whsec_sandbox_platform",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_sandbox_connect",
    "META_APP_ID": "104300000000001",
    "META_APP_SECRET": "sandbox-app-secret",
    "META_WEBHOOK_TOKEN": "sandbox-verify-token",
}


class World:
    """Everything the vendors share. One instance a process; safe to use from many threads.

    `web_url` is where the marketplace listens (webhooks go there), `base_url` where this sandbox does.
    A vendor's HTTP handler wraps what it does in `with world.transaction():` so that its effect is all or nothing.
    """

    def __init__(
        self,
        state: str | Path | None = None,
        clock_file: str | Path | None = None,
        web_url: str = "http://127.0.0.1:5000",
        base_url: str = "http://127.0.0.1:5050",
        settings: Mapping[str, str] | None = None,
    ):
        self.web_url = web_url.rstrip("/")
        self.base_url = base_url.rstrip("/")
        self.settings = DEFAULT_SETTINGS | dict(settings or {})
        self._documents = Documents(str(state or ":memory:"))
        self._offset = self.collection("clock").get("clock", {}).get("offset", 0)
        self._clock_file = Path(clock_file) if clock_file else None
        self._tick_functions: list[Callable[[], None]] = []
        self._reset_functions: list[Callable[[], None]] = []
        self._ticking = threading.RLock()
        self._closed = threading.Event()
        self.journal = Journal(self)
        self.faults = Faults(self)
        self.webhooks = Webhooks(self)
        self.every_tick(self.webhooks.wake)
        self._write_clock_file()

    def collection(self, name: str) -> Collection:
        """The mapping of JSON documents of that name (`"stripe.transfers"`), created by its first document."""
        return Collection(self._documents, name)

    def transaction(self):
        """One re-entrant lock; the block's changes are kept together, or dropped together when it raises."""
        return self._documents.transaction()

    def after_commit(self, function: Callable[[], None]) -> None:
        """Call once the open transaction has committed; at once when none is open."""
        self._documents.after_commit(function)

    # Clock

    def now(self) -> datetime:
        """The sandbox's time in UTC: wall time plus the offset."""
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    @property
    def offset(self) -> float:
        """Seconds the sandbox is ahead of the wall clock."""
        return self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock by so many seconds and let everything that has come due happen. Not inside a transaction."""
        self._set_offset(self.offset + seconds)

    def set_clock(self, moment: datetime) -> None:
        """Set the clock to an aware moment and let everything that has come due happen."""
        self._set_offset((moment - datetime.now(UTC)).total_seconds())

    def every_tick(self, function: Callable[[], None]) -> None:
        """Call `function()` each real second, and at once when the clock moves."""
        self._tick_functions.append(function)

    def tick(self) -> None:
        """Run the tick functions now, one after another; one that fails is logged and does not stop the others."""
        with self._ticking:
            for function in self._tick_functions:
                _run_safely(function)

    # Life

    def start(self) -> None:
        """Begin ticking and delivering webhooks in background threads."""
        self.webhooks.start()
        threading.Thread(target=self._tick_for_ever, name="ticks", daemon=True).start()

    def on_reset(self, function: Callable[[], None]) -> None:
        """Call after each reset, to seed anew. A vendor seeds itself at start when its collections are empty."""
        self._reset_functions.append(function)

    def reset(self) -> None:
        """Forget everything, put the clock to wall time, seed anew."""
        self.webhooks.forget()
        with self.transaction():
            self._documents.clear()
            self._offset = 0
            for function in self._reset_functions:
                function()
        self._write_clock_file()

    def close(self) -> None:
        self._closed.set()
        self.webhooks.stop()
        with self._ticking:
            self._documents.close()

    def _set_offset(self, seconds: float) -> None:
        """OverflowError for a time beyond the calendar; the clock then stays as it was."""
        _ = datetime.now(UTC) + timedelta(seconds=seconds)
        self._offset = seconds
        self.collection("clock")["clock"] = {"offset": seconds}
        self._write_clock_file()
        self.tick()

    def _write_clock_file(self) -> None:
        """Replace the file in one step: the marketplace may read it at any moment."""
        if self._clock_file is None:
            return
        with self._documents.lock:
            draft = self._clock_file.with_name(self._clock_file.name + ".draft")
            draft.write_text(f"{self.offset:.6f}\n", encoding="ascii")
            os.replace(draft, self._clock_file)

    def _tick_for_ever(self) -> None:
        while not self._closed.wait(1):
            with self._ticking:
                if not self._closed.is_set():
                    self.tick()


def _run_safely(function: Callable[[], None]) -> None:
    try:
        function()
    except Exception:
        log.exception("A tick of the sandbox failed: %r", function)
