"""The sandbox as the separate program it is, for tests that speak with Stripe: one a worker, forgetful between tests.

`world` is that program seen by a test: a browser on Stripe's pages, its controls, and the webhooks it sent, which the
test hands to the application when it wants (twice, late, in another order).
"""
from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core import clock
from ops.environment import HOST, Ports
from tests.sandbox.listener import Heard, Listener
from tests.time_of_day import APART

ROOT = Path(__file__).parents[1]
VISA, DECLINED, THREE_D_SECURE = "4242424242424242", "4000000000000002", "4000002760003184"
REFUND_FAILS, REFUND_PENDING = "4000000000005126", "4000000000007726"
SECRETS = {"STRIPE_WEBHOOK_SECRET": "whsec_development", "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_connect_development"}


@dataclass
class SandboxWorld:
    """The outside world of one test."""

    url: str
    listener: Listener
    delivered: int = 0
    browser: requests.Session = field(default_factory=requests.Session)

    def reset(self) -> None:
        """Forget everything, faults too; what was not delivered yet is lost."""
        requests.post(f"{self.url}/reset", timeout=10).raise_for_status()
        if APART:
            requests.post(f"{self.url}/clock", json={"advance": APART.total_seconds()}, timeout=10).raise_for_status()
        self.listener.heard.clear()
        self.delivered = 0

    def pay(self, checkout_url: str, card: str = VISA) -> requests.Response:
        """Fill in the card on Stripe's page as a person would, answering the bank's question; where it led, not followed."""
        form = {"card_number": card, "expiry": "12/34", "cvc": "123", "name": "Ada Rahman", "email": "ada@example.com"}
        answer = self.browser.post(checkout_url, data=form, allow_redirects=False, timeout=10)
        if "/challenges/" in answer.headers.get("Location", ""):
            address = requests.compat.urljoin(checkout_url, answer.headers["Location"])
            answer = self.browser.post(address, data={"complete": "yes"}, allow_redirects=False, timeout=10)
        return answer

    def do(self, path: str, **data: Any) -> Any:
        """Use one of the controls of the sandbox's Stripe, such as `charges/<id>/dispute`."""
        answer = requests.post(f"{self.url}/stripe/world/{path}", data=data, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def see(self, path: str) -> Any:
        """What the sandbox's Stripe shows of itself, such as `balances`."""
        answer = requests.get(f"{self.url}/stripe/world/{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def call(self, method: str, path: str, account: str | None = None, **data: Any) -> Any:
        """Use Stripe's API beside the product, as somebody in Stripe's dashboard."""
        headers = {"Authorization": "Bearer sk_test_somebody", **({"Stripe-Account": account} if account else {})}
        answer = requests.request(method, f"{self.url}/stripe/v1/{path}", headers=headers, timeout=10,
                                  **{"params" if method == "GET" else "data": data})
        answer.raise_for_status()
        return answer.json()

    def fault(self, mode: str, path: str, **rule: Any) -> None:
        """Let the next call whose path fits go wrong: `status:500`, `drop_before`, `drop_after_commit` …"""
        requests.post(f"{self.url}/faults", json={"mode": mode, "path": path, **rule}, timeout=10).raise_for_status()

    def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """Calls the product made, from the sandbox's journal."""
        journal = requests.get(f"{self.url}/journal", params={"vendor": "stripe"}, timeout=10).json()
        return [call for call in journal if call["method"] == method and re.search(path, call["path"]) and call["direction"] == "in"]

    def advance(self, by: timedelta) -> None:
        """Move the sandbox's clock and the product's together."""
        requests.post(f"{self.url}/clock", json={"advance": by.total_seconds()}, timeout=10).raise_for_status()
        clock.move(by)

    def webhooks(self) -> list[Heard]:
        """What was sent since the last time, in order; waits until the sandbox has nothing more to send."""
        deadline = time.monotonic() + 10
        while requests.get(f"{self.url}/healthz", timeout=10).json()["webhooks_pending"]:
            assert time.monotonic() < deadline, "the sandbox still has webhooks to send"
        fresh = self.listener.heard[self.delivered:]
        self.delivered += len(fresh)
        return fresh

    def deliver(self, client: FlaskClient, webhooks: list[Heard] | None = None) -> list[int]:
        """Hand webhooks (the new ones, unless told) to the application; the statuses it answered."""
        return [client.post(one.path, data=one.body, headers={"Stripe-Signature": one.headers["Stripe-Signature"]}).status_code
                for one in (self.webhooks() if webhooks is None else webhooks)]


@pytest.fixture(scope="session")
def sandbox_program() -> Iterator[SandboxWorld]:
    """The program, started once."""
    ports = Ports.free()
    with Listener() as listener, _running(ports, listener.url):
        yield SandboxWorld(f"http://{HOST}:{ports.sandbox}", listener)


@pytest.fixture
def world(sandbox_program: SandboxWorld) -> SandboxWorld:
    """The program without a past."""
    sandbox_program.reset()
    return sandbox_program


@contextmanager
def speaking_to(world: SandboxWorld, app: Flask) -> Iterator[Flask]:
    """The application with its Stripe at the sandbox."""
    usual = app.extensions["settings"]
    app.extensions["settings"] = replace(usual, stripe_api_url=f"{world.url}/stripe")
    try:
        yield app
    finally:
        app.extensions["settings"] = usual


@contextmanager
def _running(ports: Ports, web_url: str) -> Iterator[None]:
    command = [sys.executable, "-m", "sandbox", "--port", str(ports.sandbox), "--smtp-port", str(ports.smtp), "--web-url", web_url]
    program = subprocess.Popen(command, cwd=ROOT, env={"PATH": "/usr/bin:/bin", **SECRETS}, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://{HOST}:{ports.sandbox}/healthz", program)
        yield
    finally:
        program.terminate()
        program.wait(timeout=20)


def _wait(address: str, program: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert program.poll() is None, "the sandbox ended by itself"
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise TimeoutError("the sandbox does not answer")
