"""How much of a sent transfer Stripe is asked to take back: as far as it goes, and every part rounded as if it came after the others."""
from __future__ import annotations

import pytest

from marketplace.core.money import Money
from marketplace.core.tasks import NotYet
from marketplace.gateways import stripe
from marketplace.payments.commands import reversals
from marketplace.payments.models import Reversal, ReversalStatus, Transfer
from tests import people
from tests.factories.payments import make_failed_transfer
from tests.payments.test_reversed import DOLLARS, NET, make_ours, make_sent


@pytest.fixture
def transfer(app) -> Transfer:
    """One that Stripe sent in dollars."""
    return make_sent(Money(DOLLARS, "USD"))


@pytest.fixture
def there(monkeypatch):
    """Say what is on the manager's balance at Stripe."""
    def says(available: int, pending: int = 0) -> None:
        balances = {"acct_tr_1": {
            "available": [{"amount": available, "currency": "bdt"}, {"amount": 7, "currency": "usd"}],
            "pending": [{"amount": pending, "currency": "bdt"}]}}
        monkeypatch.setattr(stripe, "transfer", {"tr_1": {"destination": "acct_tr_1", "amount": DOLLARS, "currency": "usd"}}.__getitem__)
        monkeypatch.setattr(stripe, "balance", balances.__getitem__)

    return says


def make_due(transfer: Transfer, net: int, attempt: int = 0) -> Reversal:
    """Part of it that a decision takes back."""
    row = make_ours(transfer, 0, None, ReversalStatus.due)
    row.gross_minor, row.fee_minor, row.attempt = net + 1_000, 1_000, attempt
    return row


@pytest.mark.parametrize(("attempt", "net", "available", "pending", "asked"), [
    (0, 90_000, 50_000, 30_000, 80_000), (1, 90_000, 50_000, 30_000, 50_000), (0, 90_000, 90_001, 0, 90_000), (0, 90_000, -5, 0, 0),
    (0, NET + 1, NET + 1, 0, NET)])
def test_as_far_as_the_balance_goes_and_then_only_what_is_there_already(transfer, there, attempt, net, available, pending, asked):
    there(available, pending)
    row = make_due(transfer, net, attempt)
    assert reversals._set_amount(row) == row.stripe_minor == DOLLARS * asked // NET
    assert (row.asked_minor, row.stripe_currency) == (asked, "USD")


def test_asked_twice_in_vain_nothing_more_is_asked_for(transfer):
    """Nor of what Stripe has never had."""
    assert reversals._set_amount(make_due(transfer, 90_000, attempt=2)) == 0
    assert reversals._set_amount(make_due(make_failed_transfer(people.eve()), 50)) == 0


def test_what_was_taken_back_and_what_is_asked_for_already_is_not_asked_for_again(transfer, there):
    there(NET)
    transfer.reversed_minor = 500_000
    make_ours(transfer, 70_000, "trr_1")
    make_ours(transfer, 20_000, "trr_2", ReversalStatus.returned)
    make_ours(make_failed_transfer(people.eve()), 10_000, "trr_3")
    row = make_due(transfer, 90_000)
    assert reversals._set_amount(row) == DOLLARS - DOLLARS * 570_000 // NET
    assert row.asked_minor == NET - 570_000


def test_its_own_question_of_before_is_not_in_its_way(transfer, there):
    there(NET)
    row = make_ours(transfer, NET, "trr_1")
    row.gross_minor, row.fee_minor = NET, 0
    reversals._set_amount(row)
    assert row.asked_minor == NET


def test_while_stripe_is_silent_it_waits(transfer, monkeypatch):
    def silent(*_ids):
        raise stripe.Unanswered("nothing")

    monkeypatch.setattr(stripe, "transfer", silent)
    with pytest.raises(NotYet):
        reversals._set_amount(make_due(transfer, 90_000))


def test_a_question_that_got_through_is_known_by_its_mark(transfer, monkeypatch):
    row = make_due(transfer, 90_000, attempt=1)
    marks = ({}, {"operation": "another"}, {"operation": row.key})
    listed = {"tr_1": [{"id": f"trr_{number}", "metadata": mark} for number, mark in enumerate(marks)]}
    monkeypatch.setattr(stripe, "reversals_of", lambda transfer_id: iter(listed[transfer_id]))
    assert reversals._found(row)["id"] == "trr_2"
    row.attempt = 2
    assert reversals._found(row) is None
