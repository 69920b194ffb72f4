"""Every form: nothing without its token, nothing by fields it does not declare, nothing broken by what is typed."""
from __future__ import annotations

from collections import Counter

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from marketplace.core.db import db
from tests.authorisation.routes import Route
from tests.security import acts, crawl

PEOPLES = [route for route in crawl.ACTS if not route.endpoint.startswith(("meta_webhooks.", "payments_machines.", "headers."))]
HOSTILE = "%_' OR 1=1 --\"<x-canary>{{7*7}}${7*7}\u202e%253Cscript%253E\\"
BATTERY = {
    "markup": "'\"><x-canary><script>alert(1)</script>",
    "control characters": "\x00\x07\r\n\u202eBcc: eve@example.com\ud7ff",
    "encoded twice": "%253Cx-canary%253E%2500%250D%250A",
    "too long": "অ" * 30_000,  # short enough that the test client keeps a form with a file in memory
    "a number past all bounds": "9" * 40,
    "an address that acts": "javascript:alert(1)//https://example.com",
}
BODIES = {'{"a": [1, {"b": null}]}': "application/json", "<a/>": "text/xml", "--x\r\n": "multipart/form-data; boundary=x"}
by_name = pytest.mark.parametrize("route", PEOPLES, ids=crawl.name)


@by_name
def test_nothing_counts_but_the_form_and_its_token(app, client, route: Route):
    act = acts.Act(app, route)
    _needs_its_token(act)
    plain = _outcome(act, act.data())
    undeclared = dict.fromkeys(_columns() - set(act.fields()), "1")
    assert _differences(plain, _outcome(act, {**undeclared, **act.data()})) == {}, "fields the form does not declare"
    doubled = _outcome(act, _doubled(act))
    assert max(doubled["status"]) >= 400 or _differences(plain, doubled) == {}, "a second value counts: it is neither ignored nor refused"


@by_name
def test_nothing_typed_breaks_it_or_comes_back_as_markup(app, client, route: Route):
    act = acts.Act(app, route)
    for kind, value in BATTERY.items():
        _survives(act, {**act.data(), **dict.fromkeys(_texts(act), value)}, kind)
    for field in _texts(act):
        _survives(act, {**act.data(), field: HOSTILE}, field)
    _survives(act, {**act.data(), **{f"{field}[]": "x" for field in act.fields()}, "a[b][c]": "x"}, "arrays")
    for body, kind in BODIES.items():
        _survives(act, body, kind, content_type=kind)


def _needs_its_token(act: acts.Act) -> None:
    with acts.undone():
        browser, data = crawl.browser(act.app, act.world, act.actor), act.data()
        db.session.commit()
        before = crawl.written()
        assert browser.post(act.where, data=data, headers={"X-CSRFToken": ""}).status_code == 400
        assert crawl.written() - before == {}


def _doubled(act: acts.Act) -> MultiDict:
    """Every field that is sent once, sent twice."""
    doubled = MultiDict(act.data())
    for field in _texts(act):
        if field in act.data():
            doubled.add(field, "zzz")
    return doubled


def _outcome(act: acts.Act, data):
    with acts.undone():
        status = act.post(data).status_code
        return {"status": Counter([status]), **acts.contents()}


def _differences(one, other):
    """Rows of each table that only one of the two outcomes has."""
    return {table: (one[table] - other[table], other[table] - one[table]) for table in one if one[table] != other[table]}


def _columns() -> set[str]:
    """The name of every column there is, and what programmers call such things."""
    columns = {column.name for table in db.metadata.sorted_tables for column in table.c}
    return columns | {"role", "roles", "is_staff", "is_verified", "amount", "fee_bps", "person", "user_id"}


def _texts(act: acts.Act) -> list[str]:
    sent = act.data()
    return [field for field in act.fields() if not isinstance(sent.get(field), list | FileStorage | tuple)]


def _survives(act: acts.Act, data, what: str, **request) -> None:
    with acts.undone():
        answer = act.post(data, **request)
        assert answer.status_code < 500, (what, answer.status_code)
        assert crawl.FORGED not in answer.text, what
        if answer.status_code == 303 and answer.location.startswith("/"):
            page = crawl.browser(act.app, act.world, act.actor).get(answer.location)
            assert page.status_code < 500, (what, answer.location)
            assert crawl.FORGED not in page.text, (what, answer.location)
            assert "7*7" in page.text or "49$49" not in page.text
