"""Our own bank: filled by payouts ordered at Stripe, emptied by payouts by hand; the books say what lies where."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.ledger.models import AccountKind
from marketplace.payments.commands import bank, looking
from marketplace.payments.commands.repairs import Repair, repair
from marketplace.payments.models import BankPayout, Mismatch
from marketplace.payments.queries.bank import cash
from tests import people
from tests.factories.payments import compared, make_paid
from tests.pages import words
from tests.people import sign_in
from tests.worker import run_jobs

SENT = Money(500_000)


@pytest.fixture
def stripe_paid(stripe_app, world, client):
    """Finance ordered a payout of our own balance on Stripe's pages."""
    make_paid(world)
    world.do("settling")
    payout = world.call("POST", "payouts", amount=SENT.minor, currency="bdt")
    world.deliver(client)
    run_jobs()
    return payout


def in_bank() -> Money:
    return books.platform(AccountKind.bank)


def heard(world, client) -> None:
    world.deliver(client)
    run_jobs()


def test_it_is_in_the_books_at_once_and_agrees_with_stripe(stripe_paid, world):
    before = books.stripe_clearing() + SENT
    assert in_bank() == SENT
    assert compared(world).found == 0
    [one] = cash()
    assert (one.at_stripe, one.on_the_way, one.in_bank) == (before - SENT, SENT, Money(0))


def test_once_paid_it_is_in_the_bank_and_heard_twice_it_is_there_once(stripe_paid, world, client):
    world.advance(timedelta(days=2))
    heard(world, client)
    bank.sync_bank_payout(stripe_paid["id"])
    [one] = cash()
    assert (one.on_the_way, one.in_bank, in_bank()) == (Money(0), SENT, SENT)


def test_called_off_it_is_at_stripe_again_once(stripe_paid, world, client):
    world.call("POST", f"payouts/{stripe_paid['id']}/cancel")
    heard(world, client)
    bank.sync_bank_payout(stripe_paid["id"])
    assert in_bank() == Money(0)
    assert compared(world).found == 0
    assert db.session.query(BankPayout).one().status == "failed"


def test_what_finance_adjusted_meanwhile_is_not_booked_again(stripe_app, world, client):
    make_paid(world)
    world.do("settling")
    payout = world.call("POST", "payouts", amount=SENT.minor, currency="bdt")
    compared(world)
    mismatch = db.session.query(Mismatch).one()
    repair(mismatch, Repair.adjust, people.sam(), "Ordered for the bank.", "bank")
    assert in_bank() == SENT
    heard(world, client)
    bank.sync_bank_payout(payout["id"])
    assert in_bank() == SENT


def test_what_finance_adjusted_finance_mends_when_it_comes_back(stripe_app, world, client):
    """Called off, nothing of ours is undone; mended, an event that comes late books nothing."""
    make_paid(world)
    world.do("settling")
    payout = world.call("POST", "payouts", amount=SENT.minor, currency="bdt")
    compared(world)
    repair(db.session.query(Mismatch).one(), Repair.adjust, people.sam(), "Ordered for the bank.", "bank")
    world.call("POST", f"payouts/{payout['id']}/cancel")
    heard(world, client)
    assert (in_bank(), db.session.query(BankPayout).one().status) == (SENT, "failed")
    [(adjusted, *_sums)] = books.cash_postings(payout["id"])
    ledger.reverse("mended", of=adjusted.key)
    bank.sync_bank_payout(payout["id"])
    assert in_bank() == Money(0)


def test_one_that_stripe_made_by_itself_is_left_to_finance(stripe_paid, world, client, monkeypatch):
    automatic = {**stripe.payout(stripe_paid["id"]), "id": "po_automatic", "automatic": True}
    monkeypatch.setattr(stripe, "payout", lambda _id: automatic)
    bank.sync_bank_payout("po_automatic")
    assert in_bank() == SENT
    assert looking.look_at({"object": "payout", "id": "po_automatic"}), "finance has it looked at"
    assert in_bank() == SENT + SENT
    automatic["status"] = "failed"
    bank.sync_bank_payout("po_automatic")
    assert in_bank() == SENT


def test_finance_reads_where_the_cash_lies(stripe_paid, client):
    people.sam().language = "en"
    said = words(sign_in(client, people.sam()).get("/staff/bank"))
    assert "on its way" in said
    assert "৳5,000" in said
