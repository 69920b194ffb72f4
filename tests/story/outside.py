"""What the story sees of the outside world: letters, the journal, the clock; all through the sandbox's own pages."""
from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

PATIENCE_SECONDS = 40
TIMEOUT = 30


class Outside:
    """The sandbox as a person at its front page sees it."""

    def __init__(self, address: str, busy: Callable[[], bool]) -> None:
        """`busy`: whether Dayitto has something in hand."""
        self.address = address
        self.busy = busy

    def letter_to(self, recipient: str, saying: str) -> dict[str, Any]:
        """The newest letter to somebody whose subject or text says this; waits for the worker to send it."""
        return until(lambda: self._letter(recipient, saying), f"a letter to {recipient} saying {saying!r}")

    def link_in_letter(self, recipient: str, address: str) -> str:
        """The link in the newest letter to somebody that matches an address."""
        pattern = re.compile(rf"https?://\S*{address}\S*")
        letter = until(lambda: next((one for one in self.letters(recipient) if pattern.search(one["text"])), None),
                       f"a letter to {recipient} with a link to {address}")
        return pattern.search(letter["text"])[0]

    def letters(self, recipient: str) -> list[dict[str, Any]]:
        """Letters to somebody, newest first."""
        return self._get("/letters.json", to=recipient)

    def journal(self, vendor: str, path: str = "", after: int = 0) -> list[dict[str, Any]]:
        """Calls a vendor received."""
        return self._get("/journal", vendor=vendor, path=path, after=after)

    def now(self) -> str:
        """The sandbox's clock."""
        return self._get("/clock")["now"]

    def advance(self, by: timedelta) -> None:
        """Move the world's clock; the marketplace follows it. Not in the middle of a job: its call to a vendor would take days."""
        until(lambda: not self.busy(), "the work in hand to end")
        requests.post(f"{self.address}/clock", json={"advance": by.total_seconds()}, timeout=TIMEOUT).raise_for_status()

    def post(self, path: str, **body: Any) -> Any:
        """Do something in the outside world that no user of Dayitto does."""
        answer = requests.post(f"{self.address}{path}", json=body, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str) -> Any:
        """Read something of the outside world."""
        return self._get(path)

    def _letter(self, recipient: str, saying: str) -> dict[str, Any] | None:
        return next((one for one in self.letters(recipient) if saying in one["subject"] or saying in one["text"]), None)

    def _get(self, address: str, /, **query: Any) -> Any:
        answer = requests.get(f"{self.address}{address}", params=query, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()


def until(look: Callable[[], Any], what: str) -> Any:
    """Look again until there is something; the worker takes its moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_SECONDS} s in vain for {what}")
