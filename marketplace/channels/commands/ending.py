"""Connections are looked after while they live, and given back when they end."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.channels import queries, signals
from marketplace.channels.commands import vault
from marketplace.channels.commands.speaking import place, refresh
from marketplace.channels.models import Channel, ChannelStatus
from marketplace.core import audit, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import meta

CHECK_HOURS = rule("CHANNEL_CHECK_HOURS", 6, "hours between two looks whether a connection still works")


def disconnect(channel: Channel, by: Person | None, why: str = "") -> None:
    """End a connection: nothing is done on the page from now on, and the platform is told as soon as it answers."""
    channel.move("disconnect", by=by, why=why)
    channel.disconnected_at = clock.now()
    signals.channel_disconnected.send(channel)
    withdraw.later(channel.id, once=f"withdraw:{channel.id}")


@task
def withdraw(channel_id: str) -> None:
    """Give the token back to the platform and destroy our copy. Tried again until the platform answers."""
    channel = queries.by_id(channel_id)
    lock(channel)
    if channel.status != ChannelStatus.disconnected or channel.withdrawn_at:
        return
    try:
        confirmed = _give_back(channel)
    except (meta.Unanswered, meta.SlowDown, meta.Refused) as silence:
        raise NotYet(str(silence)) from None
    vault.forget(channel.id)
    channel.withdrawn_at = clock.now()
    audit.record("channel.withdraw", channel, confirmed=confirmed)
    signals.channel_withdrawn.send(channel, confirmed=confirmed)


def _give_back(channel: Channel) -> bool:
    """Whether the platform confirmed that the tokens are dead. The person's whole consent goes only with its last page."""
    secret = _secret(channel)
    if secret is None:
        return False
    try:
        _be_silent(channel, secret["page"])
        if shares_consent(channel):
            return False
        meta.withdraw(channel.consenter_id, secret["user"])
    except meta.TokenGone:
        return True
    return True


def _secret(channel: Channel) -> dict[str, str] | None:
    try:
        return vault.read(place(channel))
    except vault.Tampered:
        return None


def _be_silent(channel: Channel, token: str) -> None:
    """No more webhooks; a person who has lost the task for it is no reason to keep a token."""
    try:
        meta.unsubscribe(channel.external_id, token)
    except meta.TokenGone:
        raise
    except meta.Refused:
        return


def shares_consent(channel: Channel) -> bool:
    """Whether another page lives on the same person's consent."""
    query = select(Channel.id).where(Channel.consenter_id == channel.consenter_id, Channel.id != channel.id,
                                     Channel.status != ChannelStatus.disconnected)
    return db.session.scalar(query.limit(1)) is not None


@sweep
def look_after() -> None:
    """Connections that were not looked at for some hours."""
    due = select(Channel.id).where(Channel.status == ChannelStatus.connected,
                                   Channel.checked_at < clock.now() - timedelta(hours=CHECK_HOURS))
    for channel_id in db.session.scalars(due.limit(200)):
        check.later(channel_id, once=f"check:{channel_id}")


@task
def check(channel_id: str) -> None:
    """Whether the platform still takes our token; a broken connection is told to the owners before a post fails."""
    channel = queries.by_id(channel_id)
    try:
        refresh(channel)
    except meta.TokenGone:
        return
    except meta.Refused as refusal:
        audit.record("channel.check_refused", channel, why=refusal.reason)
        channel.checked_at = clock.now()
    except (meta.Unanswered, meta.SlowDown) as silence:
        raise NotYet(str(silence)) from None
