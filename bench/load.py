"""Asks a server for pages over kept connections: one client for latency, several for throughput."""

import http.client
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ops.environment import HOST

ALWAYS = {"Accept-Encoding": "gzip", "Host": "dayitto.example", "X-Forwarded-Proto": "https", "Referer": "https://dayitto.example/"}


class Unexpected(Exception):
    """A page answered with another status than the suite counts on."""


@dataclass(frozen=True)
class Ask:
    """One request: a GET, or a POST with a form."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, object] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"

    @property
    def body(self) -> str | None:
        return None if self.form is None else urlencode(self.form, doseq=True)


class Client:
    """A browser with one kept connection. `asks` gives each request."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=30)

    def ask(self, ask: Ask) -> tuple[float, int]:
        """Milliseconds until the whole answer is here, and its bytes. Raises Unexpected for a refusal."""
        headers = {**ALWAYS, **ask.headers}
        if ask.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(ask.method, ask.path, ask.body, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status >= 400 or answer.status == 303 and "sign-in" in answer.headers["Location"]:
            raise Unexpected(f"{ask.method} {ask.path}: {answer.status} {answer.headers.get('Location', '')}\n{body[:300]!r}")
        return (time.perf_counter() - began) * 1000, len(body)


def latencies(port: int, asks: Callable[[], Ask], count: int) -> list[float]:
    """Milliseconds of so many requests, one after the other."""
    client = Client(port)
    return [client.ask(asks())[0] for _ in range(count)]


def throughput(port: int, asks: Callable[[], Ask], clients: int, seconds: float) -> float:
    """Requests a second by several clients at once."""
    until = time.perf_counter() + seconds

    def run(client: Client) -> int:
        count = 0
        while time.perf_counter() < until:
            client.ask(asks())
            count += 1
        return count

    with ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(run, [Client(port) for _ in range(clients)])) / seconds


def median(values: list[float]) -> float:
    """To three digits after the point."""
    return round(statistics.median(values), 3)
