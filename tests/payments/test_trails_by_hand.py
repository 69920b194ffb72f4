"""What each act on payouts by hand and on the accounts of managers leaves behind, to the last column."""
from __future__ import annotations

from datetime import timedelta

from marketplace.core import clock
from marketplace.payments import queries
from marketplace.payments.commands import manual_payouts, payout_accounts, transfers
from marketplace.payments.models import Doubt, Rail
from tests import people
from tests.factories.payouts import fin, make_bank, make_owed, make_recorded, newest, record
from tests.trail import trail

WAIT = timedelta(days=4)
"""Longer than the wait for another account."""


def changed():
    """A second account beside the first."""
    return make_bank(number="9999 888 777666")


def test_a_payout_by_hand_from_the_queue_to_the_bank_and_back(app):
    sam, finance, transfer = people.sam(), fin(), make_owed(make_bank().manager)
    with trail("payout_queued"):
        transfers.begin_transfer(str(transfer.id))
    with trail("payout_claimed"):
        manual_payouts.claim(newest(), finance)
    with trail("payout_recorded"):
        record(newest(), finance, "trx 123 456")
    with trail("payout_confirmed"):
        manual_payouts.confirm(newest(), sam)
    with trail("payout_returned"):
        manual_payouts.record_return(newest(), finance, "Account closed")


def test_a_payout_by_hand_that_is_refused(app):
    sam, payout = people.sam(), make_recorded(fin())
    with trail("payout_refused"):
        manual_payouts.refuse(payout, sam, "Not on our statement")


def test_a_wallet_that_carries_less_than_is_owed(app):
    transfer = make_owed(make_bank(rail=Rail.manual_bkash).manager, 6_000_000)
    with trail("payout_queued_in_parts"):
        transfers.begin_transfer(str(transfer.id))


def test_an_account_and_another_one(app):
    ben = people.ben()
    with trail("account_given"):
        first = make_bank()
    with trail("account_changed"):
        second = changed()
    with trail("account_cancelled"):
        payout_accounts.cancel(second, ben)
    third = changed()
    transfers.begin_transfer(str(make_owed(first.manager).id))
    clock.move(WAIT)
    with trail("account_took_over"):
        payout_accounts.take_over(str(third.id))
    assert (first.status, third.status) == ("former", "current")


def test_an_account_in_another_name_that_finance_looks_at(app):
    sam = people.sam()
    make_bank()
    with trail("account_doubted"):
        second = make_bank(holder="Benjamin Das", number="9999 888 777666", ask_check=True)
    [check] = queries.open_checks_of(second)
    with trail("account_passed"):
        payout_accounts.pass_check(check, sam, "That is what his bank calls him")


def test_an_account_that_the_manager_never_gave(app):
    sam = people.sam()
    first, second = make_bank(), changed()
    clock.move(WAIT)
    payout_accounts.take_over(str(second.id))
    with trail("account_disowned"):
        payout_accounts.disown(second)
    payout_accounts.doubt(second, Doubt.shared)
    [check, _other] = queries.open_checks_of(second)
    with trail("account_refused"):
        payout_accounts.refuse_check(check, sam, "It was her cousin")
    assert first.status == "current"
