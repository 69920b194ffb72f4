"""What rows say of themselves: sums in their own currency, keys of an attempt, and in whose name money is held."""
from __future__ import annotations

import uuid

import pytest

from marketplace.core import i18n
from marketplace.core.money import Money
from marketplace.payments.models import (
    BankPayout,
    Chargeback,
    ManualPayout,
    Mismatch,
    MoneyProposal,
    MoneyProposalStatus,
    Payment,
    Receipt,
    Reconciliation,
    Refund,
    Reversal,
    Transfer,
)

ID = uuid.UUID(int=7)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def payment(**changes) -> Payment:
    values = {"id": ID, "subject": "milestone:1", "amount_minor": 1000, "ad_spend_minor": 200, "card_cost_minor": 30, "currency": "USD"}
    return Payment(**(values | changes))


def test_what_a_payment_is_made_of():
    one = payment(fee_minor=100)
    assert (one.amount, one.ad_spend, one.card_cost, one.total, one.fee) == (usd(1000), usd(200), usd(30), usd(1230), usd(100))
    assert payment().fee is None
    assert payment(fee_minor=0).fee == usd(0)


def test_in_whose_name_a_payment_is_held():
    assert (payment().source, payment(unclaimed=False).holder, payment(unclaimed=True).holder) == (
        f"payment:{ID}", "milestone:1", f"payment:{ID}")
    assert (payment().settles_debt, payment(subject="debt:1").settles_debt) == (False, True)


@pytest.mark.parametrize(("minor", "currency", "part", "settled"), [
    (None, None, 615, None), (None, "EUR", 615, None), (900, "USD", 615, None), (900, None, 615, None),
    (900, "EUR", 615, Money(450, "EUR")), (900, "EUR", 614, Money(449, "EUR")), (900, "EUR", 1230, Money(900, "EUR"))])
def test_what_a_part_is_where_stripe_keeps_another_currency(minor, currency, part, settled):
    assert payment(settled_minor=minor, settled_currency=currency).settled(usd(part)) == settled


def test_attempts_have_keys_of_their_own():
    assert Refund(id=ID, attempt=2).key == f"refund:{ID}:2"
    assert Transfer(id=ID, attempt=3).key == f"transfer:{ID}:3"
    assert Reversal(id=ID, attempt=4).key == f"reversal:{ID}:4"
    assert Reversal(id=ID).subject == f"reversal:{ID}"
    assert BankPayout(stripe_payout_id="po_1").key == "bank_payout:po_1"


@pytest.mark.parametrize("kind", [Refund, Chargeback, ManualPayout, MoneyProposal, Transfer, BankPayout])
def test_sums_are_in_their_own_currency(kind):
    assert kind(amount_minor=50, currency="USD").amount == usd(50)


def test_what_is_taken_back_by_its_parts():
    one = Reversal(gross_minor=100, fee_minor=10, asked_minor=40, owed_minor=20, currency="USD")
    assert (one.gross, one.fee, one.net, one.asked, one.owed) == (usd(100), usd(10), usd(90), usd(40), usd(20))


@pytest.mark.parametrize(("ours", "theirs", "other", "lacks"), [
    (None, -5, None, -5), (-5, None, None, 5), (7, 10, None, 3), (7, 10, "EUR", -7), (None, 10, "EUR", 0)])
def test_what_the_books_lack(ours, theirs, other, lacks):
    assert Mismatch(ours_minor=ours, theirs_minor=theirs, their_currency=other, currency="USD").difference == usd(lacks)


def test_why_a_transfer_waits():
    transfer = Transfer(check_reason="")
    assert (transfer.reasons, transfer.finance_looks) == ([], False)
    transfer.reasons = ["page_lost"]
    assert (transfer.check_reason, transfer.finance_looks) == ("page_lost", False)
    transfer.reasons = ["page_lost", "cash_out", "page_lost"]
    assert (transfer.check_reason, transfer.reasons, transfer.finance_looks) == ("page_lost+cash_out", ["page_lost", "cash_out"], True)


def test_what_somebody_who_asked_for_it_reads(app):
    waiting = "This much needs a second person. They have been told."
    nothing = "This was proposed before, and came to nothing. Propose it anew."
    with i18n.speaking("en"):
        assert {status: MoneyProposal(status=status).told("Done.") for status in MoneyProposalStatus} == {
            "waiting": waiting, "done": "Done.", "declined": nothing, "lapsed": nothing}


def test_the_name_of_a_receipt_and_whether_a_comparison_agrees():
    assert (Receipt(year=2026).name, Receipt(year=2026, number=12).name) == ("", "R-2026-000012")
    assert [Reconciliation(found=found).agrees for found in (0, 1)] == [True, False]
