"""Every form: nothing without its token, nothing by fields it does not declare, nothing broken by what is typed."""
from __future__ import annotations

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from marketplace.core.db import db
from tests.authorisation.routes import Route
from tests.security import acts, crawl

PEOPLES = [route for route in crawl.ACTS if not route.endpoint.startswith(("meta_webhooks.", "payments_machines."))]
HOSTILE = "%_' OR 1=1 --\"<x-canary>{{7*7}}${7*7}\u202e%253Cscript%253E\\"
BATTERY = {
    "markup": "'\"><x-canary><script>alert(1)</script>",
    "control characters": "\x00\x07\r\n\u202eBcc: eve@example.com\ud7ff",
    "encoded twice": "%253Cx-canary%253E%2500%250D%250A",
    "too long": "অ" * 70_000,
    "a number past all bounds": "9" * 40,
    "an address that acts": "javascript:alert(1)//https://example.com",
}
by_name = pytest.mark.parametrize("route", PEOPLES, ids=crawl.name)


@by_name
def test_without_its_token_nothing_happens(app, client, route: Route):
    act = acts.Act(app, route)
    browser = crawl.browser(app, act.world, act.actor)
    data = act.data()
    db.session.commit()
    before = crawl.written()
    answer = browser.post(act.where, data=data, headers={"X-CSRFToken": ""})
    assert answer.status_code == 400
    assert crawl.written() - before == {}


@by_name
def test_only_declared_fields_are_read(app, client, route: Route):
    act = acts.Act(app, route)
    plain = _outcome(act, act.data())
    assert plain == _outcome(act, {**dict.fromkeys(_columns() - set(act.fields()), "1"), **act.data()})


@by_name
def test_of_a_field_sent_twice_the_first_counts(app, client, route: Route):
    act = acts.Act(app, route)
    single = [field for field, value in act.data().items() if not isinstance(value, list | FileStorage | tuple)]
    doubled = MultiDict(act.data())
    for field in single:
        doubled.add(field, "zzz")
    assert _outcome(act, act.data()) == _outcome(act, doubled)


@by_name
def test_nothing_typed_breaks_a_form_or_comes_back_as_markup(app, client, route: Route):
    act = acts.Act(app, route)
    for kind, value in BATTERY.items():
        _survives(act, {**act.data(), **dict.fromkeys(_texts(act), value)}, kind)
    for field in _texts(act):
        _survives(act, {**act.data(), field: HOSTILE}, field)
    _survives(act, {**act.data(), **{f"{field}[]": "x" for field in act.fields()}, "a[b][c]": "x"}, "arrays")


@by_name
def test_other_kinds_of_bodies_are_refused_or_empty(app, client, route: Route):
    act = acts.Act(app, route)
    for body, kind in (('{"a": [1, {"b": null}]}', "application/json"), ("<a/>", "text/xml"),
                       ("--x\r\n", "multipart/form-data; boundary=x")):
        with acts.undone():
            assert act.post(body, content_type=kind).status_code < 500, kind


def _outcome(act: acts.Act, data):
    with acts.undone():
        status = act.post(data).status_code
        return status, acts.contents()


def _columns() -> set[str]:
    """The name of every column there is, and what programmers call such things."""
    columns = {column.name for table in db.metadata.sorted_tables for column in table.c}
    return columns | {"role", "roles", "is_staff", "is_verified", "amount", "fee_bps", "person", "user_id"}


def _texts(act: acts.Act) -> list[str]:
    sent = act.data()
    return [field for field in act.fields() if not isinstance(sent.get(field), list | FileStorage | tuple)]


def _survives(act: acts.Act, data, what: str) -> None:
    with acts.undone():
        answer = act.post(data)
        assert answer.status_code < 500, (what, answer.status_code)
        assert crawl.FORGED not in answer.text, what
        if answer.status_code == 303 and answer.location.startswith("/"):
            page = crawl.browser(act.app, act.world, act.actor).get(answer.location)
            assert page.status_code < 500, (what, answer.location)
            assert crawl.FORGED not in page.text, (what, answer.location)
            assert "7*7" in page.text or "49$49" not in page.text
