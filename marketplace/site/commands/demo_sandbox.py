"""The sandbox as invented people use it: they pay by card, say where their money goes, and live in its time."""
from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from marketplace.core import clock

CARD = {"card_number": "4242424242424242", "expiry": "12/34", "cvc": "123", "name": "Demo"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class SandboxError(Exception):
    """The sandbox did not do what people can do there."""


class Sandbox:
    """The program that plays Stripe, found beside the address of its API."""

    def __init__(self, stripe_api_url: str) -> None:
        self._place = urlsplit(stripe_api_url).netloc
        self._moved = timedelta()

    def answers(self, within: float) -> bool:
        """Whether it is there, or comes within so many seconds."""
        deadline = time.monotonic() + within
        while not self._is_there():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def pay(self, checkout_url: str, email: str) -> None:
        """Fill in a good card on Stripe's page."""
        self._post(urlsplit(checkout_url).path, CARD | {"email": email}, 303)

    def give_bank(self, stripe_account_id: str) -> None:
        """Tell Stripe who one is and where money should go."""
        self._post(f"/stripe/world/accounts/{stripe_account_id}/onboarding", {"account_number": "000123456789"}, 200)

    def now(self) -> datetime:
        """What its clock says."""
        return self._moment(self._call("GET", "/clock", 200))

    def go_to(self, days_ago: float) -> None:
        """Live so many days before today: there, and in this process whether or not it follows the sandbox's file."""
        self._moved, before = timedelta(days=-days_ago), self._moved
        wish = {"advance": (self._moved - before).total_seconds()}
        now = self._moment(self._post("/clock", wish, 200, {"Content-Type": "application/json"}))
        clock.move(now - clock.now())

    def _is_there(self) -> bool:
        try:
            return bool(self._call("GET", "/healthz", 200))
        except (OSError, HTTPException, SandboxError):
            return False

    def _moment(self, answer: bytes) -> datetime:
        return datetime.fromisoformat(json.loads(answer)["now"])

    def _post(self, path: str, values: dict[str, Any], wanted: int, headers: dict[str, str] = FORM) -> bytes:
        body = urlencode(values) if headers is FORM else json.dumps(values)
        return self._call("POST", path, wanted, body, headers)

    def _call(self, method: str, path: str, wanted: int, body: str = "", headers: dict[str, str] | None = None) -> bytes:
        connection = HTTPConnection(self._place, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != wanted:
            raise SandboxError(f"{method} {path}: {answer.status} {text[:200]!r}")
        return text
