"""Access ends: frozen at once, also when the platform is down; then the checklist, each line with its evidence."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from marketplace.access import notices, queries, signals
from marketplace.access.commands.holding import hold_exclusively
from marketplace.access.models import LIVE, Grant, GrantStatus
from marketplace.accounts.models import Person
from marketplace.channels import commands as channels
from marketplace.contracts.commands import contracts
from marketplace.contracts.models import Contract, ContractStatus
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep, task


def revoke(grant: Grant, by: Person | None, reason: str = "owner") -> None:
    """Take access back. When this is committed no call begins any more; `reason`: owner, contract, channel or page_lost."""
    hold_exclusively(grant)
    grant.move("revoke", by=by, why=reason)
    _freeze(grant, reason)
    notices.access_revoked(grant)
    settle.later(grant.id, once=f"settle:{grant.id}")


def revoke_all(grants: list[Grant], reason: str) -> None:
    """Take back several; always in the same order, so that two who do it do not wait for each other."""
    for grant in sorted(grants, key=lambda one: one.id):
        revoke(grant, None, reason)


@sweep
def expire_due() -> None:
    """Grants whose day has come."""
    due = select(Grant.id).where(Grant.status.in_(LIVE), Grant.ends_at <= clock.now()).limit(200)
    for grant_id in db.session.scalars(due):
        expire.later(grant_id, once=f"expire:{grant_id}")


@task
def expire(grant_id: str) -> None:
    """End a grant by its date. The connection stays: access may be given anew while the contract runs."""
    grant = db.session.get_one(Grant, uuid.UUID(grant_id))
    hold_exclusively(grant)
    if grant.live and grant.ends_at <= clock.now():
        grant.move("expire")
        _freeze(grant, "date")
        _prove(grant, "connection_kept", "access may be given anew")
        _settled(grant)
        notices.access_expired(grant)


@task
def settle(grant_id: str) -> None:
    """The rest of the checklist: the platform's permission goes when no other grant needs it."""
    grant = db.session.get_one(Grant, uuid.UUID(grant_id))
    lock(grant)
    if grant.status != GrantStatus.revoked or grant.settled_at:
        return
    if queries.live_on(grant.channel_id):
        _prove(grant, "connection_kept", "another grant needs it")
        _settled(grant)
    elif grant.channel.withdrawn_at:
        confirm_withdrawal(grant.channel, confirmed=True)
    elif grant.channel.may("disconnect"):
        channels.disconnect(grant.channel, None, why="no grant needs it any more")


def confirm_withdrawal(channel: Any, confirmed: bool) -> None:
    """Our copy of the token is destroyed: the checklists that waited for it are done."""
    said = "the platform says the permission is gone" if confirmed else "our copy is destroyed; another page needs the consent"
    waiting = select(Grant).where(Grant.channel_id == channel.id, Grant.status == GrantStatus.revoked, Grant.settled_at.is_(None))
    for grant in db.session.scalars(waiting.order_by(Grant.id)).all():
        _prove(grant, "connection_withdrawn", said)
        _settled(grant)


@task
def settle_contract(contract_id: str) -> None:
    """An ended contract's line "access has stopped" is done once every checklist is."""
    contract = db.session.get_one(Contract, uuid.UUID(contract_id))
    open_lists = select(Grant.id).where(Grant.contract_id == contract.id, Grant.settled_at.is_(None)).limit(1)
    if contract.status == ContractStatus.ending and db.session.scalar(open_lists) is None:
        contracts.mark_access_revoked(contract)


def _freeze(grant: Grant, reason: str) -> None:
    grant.ended_at, grant.end_reason = clock.now(), reason
    _prove(grant, "stopped", "no call begins after this")
    signals.grant_ended.send(grant)
    _prove(grant, "work_cancelled", "posts and answers that waited")


def _prove(grant: Grant, step: str, said: str) -> None:
    """A line of evidence; the list is replaced, so that the change is noticed."""
    grant.evidence = [*grant.evidence, {"step": step, "at": clock.now().isoformat(), "said": said}]


def _settled(grant: Grant) -> None:
    grant.settled_at = clock.now()
    audit.record("grant.settle", grant, evidence=grant.evidence)
    settle_contract.later(grant.contract_id, once=f"settle-contract:{grant.contract_id}")
