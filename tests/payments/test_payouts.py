"""From a manager's balance at Stripe to their bank, as Stripe tells it."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.payments import commands
from marketplace.payments.commands import payouts
from marketplace.payments.models import Payout, PayoutStatus, TransferStatus
from tests import people
from tests.factories.payments import make_account, make_paid, make_released
from tests.payments.test_reversed import make_sent
from tests.worker import run_sweeps

NET = Money(630_000)


@pytest.fixture
def sent(stripe_app, world):
    """Pay that waits at Stripe in the manager's name and may leave."""
    transfer = make_released(make_paid(world), make_account(world).manager)
    run_sweeps()
    world.do("settling")
    return transfer


def the_payout() -> Payout:
    return db.session.scalars(select(Payout)).one()


def test_a_payout_that_is_called_off_says_so(sent, world):
    """Stripe gives no reason then; what it carried is at Stripe as before."""
    account = sent.account.stripe_account_id
    made = world.call("POST", "payouts", account=account, amount=1000, currency="bdt")
    commands.sync_payout(sent.account, made["id"])
    assert (the_payout().status, sent.status) == (PayoutStatus.pending, TransferStatus.sent)
    world.call("POST", f"payouts/{made['id']}/cancel", account=account)
    commands.sync_payout(sent.account, made["id"])
    assert (the_payout().status, the_payout().failure, sent.status) == (PayoutStatus.failed, "canceled", TransferStatus.sent)
    assert audit.history(the_payout())[0].details["why"] == "canceled"


def test_what_a_bank_writes_at_length_is_kept_as_far_as_it_fits(sent, world):
    made = world.call("POST", "payouts", account=sent.account.stripe_account_id, amount=1000, currency="bdt")
    commands.sync_payout(sent.account, made["id"])
    payouts._came_back(the_payout(), "x" * 301)
    assert the_payout().failure == "x" * 300


@pytest.fixture
def mine(app):
    """Pay that Stripe has in the manager's name."""
    return make_sent(NET)


@pytest.fixture
def told(monkeypatch, mine):
    """Let Stripe tell of a payout of the manager's, by which their pay and other money went to the bank."""
    def says(status: str, payout_id: str = "po_1", **other) -> None:
        answer = {"id": payout_id, "amount": 640_000, "currency": "bdt", "status": status, "failure_message": None} | other
        sources = [payout_id, {}, {"source_transfer": "tr_1"}, {"source_transfer": "tr_none"}]
        asked = {(payout_id, "acct_tr_1"): (answer, [{"source": source} for source in sources])}
        monkeypatch.setattr(stripe, "payout", lambda *ids: asked[ids][0])
        monkeypatch.setattr(stripe, "paid_out", lambda *ids: asked[ids][1])
        commands.sync_payout(mine.account, payout_id)

    return says


def row(payout_id: str) -> Payout:
    return db.session.scalars(select(Payout).where(Payout.stripe_payout_id == payout_id)).one()


def test_what_a_payout_carried_arrives_with_it_and_nothing_else(mine, told):
    """Less what was taken back meanwhile; told twice, it arrives once."""
    other = make_sent(NET, people.eve(), "tr_2")
    mine.reversed_minor = 30_000
    for status in ("pending", "in_transit"):
        told(status)
        assert (row("po_1").status, mine.status) == (PayoutStatus.pending, TransferStatus.sent)
    for _twice in range(2):
        told("paid")
    payout = row("po_1")
    assert (payout.status, payout.payout_account_id, payout.amount_minor, payout.currency) == (
        PayoutStatus.paid, mine.account_id, 640_000, "BDT")
    assert (mine.status, mine.payout_id, other.status, other.payout_id) == (TransferStatus.arrived, payout.id, TransferStatus.sent, None)
    assert books.arriving(f"manager:{mine.manager_id}") == Money(30_000)
    assert books.arriving(f"manager:{other.manager_id}") == NET


@pytest.mark.parametrize(("message", "why"), [("account closed", "account closed"), (None, "failed")])
def test_what_a_payout_carried_comes_back_with_it_and_nothing_else(mine, told, message, why):
    other = make_sent(NET, people.eve(), "tr_2")
    other.status = TransferStatus.arrived
    told("paid")
    told("failed", failure_message=message)
    told("paid")
    assert (row("po_1").status, row("po_1").failure) == (PayoutStatus.failed, why)
    assert (mine.status, mine.payout_id, mine.arrived_at, other.status) == (TransferStatus.sent, None, None, TransferStatus.arrived)
    assert books.arriving(f"manager:{mine.manager_id}") == NET
    assert audit.history(mine)[0].details["why"] == why


def test_what_has_arrived_does_not_arrive_with_another_payout(mine, told):
    told("paid")
    told("paid", "po_2")
    assert mine.payout_id == row("po_1").id
    assert books.arriving(f"manager:{mine.manager_id}") == Money(0)
