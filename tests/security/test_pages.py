"""Every page, for everybody: writes nothing, shows no more than its reader may know, and leaves with its headers."""
from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text

from marketplace.core.db import db
from tests.authorisation.routes import ROLES, Route
from tests.authorisation.world import World
from tests.security import crawl
from tests.security.fields import MUST_SHOW, READERS

PRICE = ("update bids set price_minor = 7654300", "76,543")
TEXTS = ("text/html", "text/plain", "text/csv", "application/xml")
SECRETS = ("people.password_hash", "people.totp_secret", "sessions.token_hash", "sign_ups.password_hash", "one_time_links.token_hash",
           "recovery_codes.code_hash", "business_invitations.fingerprint", "channel_consents.binding", "channel_consents.verifier")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.\w+)+")
# Pages on which the team looks people up, and where a business lists whom it invited.
ADDRESS_BOOKS = {("moderation.people", "sam"), ("moderation.person", "sam"), ("businesses.edit", "ada")}
OURS = {"help@dayitto.example"}
LEADS_TO = re.compile(r"(https?:|mailto:|tel:|[/?#]|data:image/|$)")
# Kept by whoever may keep them: they are the same for everybody and change their name with their content.
KEPT = {"assets.show": "public, max-age=31536000, immutable", "site.service_worker": "no-cache", "files.show": "private, no-store",
        "site.health": None}


@dataclass(frozen=True)
class Visit:
    """What one role got."""

    role: str
    status: int
    kind: str
    headers: dict[str, str]
    cookies: list[str]
    body: str
    wrote: dict[str, int]


@dataclass(frozen=True)
class Tour:
    """One page, seen by all roles, and what must not be on it."""

    route: Route
    visits: list[Visit]
    secrets: set[str]


TOURS: dict[str, Tour] = {}


@pytest.fixture(scope="module", params=crawl.PAGES, ids=crawl.name)
def route(request) -> Route:
    """Grouped by page, so that the five tests of a page look at one tour."""
    return request.param


@pytest.fixture
def tour(request, route) -> Tour:
    """Made once for a page, in a transaction that is undone."""
    key = f"{crawl.name(route)} {route.query}"
    if key not in TOURS:
        TOURS.clear()
        TOURS[key] = _tour(request.getfixturevalue("app"), request.getfixturevalue("client"), route)
    return TOURS[key]


def test_a_look_writes_nothing(tour):
    assert [(visit.role, visit.wrote) for visit in tour.visits if visit.wrote] == []


def test_what_was_typed_is_text_and_only_for_its_readers(tour):
    for visit in tour.visits:
        shown = set(crawl.SHOWN.findall(visit.body)) | ({"bids.price_minor"} if PRICE[1] in visit.body else set())
        assert visit.kind == "text/csv" or crawl.FORGED not in visit.body, visit.role
        assert {column for column in shown if visit.role not in READERS.get(column, ())} == set(), visit.role
        assert MUST_SHOW.get((tour.route.endpoint, visit.role), set()) <= shown, visit.role


def test_nobody_reads_secrets_or_addresses_of_others(tour):
    for visit in tour.visits:
        known = OURS | {f"{visit.role}@example.com"}
        assert {secret for secret in tour.secrets if secret in visit.body} == set(), visit.role
        if (tour.route.endpoint, visit.role) not in ADDRESS_BOOKS:
            assert set(ADDRESS.findall(visit.body)) - known == set(), visit.role


def test_links_lead_to_the_web_and_nothing_is_inline(tour):
    for visit in (visit for visit in tour.visits if visit.kind == "text/html"):
        for tag in BeautifulSoup(visit.body, "html.parser").find_all(True):
            links = [value for key, value in tag.attrs.items() if key in {"href", "src", "action"}]
            assert [link for link in links if not LEADS_TO.match(link)] == [], visit.role
            assert [key for key in tag.attrs if key == "style" or key.startswith("on")] == []
            assert tag.name != "script" or tag.get("src") or tag.get("type") == "application/ld+json"


def test_every_answer_carries_its_headers(tour):
    for visit in tour.visits:
        headers, where = visit.headers, (tour.route.endpoint, visit.role)
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert "unsafe" not in headers["Content-Security-Policy"], where
        assert visit.status != 200 or not headers["Content-Type"].startswith("text/") or "charset=utf-8" in headers["Content-Type"], where
        assert {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(headers) == set(), where
        assert [cookie for cookie in visit.cookies if "HttpOnly" not in cookie or "SameSite=Lax" not in cookie] == [], where
        if visit.role != "visitor":
            assert headers.get("Cache-Control") == KEPT.get(tour.route.endpoint, "no-store") or visit.status >= 400, where


def _tour(app, client, route: Route) -> Tour:
    world = World()
    where = crawl.address(app, route, world)
    if route.other:
        route.other(world)
    browsers = {role: crawl.browser(app, world, role) for role in ROLES}
    assert crawl.mark_prose() == {"audit_entries"}
    db.session.execute(text(PRICE[0]))
    visits = [_visit(route, role, browser, where) for role, browser in browsers.items()]
    return Tour(route, visits, _secrets())


def _visit(route: Route, role: str, browser, where: str) -> Visit:
    db.session.commit()
    before = crawl.written()
    answer = browser.get(where)
    wrote = crawl.written() - before
    assert answer.status_code == route.roles[role], (role, where, answer.status_code)
    kind = answer.mimetype
    return Visit(role, answer.status_code, kind, dict(answer.headers), answer.headers.getlist("Set-Cookie"),
                 answer.text if kind in TEXTS else "", dict(wrote))


def _secrets() -> set[str]:
    columns = [column.split(".") for column in SECRETS]
    found = {value for table, column in columns for (value,) in db.session.execute(text(f"select {column} from {table}"))}
    return {str(value) for value in found if value}
