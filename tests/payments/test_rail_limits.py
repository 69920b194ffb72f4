"""How much each way to pay managers carries, when it can be used, and what is asked of it, to its limits."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.payments import queries
from marketplace.payments.commands import manual_payouts, transfers
from marketplace.payments.commands.rails import RAILS, Sent, stripe_connect
from marketplace.payments.models import ManualPayout, PayoutAccount, Rail, Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_failed_transfer, make_released, make_row
from tests.factories.payouts import fin, make_bank, make_owed, make_queued, make_recorded

BY_HAND, STRIPE = RAILS[Rail.manual_bank], RAILS[Rail.stripe_connect]


def queue(manager, *sums: int) -> list[int]:
    """Let sums become due one after the other; what each payout by hand carries then."""
    for minor in sums:
        transfers.begin_transfer(str(make_owed(manager, minor).id))
    rows = db.session.scalars(select(ManualPayout).where(ManualPayout.manager_id == manager.id).order_by(ManualPayout.id))
    return [payout.amount_minor for payout in rows]


@pytest.mark.parametrize(("sums", "payouts"), [
    ([2_500_000], [2_500_000]), ([2_500_001], [2_500_000, 1]), ([5_000_000], [2_500_000, 2_500_000]),
    ([2_000_000, 500_000], [2_500_000]), ([2_000_000, 500_001], [2_000_000, 500_001]),
    ([2_000_000, 1_000_000, 300_000], [2_300_000, 1_000_000]), ([2_000_000, 1_000_000, 100_000, 50_000], [2_150_000, 1_000_000])])
def test_a_wallet_takes_so_much_at_once_and_not_a_poisha_more(app, sums, payouts):
    """What comes later goes with the first that has room for it."""
    queue(make_bank(people.eve(), rail=Rail.manual_bkash, number="01812345678").manager, 100_000)
    assert queue(make_bank(rail=Rail.manual_bkash).manager, *sums) == payouts


def test_what_somebody_pays_already_carries_no_more(app):
    manager = make_bank(rail=Rail.manual_bkash).manager
    queue(manager, 2_000_000)
    manual_payouts.claim(db.session.scalars(select(ManualPayout)).one(), fin())
    assert queue(manager, 300_000) == [2_000_000, 300_000]


def test_what_goes_beyond_one_transaction_waits_as_the_rest_did(app):
    transfer = make_owed(make_bank(rail=Rail.manual_bkash).manager, 6_000_000)
    transfer.status = TransferStatus.held
    transfers.begin_transfer(str(transfer.id))
    assert [part.status for part in db.session.scalars(select(Transfer))] == [TransferStatus.held] * 3


def test_by_hand_it_was_paid_when_two_people_have_said_so(app):
    payout = make_recorded(fin())
    [transfer] = queries.transfers_in(payout)
    assert (BY_HAND.find(transfer), BY_HAND.find(make_owed(payout.manager))) == (None, None)
    manual_payouts.confirm(payout, people.sam())
    assert BY_HAND.find(transfer) == Sent("TRX123456", transfer.amount)


def test_what_has_not_begun_is_taken_back(app):
    """By hand until somebody has claimed it; at Stripe until it was asked for."""
    transfer = make_owed(make_queued().manager)
    assert (BY_HAND.cancel(transfer), STRIPE.cancel(transfer)) == (True, True)
    transfer.status = TransferStatus.sending
    assert not STRIPE.cancel(transfer)


@pytest.mark.parametrize(("active", "hours", "able"), [(False, None, False), (True, None, True), (True, -1, True), (True, 1, False)])
def test_stripe_pays_whom_it_knows_and_not_while_a_change_waits(active, hours, able):
    takes_over_at = None if hours is None else clock.now() + timedelta(hours=hours)
    assert (STRIPE.problem(PayoutAccount(transfers_active=active, takes_over_at=takes_over_at)) is None) == able


@pytest.mark.parametrize(("sealed", "able"), [(None, False), ("sealed", True)])
def test_nobody_pays_by_hand_without_details(sealed, able):
    assert (BY_HAND.problem(PayoutAccount(sealed=sealed)) is None) == able


def test_stripe_is_asked_from_the_payment_in_the_currency_it_keeps(app):
    payment, unpaid = make_row(people.ada()), make_failed_transfer(people.eve())
    transfer = make_released(payment, make_bank().manager)
    payment.settled_minor, payment.settled_currency = 5_906, "USD"
    asked = [stripe_connect._wish(one) for one in (transfer, unpaid)]
    assert [(one["amount"], one["currency"], one["destination"], one.get("source_transaction")) for one in asked] == [
        (5_165, "usd", None, payment.stripe_charge_id), (100, "bdt", None, None)]


def test_what_stripe_has_of_a_transfer_is_known_by_its_mark(app, monkeypatch):
    payment, manager = make_row(people.ada()), make_bank().manager
    transfer, other = make_released(payment, manager, Money(100_000)), make_released(payment, manager, Money(200_000), key="b")
    made = {"amount": 5, "currency": "bdt"}
    listed = {transfer.contract: [made | {"id": "tr_0", "metadata": {}}, made | {"id": "tr_1", "metadata": {"transfer": str(transfer.id)}}]}
    monkeypatch.setattr(stripe, "transfers_in", lambda contract: iter(listed[contract]))
    assert (STRIPE.find(transfer), STRIPE.find(other)) == (Sent("tr_1", Money(5)), None)


def test_what_stripe_made_is_told_in_its_currency():
    assert stripe_connect._sent({"id": "tr_1", "amount": 5, "currency": "usd"}) == Sent("tr_1", Money(5, "USD"))
