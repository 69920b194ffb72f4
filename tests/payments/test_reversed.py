"""What Stripe lists as taken back from a manager's balance, by us or on its own pages: each booked once, for what it was."""
from __future__ import annotations

import pytest

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments.commands import sending
from marketplace.payments.commands.rails import Sent
from marketplace.payments.commands.reversed import sync_reversals
from marketplace.payments.models import PayoutAccount, Rail, Reversal, ReversalStatus, Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_failed_transfer, make_released, make_row

NET, DOLLARS = 630_000, 5_165
"""A transfer in poisha, and what it is in the cents that Stripe keeps."""


def make_sent(settled: Money, person: Person | None = None, reference: str = "tr_1") -> Transfer:
    """Stripe has it in the manager's name."""
    payment, manager = make_row(people.ada()), begin(person or people.ben())
    if settled.currency != payment.currency:
        payment.settled_minor, payment.settled_currency = 5_906, settled.currency
    account = PayoutAccount(manager=manager, rail=Rail.stripe_connect, status="current", stripe_account_id=f"acct_{reference}", masked="")
    db.session.add(account)
    db.session.flush()
    transfer = make_released(payment, manager)
    sending.set_aside(transfer, account)
    sending.settle_at_stripe(transfer, Sent(reference, settled))
    return transfer


@pytest.fixture
def transfer(app) -> Transfer:
    """One that Stripe sent in dollars."""
    return make_sent(Money(DOLLARS, "USD"))


@pytest.fixture
def listed(monkeypatch):
    """Say what Stripe lists, in the order in which it was made; Stripe itself lists the newest first."""
    def says(*reversals: tuple[str, int, str], currency: str = "usd") -> None:
        answers = [{"id": id_, "amount": amount, "currency": currency, "metadata": {"operation": mark} if mark else {}}
                   for id_, amount, mark in reversals]
        monkeypatch.setattr(stripe, "reversals_of", lambda transfer_id: iter(answers[::-1]) if transfer_id == "tr_1" else iter(()))

    return says


def make_ours(transfer: Transfer, asked: int, stripe_id: str | None, status: ReversalStatus = ReversalStatus.asking) -> Reversal:
    """Part of it that a decision took back."""
    row = Reversal(transfer_id=transfer.id, operation=f"{transfer.id}:{stripe_id}:{asked}", attempt=1, gross_minor=asked, fee_minor=0,
                   asked_minor=asked, status=status, stripe_reversal_id=stripe_id)
    db.session.add(row)
    db.session.flush()
    return row


def booked(stripe_id: str) -> tuple[str, int, str]:
    """Of the posting of one reversal: what it is for, and what moved at Stripe."""
    [(posting, minor, currency)] = books.cash_postings(stripe_id)
    return str(posting.subject), minor, currency


def test_ours_by_what_was_asked_for_and_others_by_their_share(transfer, listed):
    """Ours is known by its id, or by the mark it carries."""
    make_ours(transfer, 63_000, "trr_1", ReversalStatus.returned)
    waiting = make_ours(transfer, 126_000, None)
    make_ours(make_failed_transfer(people.eve()), 9, "trr_3")
    listed(("trr_1", 516, "forgotten"), ("trr_2", 1_040, waiting.key), ("trr_3", 1_000, ""))
    for _twice in range(2):
        sync_reversals(transfer)
    assert (transfer.reversed_minor, transfer.status) == (63_000 + 126_000 + NET * 1_000 // DOLLARS, TransferStatus.sent)
    assert books.payable(f"manager:{transfer.manager_id}").minor == transfer.reversed_minor
    assert [booked(f"trr_{number}") for number in (1, 2, 3)] == [
        (transfer.subject, 516, "USD"), (transfer.subject, 1_040, "USD"), (transfer.subject, 1_000, "USD")]


def test_what_somebody_takes_back_on_stripes_pages_is_not_what_we_ask_for(transfer, listed):
    """Neither what Stripe has not answered yet, nor what became a debt because nothing was there."""
    make_ours(transfer, 90_000, None)
    make_ours(transfer, 0, None, ReversalStatus.recovered)
    listed(("trr_1", 1_000, ""))
    sync_reversals(transfer)
    assert transfer.reversed_minor == NET * 1_000 // DOLLARS


def test_the_last_one_takes_what_rounding_left(transfer, listed):
    listed(("trr_1", 1_000, ""), ("trr_2", 2_000, ""), ("trr_3", 2_165, ""))
    sync_reversals(transfer)
    assert (transfer.reversed_minor, transfer.status) == (NET, TransferStatus.reversed)


def test_all_but_one_unit_is_not_all(transfer, listed):
    listed(("trr_1", DOLLARS - 1, ""))
    sync_reversals(transfer)
    assert (transfer.reversed_minor, transfer.status) == (NET * (DOLLARS - 1) // DOLLARS, TransferStatus.sent)


def test_an_older_list_that_comes_later_gives_nothing_back(transfer, listed):
    listed(("trr_1", 1_000, ""), ("trr_2", 4_165, ""))
    sync_reversals(transfer)
    listed(("trr_1", 1_000, ""))
    sync_reversals(transfer)
    assert (transfer.reversed_minor, transfer.status) == (NET, TransferStatus.reversed)


@pytest.mark.parametrize("known", [True, False])
def test_in_our_own_currency_a_share_is_the_amount_whether_or_not_we_know_the_payment(app, listed, known):
    transfer = make_sent(Money(NET))
    if not known:
        transfer.payment_id = transfer.payment = None
    listed(("trr_1", 1_000, ""), currency="bdt")
    sync_reversals(transfer)
    assert transfer.reversed_minor == 1_000
