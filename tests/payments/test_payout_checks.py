"""What finance decides about the accounts of managers, and what of it is kept."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import audit, calendar, clock
from marketplace.core.errors import Invalid
from marketplace.payments import queries
from marketplace.payments.commands import payout_accounts
from marketplace.payments.commands.payout_accounts import WAIT_DAYS
from marketplace.payments.models import Doubt, PayoutAccount, PayoutCheck, Rail
from tests import people
from tests.factories.payouts import fin, make_bank
from tests.trail import trail

DECIDE = [payout_accounts.pass_check, payout_accounts.refuse_check]


def doubted(**details: str) -> PayoutAccount:
    """An account in another name than the manager's, which finance looks at."""
    return make_bank(holder="Benjamin Das", ask_check=True, **details)


def check_of(account: PayoutAccount) -> PayoutCheck:
    return queries.open_checks_of(account)[0]


def test_the_wait_counts_from_the_day_it_was_given(app):
    """Finance's own time is not the manager's."""
    make_bank()
    account = doubted(number="9999 888 777666")
    clock.move(timedelta(days=2))
    payout_accounts.pass_check(check_of(account), fin(), "Seen")
    assert account.takes_over_at == calendar.deadline(WAIT_DAYS, account.created_at)


def test_the_first_account_is_used_as_soon_as_it_is_passed(app):
    finance, account = fin(), doubted()
    with trail("first_account_passed"):
        payout_accounts.pass_check(check_of(account), finance, "That is what his bank calls him")
    assert account.takes_over_at <= clock.now()


def test_while_something_else_is_doubtful_it_does_not_go_on(app):
    account = doubted()
    payout_accounts.doubt(account, Doubt.shared)
    payout_accounts.pass_check(check_of(account), fin(), "Seen")
    assert account.status == "checking"
    payout_accounts.pass_check(check_of(account), fin(), "Brothers")
    assert account.status == "current"


def test_what_the_manager_drops_finance_need_not_look_at(app):
    ben, account = people.ben(), doubted()
    with trail("doubted_account_cancelled"):
        payout_accounts.cancel(account, ben)
    assert queries.open_checks_of(account) == []


def test_a_manager_who_was_doubted_goes_on(app):
    finance, account = fin(), make_bank()
    payout_accounts.disown(account)
    with trail("disowned_account_passed"):
        payout_accounts.pass_check(check_of(account), finance, "It was he after all")
    assert not queries.payouts_stopped(account.manager_id)


def test_one_that_is_dropped_by_its_link_says_so_on_record(app):
    make_bank()
    second = make_bank(number="9999 888 777666")
    payout_accounts.disown(second)
    assert (second.status, audit.history(second)[0].details["why"]) == ("cancelled", "not me")
    payout_accounts.disown(second)
    assert [check.doubt for check in queries.open_checks_of(second)] == ["not_me"], "asked twice, doubted once"


@pytest.mark.parametrize("decide", DECIDE)
def test_a_reason_at_length_is_kept_as_far_as_it_fits(app, decide):
    account = doubted()
    check = check_of(account)
    decide(check, fin(), "x" * 301)
    assert (check.why, check.decided_by_id) == ("x" * 300, fin().id)


def test_a_wallet(app):
    people.ben()
    with trail("wallet_given"):
        make_bank(rail=Rail.manual_bkash)


@pytest.mark.parametrize(("typed", "field"), [({"holder": "Rahim Das"}, "holder"), ({}, "number")])
def test_what_is_wrong_with_an_account_stands_beside_its_field(app, typed, field):
    make_bank()
    with pytest.raises(Invalid) as refusal:
        make_bank(**typed)
    assert refusal.value.field == field


def test_a_routing_number_tells_two_banks_apart(app):
    """The same number at another bank is another account."""
    make_bank()
    assert make_bank(routing="225261235").status == "waiting"
