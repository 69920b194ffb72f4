"""What pages cost: CPU of the servers and of PostgreSQL, latency, throughput, statements; as multiples of the floor."""

import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import current_app
from sqlalchemy import event

from bench import floor
from bench.database import conninfo, filled
from bench.load import ALWAYS, Ask, Client, latencies, median, throughput
from bench.servers import THREADS, WORKERS, Backends, Server, load_average, memory_mb, serving
from bench.visitors import Scenario, Visitors
from marketplace.core.db import db
from ops.embedded_postgres import SUPERUSER

CLIENTS = 4


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    requests: int
    seconds: float
    warm: int = 12


FULL, QUICK = Effort(rounds=5, requests=15, seconds=1.0), Effort(rounds=2, requests=8, seconds=0.2, warm=6)


@dataclass
class Side:
    """What was measured of a scenario on one server, a value for each round: CPU in ms a request, latencies in ms."""

    app: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> list[float]:
        """Both together."""
        return [app + database for app, database in zip(self.app, self.database, strict=True)]

    def summary(self) -> dict[str, float]:
        """Medians over the rounds."""
        return {"cpu_app_ms": median(self.app), "cpu_db_ms": median(self.database), "p50_ms": median(self.latencies)} | (
            {"requests_a_second": median(self.rate)} if self.rate else {}
        )


class Match:
    """Two servers on one database, asked in turn."""

    def __init__(self, servers: Mapping[str, Server], backends: Backends, effort: Effort) -> None:
        self.servers, self.backends, self.effort = servers, backends, effort
        self.measured: dict[tuple[str, str], Side] = {}

    def run(self, scenarios: list[Scenario]) -> None:
        """Every scenario in every round, the floor just before Dayitto."""
        for _scenario, server, asks in _both(scenarios):
            for _connection in range(self.effort.warm):  # a new one may reach another worker, whose templates are not compiled yet
                latencies(self.servers[server].port, asks, 1)
        for _ in range(self.effort.rounds):
            for scenario, server, asks in _both(scenarios):
                self._block(self.measured.setdefault((scenario.name, server), Side()), self.servers[server], asks)
        for scenario, server, asks in _both([scenario for scenario in scenarios if scenario.floor and not scenario.writes]):
            self.measured[scenario.name, server].rate = [throughput(self.servers[server].port, asks, CLIENTS, self.effort.seconds)]

    def _block(self, side: Side, server: Server, asks: Any) -> None:
        app, database = server.cpu(), self.backends.cpu()
        side.latencies += latencies(server.port, asks, self.effort.requests)
        side.app.append((server.cpu() - app) * 1000 / self.effort.requests)
        side.database.append((self.backends.cpu() - database) * 1000 / self.effort.requests)

    def result(self, scenario: Scenario) -> dict[str, Any]:
        """The scenario's figures, and what they are multiples of."""
        app = self.measured[scenario.name, "dayitto"]
        base = self.measured.get((scenario.name, "floor")) or self.measured.get((scenario.over, "dayitto"))
        found: dict[str, Any] = {
            "name": scenario.name,
            "dayitto": app.summary(),
            "target": scenario.target,
            "budget_ms": scenario.budget_ms,
        }
        if base:
            times = [mine / theirs for mine, theirs in zip(app.cpu, base.cpu, strict=True)]
            found |= {
                "compared_with": scenario.over or "floor",
                "cpu_times": median(times),
                "spread": [round(min(times), 2), round(max(times), 2)],
            }
        if scenario.floor:
            found["floor"] = self.measured[scenario.name, "floor"].summary()
        return found | {"met": _met(found, app)}


def measure(rows: int, quick: bool, languages: tuple[str, ...] = ("bn", "en"), only: str = "") -> dict[str, Any]:
    """Fill a database, start both servers, ask, and give all figures as one object."""
    effort = QUICK if quick else FULL
    with filled(rows) as (bench, cluster, environment), ExitStack() as ends:
        database = current_app.extensions["sqlalchemy"].engine.url.database
        with psycopg.connect(conninfo(environment["DATABASE_OWNER_URL"])) as owner:
            floor.prepare(owner)
        servers = {
            "floor": ends.enter_context(serving("floor", "bench.floor:app", environment)),
            "dayitto": ends.enter_context(serving("dayitto", "wsgi:app", environment)),
        }
        scenarios = [
            scenario for scenario in Visitors(bench, current_app._get_current_object()).scenarios(languages) if only in scenario.name
        ]
        scenarios.insert(0, Scenario("nothing: /healthz over 30 KB of fixed text", lambda: Ask("/healthz"), lambda: Ask("/static-page")))
        match = Match(servers, Backends(cluster.url(SUPERUSER, database)), effort)
        match.run(scenarios)
        pages = [match.result(scenario) | _once(scenario, servers) for scenario in scenarios]
        return _frame(rows, effort) | {"pages": pages, "memory_mb": {name: memory_mb(server.pids) for name, server in servers.items()}}


def _both(scenarios: list[Scenario]) -> Iterator[tuple[Scenario, str, Any]]:
    for scenario in scenarios:
        if scenario.floor:
            yield scenario, "floor", scenario.floor
        yield scenario, "dayitto", scenario.app


def _met(found: Mapping[str, Any], app: Side) -> bool | None:
    if found["target"] and "cpu_times" in found:
        return bool(found["cpu_times"] <= found["target"])
    return statistics.median(app.cpu) <= found["budget_ms"] if found["budget_ms"] else None


def _once(scenario: Scenario, servers: Mapping[str, Server]) -> dict[str, Any]:
    """What does not vary: statements, and bytes as sent and as written."""
    sent = {"dayitto": _sizes(servers["dayitto"].port, scenario.app())}
    if scenario.floor:
        sent["floor"] = _sizes(servers["floor"].port, scenario.floor())
    return {"statements": statements(scenario.app()), "bytes": sent}


def _sizes(port: int, ask: Ask) -> dict[str, int]:
    plain = Ask(ask.path, {**ask.headers, "Accept-Encoding": "identity"}, ask.form)
    return {"sent": Client(port).ask(ask)[1]} | ({"plain": Client(port).ask(plain)[1]} if ask.form is None else {})


def statements(ask: Ask) -> int:
    """How many SQL statements one request of this process's application sends, those around its transaction not counted."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    app, engine = current_app._get_current_object(), db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with app.app_context():  # its own, as in a server: a shared one would remember who asked first
            app.test_client(use_cookies=False).open(ask.path, method=ask.method, data=ask.form, headers={**ALWAYS, **ask.headers})
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def _frame(rows: int, effort: Effort) -> dict[str, Any]:
    return {
        "suite": "pages",
        "rows": rows,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average": load_average(),
        "server": f"gunicorn gthread, {WORKERS} workers, {THREADS} threads",
        "rounds": effort.rounds,
        "requests_a_round": effort.requests,
    }
