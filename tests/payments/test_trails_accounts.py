"""What Stripe's word on accounts, our bank and events leaves behind, here and at Stripe, to the last column."""
from __future__ import annotations

from datetime import timedelta

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.payments import commands, queries
from marketplace.payments.commands import bank, events
from marketplace.payments.commands.gathering import gather
from marketplace.payments.models import EventCursor, Source, StripeEvent
from tests import people
from tests.factories.payments import make_account, make_paid, make_released, make_row
from tests.factories.payouts import fin, make_bank
from tests.trail import trail
from tests.worker import run_jobs

SENT = Money(500_000)


def an_event(kind: str = "account.updated", account: str | None = None) -> dict:
    return {"id": "evt_1", "type": kind, "created": 1_800_000_000, "account": account, "data": {"object": {"id": "acct_1"}}}


def test_opening_an_account_at_stripe(stripe_app, world):
    manager = begin(people.ben())
    with trail("account_opened", world):
        commands.onboard(manager)
    account = queries.payout_account(manager.id)
    world.do(f"accounts/{account.stripe_account_id}/onboarding", account_number="000123456789")
    with trail("account_ready"):
        commands.sync_account(account)
    world.do(f"accounts/{account.stripe_account_id}/onboarding", account_number="000999456789")
    with trail("account_pays_elsewhere"):
        commands.sync_account(account)


def test_opening_one_beside_a_bank_account(stripe_app, world):
    manager = make_bank().manager
    with trail("account_opened_beside_another"):
        commands.onboard(manager)


def test_our_own_bank(stripe_app, world):
    make_paid(world)
    run_jobs()
    world.do("settling")
    payout = world.call("POST", "payouts", amount=SENT.minor, currency="bdt")
    with trail("bank_payout_heard"):
        bank.sync_bank_payout(payout["id"])
    world.call("POST", f"payouts/{payout['id']}/cancel")
    with trail("bank_payout_failed"):
        bank.sync_bank_payout(payout["id"])


def test_our_own_bank_has_it(stripe_app, world):
    make_paid(world)
    run_jobs()
    world.do("settling")
    payout = world.call("POST", "payouts", amount=SENT.minor, currency="bdt")
    bank.sync_bank_payout(payout["id"])
    world.advance(timedelta(days=2))
    with trail("bank_payout_arrived"):
        bank.sync_bank_payout(payout["id"])


def test_an_event(stripe_app, world):
    account = make_account(world)
    with trail("event_stored"):
        events.store(Source.connect, an_event(account=account.stripe_account_id))
    with trail("event_handled"):
        events.handle_event(str(db.session.query(StripeEvent).one().id))


def test_events_that_are_not_read(app):
    fin()
    db.session.add(EventCursor(account=events.PLATFORM, looked_at=clock.now() - events.SILENT, seen_until=clock.now()))
    with trail("events_overdue"):
        events.watch_events()
    clock.move(events.LOOK_EVERY)
    with trail("events_unread"):
        events.watch_events()


def test_a_small_transfer_goes_with_a_large_one(app):
    manager = begin(people.ben())
    _small, large = (make_released(make_row(people.ada()), manager, Money(gross), fee=Money(0)) for gross in (500, 5000))
    with trail("gathered"):
        gather(large, Money(1000))
