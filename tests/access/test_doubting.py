"""A new payout account from a new browser: access rests until the manager's own mail, or finance, says who it was."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.access import commands, queries
from marketplace.access.commands import Withheld
from marketplace.access.models import Grant, GrantStatus, Right
from marketplace.accounts.commands import sign_ins
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.notifications.models import Notice
from marketplace.payments import queries as payments
from marketplace.payments.commands import payout_accounts
from tests import people
from tests.factories.access import make_grant
from tests.factories.channels import make_channel
from tests.factories.payouts import fin, make_bank
from tests.pages import words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs


@pytest.fixture
def grant(app):
    """Ben's access to ada's page; he has been paid at one bank for long."""
    make_bank()
    return make_grant()


def taken_over():
    """Somebody signs in as ben from a browser that nobody knows, and changes where he is paid."""
    ben = people.ben()
    ben.signed_in_at = clock.now() - timedelta(days=30)
    sign_ins.enter(ben, sign_ins.Browser(address="203.0.113.9", device="New phone"))
    account = make_bank(number="9999 888 777666")
    run_jobs()
    return account


def confirm_link():
    letter = next(one for one in reversed(letters("ben@example.com")) if "/access/confirmation/" in body(one))
    return re.search(r"http://[^/]+(/access/confirmation/\S+)", body(letter))[1]


def test_access_rests_and_both_sides_learn_it(grant):
    taken_over()
    assert (grant.status, grant.doubted_at <= clock.now()) == (GrantStatus.suspended, True)
    with pytest.raises(Withheld) as refusal:
        commands.require(grant, Right.publish)
    assert refusal.value.reason == "doubted"
    assert "ben" in body(letters("ada@example.com")[-1]).lower()
    assert confirm_link()


def test_a_job_that_runs_again_rests_and_tells_nothing_more(grant):
    taken_over()
    before, since = len(letters()), grant.doubted_at
    clock.move(timedelta(hours=1))
    commands.doubt(str(grant.manager_id))
    run_jobs()
    assert (len(letters()), grant.doubted_at) == (before, since)


def test_a_job_that_comes_after_finance_has_looked_rests_nothing(grant):
    commands.doubt(str(grant.manager_id))
    assert (grant.status, grant.doubted_at) == (GrantStatus.active, None)


def test_finance_has_looked_only_when_nothing_else_is_open(grant):
    account = taken_over()
    payout_accounts.disown(account)
    commands.clear(str(grant.manager_id))
    assert grant.status == GrantStatus.suspended


def test_access_that_has_not_begun_is_doubted_too_and_waits(grant):
    other = make_grant(grant.contract, make_channel(grant.contract.business, external_id="200000000000009"))
    other.status = GrantStatus.consented  # as before money is held
    taken_over()
    assert (other.status, other.doubted_at is None) == (GrantStatus.consented, False)


def test_access_that_ended_after_it_was_read_is_neither_doubted_nor_confirmed(grant, monkeypatch):
    commands.revoke(grant, people.ada())
    key = grant.id
    monkeypatch.setattr(queries, "live_of", lambda _manager: [db.session.get_one(Grant, key)])
    taken_over()
    assert grant.doubted_at is None
    grant.doubted_at, before = clock.now(), len(letters())
    commands.confirm(grant.manager)
    run_jobs()
    assert (len(letters()), grant.live) == (before, False)


def test_confirmed_twice_it_is_told_once(grant):
    taken_over()
    commands.confirm(grant.manager)
    run_jobs()
    before = len(letters())
    commands.confirm(grant.manager)
    run_jobs()
    assert len(letters()) == before


def test_the_link_stands_in_no_notice_where_whoever_sits_in_the_account_would_find_it(grant, client):
    taken_over()
    assert "/access/confirmation/" in confirm_link()
    ben = sign_in(client, people.ben())
    assert "/access/confirmation/" not in ben.get("/notifications").text
    for notice in db.session.scalars(select(Notice).where(Notice.person_id == people.ben().id)):
        assert "confirmation" not in repr(vars(notice))


def test_money_that_comes_in_meanwhile_changes_nothing(grant):
    taken_over()
    commands.resume_all(grant.contract)
    assert grant.status == GrantStatus.suspended


def test_access_given_meanwhile_waits_too(grant):
    taken_over()
    other = make_grant(grant.contract, make_channel(grant.contract.business, external_id="200000000000009"))
    assert (other.status, other.doubted_at) == (GrantStatus.consented, grant.doubted_at)
    commands.confirm(grant.manager)
    assert {grant.status, other.status} == {GrantStatus.active}


def test_opening_the_link_confirms_nothing_and_the_button_does(grant, client):
    taken_over()
    link = confirm_link()
    assert "It was me" in words(client.get(link, headers={"Accept-Language": "en"}))
    assert grant.status == GrantStatus.suspended
    assert client.post(link).status_code == 200
    assert (grant.status, grant.doubted_at) == (GrantStatus.active, None)
    commands.require(grant, Right.publish)
    assert client.get(f"{link}x").status_code == 404


def test_after_not_me_only_finance_lets_it_go_on(grant):
    account = taken_over()
    payout_accounts.disown(account)
    with pytest.raises(WrongState):
        commands.confirm(grant.manager)
    for check in payments.open_checks_of(account):
        payout_accounts.pass_check(check, fin(), "Spoke with Ben.")
    run_jobs()
    assert grant.status == GrantStatus.active


def test_a_refused_account_does_not_prove_who_it_was(grant):
    account = taken_over()
    payout_accounts.refuse_check(payments.open_checks_of(account)[0], fin(), "Not Ben")
    run_jobs()
    assert grant.status == GrantStatus.suspended
    commands.confirm(grant.manager)
    assert grant.status == GrantStatus.active


def test_a_known_browser_changes_nothing(grant):
    make_bank(number="9999 888 777666")
    run_jobs()
    assert (grant.status, grant.doubted_at) == (GrantStatus.active, None)


def test_confirmed_without_money_it_waits_for_money(grant):
    taken_over()
    milestones_of(grant.contract)[0].status = MilestoneStatus.refunded
    commands.confirm(grant.manager)
    assert (grant.status, grant.doubted_at) == (GrantStatus.suspended, None)
    with pytest.raises(Withheld):
        commands.require(grant, Right.publish)
