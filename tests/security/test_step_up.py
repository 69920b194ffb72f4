"""What matters asks for the password again after a while: money out, access to a page, factors, addresses, roles."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts import queries
from marketplace.accounts.policies import CONFIRMED_FOR
from marketplace.contracts import policies
from marketplace.core import clock
from marketplace.core.db import db
from tests.authorisation.routes import Route
from tests.factories.contracts import make_delivered
from tests.factories.managers import make_manager
from tests.people import PASSWORD, ada, ben, sign_in
from tests.security import acts, crawl

MATTERS = {
    ("GET", "contracts.new_approval"), ("POST", "contracts.create_approval"), ("GET", "access.new"), ("POST", "access.create"),
    ("GET", "access.edit"), ("POST", "access.update"), ("POST", "payments.create_refund_attempt"),
    ("POST", "payments.create_transfer_attempt"), ("GET", "accounts.email"), ("POST", "accounts.email"),
    ("GET", "accounts.turn_on_factor"), ("POST", "accounts.create_factor"), ("POST", "accounts.create_factor_removal"),
    ("POST", "accounts.create_recovery_codes"), ("POST", "moderation.create_role_confirmation"),
}
ROWS = [route for route in [*crawl.PAGES, *crawl.ACTS] if (route.method, route.endpoint) in MATTERS]


@pytest.fixture(autouse=True)
def every_sum_is_much(monkeypatch):
    """Whatever the tests' steps cost."""
    monkeypatch.setattr(policies, "CONFIRM_FROM_MINOR", 1)


def test_every_route_that_matters_is_tried():
    assert {(route.method, route.endpoint) for route in ROWS} == MATTERS


@pytest.mark.parametrize("route", ROWS, ids=crawl.name)
def test_it_asks_again_and_does_nothing_meanwhile(app, client, route: Route):
    act = acts.Act(app, route)
    browser, data = _signed_in_long_ago(app, act), act.data()
    db.session.commit()
    before = crawl.written()
    answer = browser.open(act.where, method=route.method, data=data)
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/password-again")
    assert crawl.written() - before == {}


def test_small_approvals_do_not_ask(app, client, monkeypatch):
    milestone = make_delivered()
    monkeypatch.setattr(policies, "CONFIRM_FROM_MINOR", milestone.amount_minor + 1)
    where = f"/milestones/{milestone.id}/approval"
    assert _aged(sign_in(client, ada()), ada()).get(where).status_code == 200
    monkeypatch.setattr(policies, "CONFIRM_FROM_MINOR", milestone.amount_minor)
    assert client.get(where).location.startswith("/password-again")


def test_where_a_manager_is_paid_asks_and_leads_back(app, client):
    make_manager(ben())
    _aged(sign_in(client, ben()), ben())
    page = "/payments/payout-account"
    answer = client.post(page, headers={"Referer": f"http://localhost{page}"})
    assert answer.location == "/password-again?next=/payments/payout-account"
    assert client.post(answer.location, data={"password": PASSWORD}).location == page


def _signed_in_long_ago(app, act: acts.Act):
    browser = crawl.browser(app, act.world, act.actor)
    return _aged(browser, getattr(act.world, act.actor))


def _aged(browser, person):
    for session in queries.sessions_of(person):
        session.confirmed_at = clock.now() - CONFIRMED_FOR - timedelta(seconds=1)
    db.session.flush()
    return browser
