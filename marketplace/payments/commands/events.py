"""What Stripe tells us: stored once, answered at once, worked later. An event only says where to look."""
from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import DomainError
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.payments import notices
from marketplace.payments.commands.looking import HANDLERS
from marketplace.payments.commands.sending import WAITING
from marketplace.payments.models import EventCursor, Payout, PayoutAccount, Source, StripeEvent, Transfer, TransferStatus

PLATFORM = "platform"
LOOK_EVERY = timedelta(minutes=5)
LOOK_AT_USED_EVERY = timedelta(hours=6)
PAID_LATELY = timedelta(days=30)
USED_AT_ONCE = 50
LOOK_BACK = timedelta(hours=1)
FIRST_LOOK = timedelta(days=3)
STALE = timedelta(minutes=2)
SILENT = timedelta(minutes=rule("EVENTS_UNREAD_MINUTES", 60, "minutes without reading Stripe's list of events after which finance is told"))
GIVE_UP = timedelta(days=3)
"""Stripe itself stops delivering after three days; an event that names nothing of ours by then never will."""


class Unsigned(DomainError):
    """A webhook that Stripe did not sign."""

    code = 400
    message = _l("The signature is not right.")


def receive(source: Source, body: bytes, signature: str, secret: str) -> bool:
    """Store a webhook's event and queue its work. False when it is here already. Raises Unsigned."""
    try:
        return store(source, stripe.verified_event(body, signature, secret))
    except stripe.Forged as forgery:
        raise Unsigned() from forgery


def store(source: Source, event: dict[str, Any]) -> bool:
    """Insert the event unless it is there: the unique key decides, not a look beforehand."""
    values = {
        "source": source, "event_id": event["id"], "type": event["type"], "account": event.get("account"),
        "object_id": event["data"]["object"].get("id") or "", "payload": event, "outcome": "",
        "happened_at": datetime.fromtimestamp(event["created"], UTC), "created_at": clock.now()}
    row_id = db.session.scalar(insert(StripeEvent).values(**values).on_conflict_do_nothing().returning(StripeEvent.id))
    if row_id is not None:
        handle_event.later(row_id, once=f"event:{row_id}")
    return row_id is not None


@task
def handle_event(event_id: str) -> None:
    """Do what the event is about; `handled_at` is committed together with that."""
    event = db.session.get_one(StripeEvent, uuid.UUID(event_id))
    lock(event)
    if event.handled_at:
        return
    try:
        event.outcome = _work(event)
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    event.handled_at = clock.now()


@sweep
def take_up_events() -> None:
    """Events whose job was lost or gave up are worked again."""
    stale = select(StripeEvent.id).where(StripeEvent.handled_at.is_(None), StripeEvent.created_at < clock.now() - STALE)
    for event_id in db.session.scalars(stale.order_by(StripeEvent.created_at).limit(100)):
        handle_event.later(event_id, once=f"event:{event_id}")


@sweep
def look_for_events() -> None:
    """Read Stripe's own list now and then: ours, those of accounts we wait for, and in turns those of accounts in use."""
    seen = {cursor.account: cursor.looked_at for cursor in db.session.scalars(select(EventCursor))}
    for account in (PLATFORM, *_accounts_waited_for()):
        if account not in seen or seen[account] < clock.now() - LOOK_EVERY:
            fetch_events.later(account, once=f"events:{account}")
    for account in _accounts_in_use():
        fetch_events.later(account, once=f"events:{account}")


def fetch_now() -> None:
    """Read Stripe's own list, whenever it was read last."""
    fetch_events.later(PLATFORM, once=f"events:{PLATFORM}")


@sweep
def watch_events() -> None:
    """Tell finance, once, when our own list could not be read for long: what no webhook brought is missing then.

    It is first noted: after an hour without workers the list is only about to be read.
    """
    cursor = db.session.get(EventCursor, PLATFORM)
    if cursor is None or cursor.alerted_at or cursor.looked_at > clock.now() - SILENT:
        return
    cursor.overdue_at = cursor.overdue_at or clock.now()
    if cursor.overdue_at <= clock.now() - LOOK_EVERY:
        cursor.alerted_at = clock.now()
        notices.events_unread(cursor)


@task
def fetch_events(account: str) -> None:
    """Store what an account's list holds and no webhook brought."""
    cursor = db.session.get(EventCursor, account) or EventCursor(account=account, seen_until=clock.now() - FIRST_LOOK)
    source = Source.platform if account == PLATFORM else Source.connect
    try:
        events = list(stripe.events_since(cursor.seen_until - LOOK_BACK, None if account == PLATFORM else account))
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    for event in reversed(events):
        if event["type"] in HANDLERS:
            store(source, event)
    newest = datetime.fromtimestamp(events[0]["created"], UTC) if events else cursor.seen_until
    cursor.looked_at, cursor.seen_until = clock.now(), max(cursor.seen_until, newest)
    cursor.overdue_at, cursor.alerted_at = None, None
    db.session.add(cursor)


def _work(event: StripeEvent) -> str:
    handler = HANDLERS.get(event.type)
    if handler is None:
        return "not ours to act on"
    try:
        handler(event.payload["data"]["object"], event.account)
    except NotYet:
        if event.created_at > clock.now() - GIVE_UP:
            raise
        return "names nothing of ours"
    return "done"


def _accounts_waited_for() -> list[str]:
    """Connected accounts that are being opened, or hold money on its way to a bank."""
    on_the_way = exists().where(Transfer.manager_id == PayoutAccount.manager_id, Transfer.status == TransferStatus.sent)
    query = select(PayoutAccount.stripe_account_id).where(PayoutAccount.stripe_account_id.is_not(None))
    return list(db.session.scalars(query.where(~PayoutAccount.transfers_active | on_the_way)))


def _accounts_in_use() -> list[str]:
    """Connected accounts whose bank was paid lately, or that are owed money: a bank may send it back for days, and an account may be
    closed meanwhile. The ones not read for longest come first, so many at a time."""
    paid = exists().where(Payout.payout_account_id == PayoutAccount.id, Payout.created_at > clock.now() - PAID_LATELY)
    owed = exists().where(Transfer.manager_id == PayoutAccount.manager_id, Transfer.status.in_(WAITING))
    query = select(PayoutAccount.stripe_account_id).outerjoin(EventCursor, EventCursor.account == PayoutAccount.stripe_account_id)
    unread = or_(EventCursor.account.is_(None), EventCursor.looked_at < clock.now() - LOOK_AT_USED_EVERY)
    query = query.where(PayoutAccount.stripe_account_id.is_not(None), paid | owed, unread)
    return list(db.session.scalars(query.order_by(EventCursor.looked_at.nulls_first()).limit(USED_AT_ONCE)))
