"""The fictional Facebook of the sandbox program as a test uses it: a person at the consent screen, visitors, controls."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from sandbox.meta.seed import FARHANA, NAKSHI
from sandbox.world import DEFAULT_SETTINGS
from tests.sandbox.listener import Heard
from tests.sandbox_program import SandboxWorld

TIMEOUT = 10


@dataclass
class Facebook:
    """Facebook in one test."""

    world: SandboxWorld

    def agree(self, address: str, person: str = FARHANA, untick: tuple[str, ...] = ()) -> dict[str, str]:
        """Tick everything but the pages and permissions named, and continue; what the callback is given."""
        page = requests.get(f"{address}&person={person}", timeout=TIMEOUT)
        boxes = BeautifulSoup(page.text, "html.parser").select("input[type=checkbox][checked]")
        ticked = [(box["name"], box["value"]) for box in boxes if box["value"] not in untick]
        return self._back(address, [("person", person), ("action", "continue"), *ticked])

    def cancel(self, address: str, person: str = FARHANA) -> dict[str, str]:
        """Refuse on the consent screen."""
        return self._back(address, [("person", person), ("action", "cancel")])

    def posts(self, page: str = NAKSHI) -> list[dict[str, Any]]:
        """What stands on a page."""
        return [post for post in self._world()["posts"] if post["page"] == page]

    def comments(self, page: str = NAKSHI) -> list[dict[str, Any]]:
        """Comments on a page, the page's own too."""
        return [comment for comment in self._world()["comments"] if comment["page"] == page]

    def visit(self, post_id: str, text: str, name: str = "Mitu Sarker", page: str = NAKSHI) -> dict[str, Any]:
        """Somebody comments."""
        return self.control(f"pages/{page}/comments", post_id=post_id, from_name=name, message=text)

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        """Use one of the controls, such as `people/<id>/state`."""
        answer = requests.post(f"{self.world.url}/meta/world/{path}", json=body, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def fault(self, mode: str, path: str, **rule: Any) -> None:
        """Let the next call whose path fits go wrong."""
        self.world.fault(mode, path, vendor="meta", **rule)

    def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """Calls we made, from the sandbox's journal."""
        journal = requests.get(f"{self.world.url}/journal", params={"vendor": "meta", "path": path}, timeout=TIMEOUT).json()
        return [call for call in journal if call["method"] == method and call["direction"] == "in"]

    def webhooks(self) -> list[Heard]:
        """What was sent to us since the last time."""
        return [one for one in self.world.webhooks() if one.method == "POST" and one.path == "/webhooks/meta"]

    def deliver(self, client: FlaskClient, webhooks: list[Heard] | None = None) -> list[int]:
        """Hand webhooks to the application; the statuses it answered."""
        return [client.post(one.path, data=one.body, content_type="application/json",
                            headers={"X-Hub-Signature-256": one.headers["X-Hub-Signature-256"]}).status_code
                for one in (self.webhooks() if webhooks is None else webhooks)]

    def _back(self, address: str, form: list[tuple[str, str]]) -> dict[str, str]:
        answer = requests.post(address, data=form, allow_redirects=False, timeout=TIMEOUT)
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def _world(self) -> dict[str, Any]:
        return requests.get(f"{self.world.url}/meta/world.json", timeout=TIMEOUT).json()


@contextmanager
def at_facebook(world: SandboxWorld, app: Flask) -> Iterator[Facebook]:
    """The application with its Facebook at the sandbox, reachable at the address Facebook knows of it."""
    usual, name = app.extensions["settings"], app.config["SERVER_NAME"]
    app.extensions["settings"] = replace(
        usual, meta_graph_url=f"{world.url}/meta/graph", meta_dialog_url=f"{world.url}/meta/dialog",
        meta_app_id=DEFAULT_SETTINGS["META_APP_ID"], meta_app_secret=DEFAULT_SETTINGS["META_APP_SECRET"],
        meta_webhook_token=DEFAULT_SETTINGS["META_WEBHOOK_TOKEN"])
    app.config["SERVER_NAME"] = urlsplit(world.listener.url).netloc
    try:
        yield Facebook(world)
    finally:
        app.extensions["settings"], app.config["SERVER_NAME"] = usual, name
