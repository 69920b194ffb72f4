"""Managers' accounts at Stripe: opened once, opened again after a rest, and believed when Stripe is asked."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.commands import sign_ins
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError, WrongState
from marketplace.gateways import stripe
from marketplace.managers.commands import begin
from marketplace.payments import commands, queries
from marketplace.payments.commands import payout_accounts
from marketplace.payments.commands.accounts import ANOTHER_WAITS
from marketplace.payments.models import AccountStatus, PayoutAccount
from tests import people
from tests.factories.payments import make_account
from tests.factories.payouts import fin, make_bank
from tests.trail import trail
from tests.worker import letters, run_jobs


@pytest.fixture
def manager(stripe_app):
    return begin(people.ben())


def test_two_tabs_open_one_account_and_it_is_told_once(manager, world):
    links = [commands.onboard(manager) for _tab in range(2)]
    run_jobs()
    assert links[0] != links[1]
    assert len(world.call("GET", "accounts")["data"]) == len(letters("ben@example.com")) == 1


def test_without_an_answer_there_is_still_one_account(manager, world):
    """A lost answer is found again by its key."""
    world.fault("drop_after_commit", "/v1/accounts$", method="POST")
    with pytest.raises(commands.StripeSilent):
        commands.onboard(manager)
    commands.onboard(manager)
    assert len(world.call("GET", "accounts")["data"]) == 1


def test_what_stripe_refuses_is_said(manager, world):
    world.fault("status:400", "/v1/accounts$")
    with pytest.raises(DomainError, match=r"^DomainError$"):
        commands.onboard(manager)


def test_beside_another_change_none_is_opened(stripe_app):
    manager = make_bank().manager
    make_bank(number="9999 888 777666")
    with pytest.raises(WrongState) as refusal:
        commands.onboard(manager)
    assert refusal.value.message == ANOTHER_WAITS


def test_one_that_was_called_off_is_opened_again_and_waits(stripe_app, world):
    manager = make_bank().manager
    commands.onboard(manager)
    account = queries.next_payout_account(manager.id)
    payout_accounts.cancel(account, manager.person)
    account.takes_over_at = None
    with trail("account_reopened", world):
        commands.onboard(manager)
    assert account.takes_over_at > clock.now()


def test_one_that_rests_is_not_opened_again_beside_another_change(stripe_app, world):
    manager = make_bank().manager
    commands.onboard(manager)
    payout_accounts.cancel(queries.next_payout_account(manager.id), manager.person)
    make_bank(number="9999 888 777666")
    with pytest.raises(WrongState) as refusal:
        commands.onboard(manager)
    assert refusal.value.message == ANOTHER_WAITS


def test_one_that_is_used_is_not_opened_again(stripe_app, world):
    account = make_account(world)
    commands.onboard(account.manager)
    assert (account.status, account.takes_over_at) == (AccountStatus.current, None)


def test_opened_from_a_new_device_finance_looks_first(manager):
    fin()
    manager.person.signed_in_at = clock.now() - timedelta(days=30)
    sign_ins.enter(manager.person, sign_ins.Browser(address="203.0.113.9", device="New phone"))
    with trail("account_opened_from_a_new_device"):
        commands.onboard(manager)


def test_stripe_takes_no_more_in_their_name(stripe_app, world):
    account = make_account(world)
    run_jobs()
    world.do(f"accounts/{account.stripe_account_id}/restriction")
    with trail("account_stopped"):
        commands.look_at_account(account)
    run_jobs()
    commands.sync_account(account)
    run_jobs()
    assert [letter["Subject"] for letter in letters("ben@example.com")][1:] == ["Stripe no longer takes money for you"]


def test_while_stripe_is_silent_the_account_stays_as_it_is(stripe_app, world):
    account = make_account(world)
    world.do(f"accounts/{account.stripe_account_id}/restriction")
    world.fault("status:500", "/v1/accounts", times=0)
    commands.look_at_account(account)
    assert account.transfers_active


@pytest.mark.parametrize(("bank", "masked"), [
    ({"fingerprint": None, "id": "ba_1"}, "SANDBOX BANK •••• 6789"), ({"bank_name": None}, "Stripe •••• 6789"),
    ({"bank_name": "B" * 120}, "B" * 120)])
def test_the_bank_is_told_as_stripe_names_it(stripe_app, world, monkeypatch, bank, masked):
    account = make_account(world)
    said = stripe.account(account.stripe_account_id)
    said["external_accounts"]["data"][0] |= bank
    monkeypatch.setattr(stripe, "account", lambda _id: said)
    key = account.details_key
    commands.sync_account(account)
    assert account.masked == masked
    assert (account.details_key == key) == ("id" not in bank)


@pytest.mark.parametrize("banks", [{}, {"external_accounts": {"data": []}}])
def test_an_account_without_a_bank_says_nothing_of_one(manager, monkeypatch, banks):
    commands.onboard(manager)
    said = {"details_submitted": False, "payouts_enabled": False, "capabilities": {}, **banks}
    monkeypatch.setattr(stripe, "account", lambda _id: said)
    [account] = db.session.scalars(select(PayoutAccount))
    commands.sync_account(account)
    assert (account.masked, account.details_key, account.transfers_active) == ("", None, False)
