"""Every route × method × role, generated from the URL map: a route without a row fails, other's is as absent."""
from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask, url_for
from sqlalchemy import event

from marketplace.core.db import db
from tests.authorisation.routes import ROLES, Route
from tests.authorisation.world import ROUTES, World
from tests.people import sign_in

CHANGING = re.compile(r'nonce="[^"]*"|name="csrf_token"[^>]*|data-request-id="[^"]*"|<code class="request-id">[^<]*</code>'
                      r"|[0-9a-f]{16}|[0-9a-f-]{36}")


def _methods(app: Flask) -> set[tuple[str, str]]:
    return {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}


def test_every_route_has_a_row(app):
    rows = {(route.endpoint, route.method) for route in ROUTES}
    assert _methods(app) - rows == set()
    assert rows - _methods(app) == set()


def test_every_row_names_every_role_and_every_page_its_budget():
    assert [route.endpoint for route in ROUTES if set(route.roles) != set(ROLES)] == []
    assert [route.endpoint for route in ROUTES if route.method == "GET" and route.statements is None] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.endpoint}")
def test_the_matrix(app, client, route: Route, role: str):
    world = World()
    address = _address(app, route, route.ids(world))
    if role != "visitor":
        sign_in(client, getattr(world, role))
    answer, statements = _ask(client, route, address, world)
    assert answer.status_code == route.roles[role], (address, answer.text[-600:])
    if route.statements is not None and answer.status_code < 400:
        assert statements <= route.statements, f"{statements} statements"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.other], ids=lambda route: f"{route.method} {route.endpoint}")
def test_what_is_others_is_as_absent(app, client, route: Route):
    world = World()
    others = route.other(world)
    sign_in(client, world.ada)
    seen, _ = _ask(client, route, _address(app, route, others), world)
    absent, _ = _ask(client, route, _address(app, route, _absent(others)), world)
    assert (seen.status_code, absent.status_code) == (404, 404)
    assert CHANGING.sub("", seen.text) == CHANGING.sub("", absent.text)


def _absent(ids):
    return {key: uuid.uuid4() if isinstance(value, uuid.UUID) else "absent" for key, value in ids.items()}


def _address(app: Flask, route: Route, ids) -> str:
    db.session.flush()
    with app.test_request_context():
        return url_for(route.endpoint, **ids, **route.query)


def _ask(client, route: Route, address: str, world: World):
    data = route.data(world) if callable(route.data) else route.data
    db.session.commit()
    counted: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        answer = client.open(address, method=route.method, data=data)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return answer, len(counted)
