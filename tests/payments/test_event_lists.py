"""Which of Stripe's lists of events are read and from when on, and which events are taken up again."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.tasks import NotYet
from marketplace.managers.commands import begin
from marketplace.payments import commands
from marketplace.payments.commands import events
from marketplace.payments.models import EventCursor, Payout, PayoutAccount, PayoutStatus, Rail, Source, StripeEvent, TransferStatus
from tests import people
from tests.factories.payments import make_account, make_failed_transfer, make_paid, make_payment, make_released
from tests.factories.payouts import make_bank
from tests.payments.test_transfers import pay_out
from tests.worker import queued, run_sweeps

A_MOMENT = timedelta(seconds=20)


def make_event(kind: str = "coupon.created", **changes) -> StripeEvent:
    row = StripeEvent(**({"source": Source.platform, "event_id": f"evt_{kind}", "type": kind, "object_id": "", "happened_at": clock.now(),
                          "payload": {"data": {"object": {"charge": None}}}} | changes))
    db.session.add(row)
    db.session.flush()
    return row


def make_stripe_account(person, **changes) -> PayoutAccount:
    values = {"manager_id": begin(person).id, "rail": Rail.stripe_connect, "stripe_account_id": f"acct_{person.id}"}
    row = PayoutAccount(**(values | changes))
    db.session.add(row)
    db.session.flush()
    return row


def make_cursor(account: str, ago: timedelta) -> EventCursor:
    row = EventCursor(account=account, looked_at=clock.now() - ago, seen_until=clock.now() - ago)
    db.session.add(row)
    db.session.flush()
    return row


def jobs() -> list[tuple]:
    return [(*job.args.values(), job.task_name.rpartition(".")[2]) for job in queued()]


@pytest.mark.parametrize(("age", "taken"), [(events.STALE - A_MOMENT, False), (events.STALE, True)])
def test_an_event_whose_job_was_lost_is_taken_up_after_a_while(app, age, taken):
    event = make_event(created_at=clock.now() - age)
    make_event("handled", created_at=clock.now() - age, handled_at=clock.now())
    events.take_up_events()
    assert jobs() == ([(str(event.id), "handle_event")] if taken else [])


def test_the_oldest_are_taken_up_first(app):
    old, older = (make_event(kind, created_at=clock.now() - timedelta(hours=age)) for kind, age in (("a", 1), ("b", 2)))
    events.take_up_events()
    assert [event_id for event_id, _name in jobs()] == [str(older.id), str(old.id)]


def test_what_is_not_ours_to_act_on_is_let_go(app):
    event = make_event()
    events.handle_event(str(event.id))
    assert event.outcome == "not ours to act on"


@pytest.mark.parametrize(("age", "given_up"), [(events.GIVE_UP - A_MOMENT, False), (events.GIVE_UP, True)])
def test_an_event_that_names_nothing_of_ours_waits_so_long(stripe_app, age, given_up):
    event = make_event("charge.refunded", created_at=clock.now() - age,
                       payload={"data": {"object": {"id": "ch_none", "metadata": {"payment": "x"}}}})
    if given_up:
        events.handle_event(str(event.id))
    else:
        with pytest.raises(NotYet):
            events.handle_event(str(event.id))
    assert (event.outcome, event.handled_at is not None) == ("names nothing of ours" if given_up else "", given_up)


def test_an_event_about_a_thing_without_a_name_is_kept(app, machine_in_dhaka):
    assert events.store(Source.platform, {"id": "evt_1", "type": "balance.available", "created": 1_800_000_000, "data": {"object": {}}})
    [event] = db.session.scalars(select(StripeEvent))
    assert (event.object_id, event.account, event.outcome, event.handled_at) == ("", None, "", None)
    assert event.happened_at == datetime(2027, 1, 15, 8, tzinfo=UTC)


def test_a_list_is_read_now_and_then_and_each_account_has_its_own(app):
    account = make_stripe_account(people.ben())
    events.look_for_events()
    assert jobs() == [("platform", "fetch_events"), (account.stripe_account_id, "fetch_events")]


@pytest.mark.parametrize(("ago", "read"), [(events.LOOK_EVERY - A_MOMENT, []), (events.LOOK_EVERY, [("platform", "fetch_events")])])
def test_a_list_that_was_just_read_is_left_alone(app, ago, read):
    make_cursor("platform", ago)
    events.look_for_events()
    assert jobs() == read


def test_staff_has_it_read_at_once(app):
    make_cursor("platform", timedelta())
    commands.fetch_now()
    assert [(job.args, job.task_name) for job in queued()] == [({"account": "platform"}, "payments.commands.events.fetch_events")]


def test_accounts_that_wait_for_nothing_are_not_read(app):
    """Only one that is being opened, or that holds money on its way to a bank."""
    opened, ready, paid = people.ben(), people.eve(), people.ada()
    make_stripe_account(opened)
    make_stripe_account(ready, transfers_active=True)
    make_stripe_account(paid, transfers_active=True)
    for person, status in ((ready, TransferStatus.arrived), (paid, TransferStatus.sent)):
        make_failed_transfer(person).status = status
    make_bank(people.sam())
    db.session.flush()
    assert sorted(events._accounts_waited_for()) == sorted(f"acct_{person.id}" for person in (opened, paid))


def make_used(person, looked_at: timedelta | None, payout: timedelta | None = None, owed: TransferStatus = TransferStatus.arrived) -> str:
    """An account that can be paid: when its list was read, when its bank was paid, and what it is owed."""
    account = make_stripe_account(person, transfers_active=True)
    make_failed_transfer(person).status = owed
    if payout is not None:
        db.session.add(Payout(payout_account_id=account.id, stripe_payout_id=f"po_{person.id}", amount_minor=1, currency="BDT",
                              status=PayoutStatus.paid, created_at=clock.now() - payout))
    if looked_at is not None:
        make_cursor(account.stripe_account_id, looked_at)
    db.session.flush()
    return account.stripe_account_id


USED, DAY = events.LOOK_AT_USED_EVERY, timedelta(days=1)


@pytest.mark.parametrize(("looked_at", "payout", "owed", "read"), [
    (USED + A_MOMENT, DAY, TransferStatus.arrived, True), (USED - A_MOMENT, DAY, TransferStatus.arrived, False),
    (None, events.PAID_LATELY - A_MOMENT, TransferStatus.arrived, True), (None, events.PAID_LATELY, TransferStatus.arrived, False),
    (None, None, TransferStatus.due, True), (None, None, TransferStatus.arrived, False)])
def test_the_list_of_an_account_in_use_is_read_some_times_a_day(app, looked_at, payout, owed, read):
    account = make_used(people.ben(), looked_at, payout, owed)
    make_bank(people.sam())
    events.look_for_events()
    asked = [account for account, job in jobs() if job == "fetch_events"]
    assert asked == ["platform", *([account] if read else [])]


def test_so_many_accounts_at_a_time_and_the_longest_unread_first(app, monkeypatch):
    read, longer, never = make_used(people.ben(), DAY, DAY), make_used(people.eve(), 2 * DAY, DAY), make_used(people.ada(), None, DAY)
    assert events._accounts_in_use() == [never, longer, read]
    monkeypatch.setattr(events, "USED_AT_ONCE", 2)
    assert events._accounts_in_use() == [never, longer]


def test_money_that_a_bank_sent_back_later_is_found_although_no_webhook_said_so(stripe_app, world, client):
    account = make_account(world)
    transfer = make_released(make_paid(world), account.manager)
    run_sweeps()
    pay_out(world, client)
    assert transfer.status == TransferStatus.arrived
    [payout] = world.call("GET", "payouts", account=account.stripe_account_id)["data"]
    world.do(f"payouts/{payout['id']}/failure", code="account_closed")
    world.webhooks()  # lost
    world.advance(USED + A_MOMENT)
    run_sweeps()
    assert transfer.status == TransferStatus.sent


def test_an_account_that_stripe_closed_is_found_although_no_webhook_said_so(stripe_app, world):
    account = make_account(world)
    make_released(make_paid(world), account.manager, send_after=clock.now() + 9 * DAY)
    run_sweeps()
    world.do(f"accounts/{account.stripe_account_id}/restriction")
    world.webhooks()  # lost
    world.advance(USED + A_MOMENT)
    run_sweeps()
    assert not account.transfers_active


def asked_from(world) -> int:
    return int(world.calls("GET", "/v1/events$")[-1]["parameters"]["created[gte]"])


def test_the_first_look_goes_back_days_and_the_next_a_little_before_the_newest(stripe_app, world, machine_in_dhaka):
    world.pay(make_payment().checkout_url)
    events.fetch_events("platform")
    assert abs(asked_from(world) - (clock.now() - events.FIRST_LOOK - events.LOOK_BACK).timestamp()) < 60
    newest = world.call("GET", "events")["data"][0]["created"]
    cursor = db.session.get(EventCursor, "platform")
    assert cursor.seen_until.timestamp() == newest
    cursor.overdue_at = cursor.alerted_at = clock.now()
    events.fetch_events("platform")
    assert asked_from(world) == newest - events.LOOK_BACK.total_seconds()
    assert (cursor.seen_until.timestamp(), cursor.overdue_at, cursor.alerted_at) == (newest, None, None)
    assert clock.now() - cursor.looked_at < timedelta(minutes=1)


def test_a_list_with_nothing_in_it_moves_nothing(stripe_app, world):
    cursor = make_cursor("platform", timedelta(hours=1))
    before = cursor.seen_until
    events.fetch_events("platform")
    assert cursor.seen_until == before
    assert db.session.scalars(select(StripeEvent)).all() == []


def test_what_an_account_lists_is_its_own(stripe_app, world):
    account = make_account(world)
    events.fetch_events(account.stripe_account_id)
    stored = db.session.scalars(select(StripeEvent)).all()
    assert {(event.source, event.account) for event in stored} == {(Source.connect, account.stripe_account_id)}
    events.fetch_events("platform")
    assert {event.source for event in db.session.scalars(select(StripeEvent))} == {Source.connect}


def test_what_is_listed_is_stored_oldest_first(stripe_app, world):
    world.pay(make_payment().checkout_url)
    events.fetch_events("platform")
    stored = [event.happened_at for event in db.session.scalars(select(StripeEvent).order_by(StripeEvent.id))]
    assert stored == sorted(stored) != []


def test_while_stripe_is_silent_nothing_is_taken_for_read(stripe_app, world):
    cursor = make_cursor("platform", timedelta(hours=1))
    before = cursor.looked_at
    world.fault("status:500", "/v1/events", times=2)
    with pytest.raises(NotYet):
        events.fetch_events("platform")
    assert cursor.looked_at == before
