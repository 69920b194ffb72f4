"""Giving access: the business consents to rights and an end; it begins when money is held."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.access import notices, queries
from marketplace.access.commands.holding import hold_exclusively
from marketplace.access.models import OFFERED, AccessRequest, Grant, GrantStatus, Right
from marketplace.accounts.models import Person
from marketplace.channels import queries as channels
from marketplace.contracts.commands import clocks
from marketplace.contracts.models import Contract, ContractStatus, Milestone
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.tasks import sweep, task

GRANT_DAYS = rule("GRANT_DAYS", 75, "days access may be given for at a time")
UNFUNDED_DAYS = rule("UNFUNDED_DAYS", 2, "days without held money after which access is suspended")


def grant(contract: Contract, channel_id: uuid.UUID, rights: Sequence[Right], until: date, by: Person, *, warned: bool = False) -> Grant:
    """Give access to one page for a contract, until the end of a day in Dhaka.

    Raises Invalid for a page that is not connected, for one others fully control unless `warned`, and for a wrong end;
    WrongState when the contract has ended or has access to that page already.
    """
    lock(contract)
    if contract.status != ContractStatus.active:
        raise WrongState(_l("This contract is not active, so no access can be given."))
    _connectable(contract, channel_id, warned)
    if any(one.channel_id == channel_id for one in queries.live_grants(contract)):
        raise WrongState(_l("There is access to this page already. Change it instead."))
    given = Grant(contract_id=contract.id, seat_id=contract.seat_id, channel_id=channel_id, manager_id=contract.manager_id,
                  rights=_checked(rights), starts_at=clock.now(), ends_at=_end(until),
                  doubted_at=queries.doubted_since(contract.manager_id))
    db.session.add(given)
    db.session.flush()
    given.move("consent", by=by)
    given.consented_by = by.id
    _begin(given)
    _answer(contract)
    notices.access_granted(given)
    return given


def ask(contract: Contract, by: Person) -> AccessRequest:
    """The manager asks the owner for access; while it is not given the deadline moves. Asked twice it is one.

    Raises WrongState when the contract is not active, or there is access already.
    """
    lock(contract)
    if contract.status != ContractStatus.active or queries.live_grants(contract):
        raise WrongState()
    if known := queries.open_request(contract):
        return known
    request = AccessRequest(contract_id=contract.id, contract=contract, person_id=by.id)
    db.session.add(request)
    db.session.flush()
    notices.access_asked(request)
    return request


def _answer(contract: Contract) -> None:
    if request := queries.open_request(contract):
        clocks.note_owner(contract.id, f"access_request:{request.id}", request.created_at)
        request.answered_at = clock.now()


def change(grant: Grant, rights: Sequence[Right], until: date, by: Person) -> None:
    """Other rights, or another end: renewed for at most so many days from now."""
    hold_exclusively(grant)
    kept, ends_at = _checked(rights), _end(until)
    grant.move("renew", by=by, why=f"{', '.join(kept)} until {ends_at.isoformat()}")
    grant.rights, grant.ends_at = kept, ends_at
    notices.access_changed(grant)


def resume_all(contract: Contract) -> None:
    """Money is held: what waited or was suspended begins."""
    for one in queries.live_grants(contract):
        if one.doubted_at:
            continue
        if one.status == GrantStatus.suspended:
            one.move("resume", why="money is held")
            notices.access_resumed(one)
        elif one.status == GrantStatus.consented:
            _begin(one)


@sweep
def suspend_unfunded() -> None:
    """Active grants of contracts in which no money is held."""
    unfunded = ~select(Milestone.id).where(
        Milestone.contract_id == Grant.contract_id, Milestone.status.in_(queries.HELD)).exists()
    for grant_id in db.session.scalars(select(Grant.id).where(Grant.status == GrantStatus.active, unfunded).limit(200)):
        suspend.later(grant_id, once=f"suspend:{grant_id}")


@task
def suspend(grant_id: str) -> None:
    """Suspend a grant once nothing has been funded for two days."""
    one = db.session.get_one(Grant, uuid.UUID(grant_id))
    hold_exclusively(one)
    since = queries.unfunded_since(one.contract)
    if one.status == GrantStatus.active and not queries.holds_money(one.contract) and since <= clock.now() - timedelta(days=UNFUNDED_DAYS):
        one.move("suspend", why="nothing is funded")
        notices.access_suspended(one)


def _connectable(contract: Contract, channel_id: uuid.UUID, warned: bool) -> None:
    channel = next((one for one in channels.usable(contract.business) if one.id == channel_id), None)
    if channel is None:
        raise Invalid(_l("Choose a page that is connected."), field="channel")
    if channel.others_in_control and not warned:
        raise Invalid(_l("Others fully control this page. Say that you know it."), field="warned")


def _checked(rights: Sequence[Right]) -> list[str]:
    """In the order of the vocabulary, each once."""
    kept = [right for right in OFFERED if right in rights]
    if not kept:
        raise Invalid(_l("Choose at least one thing."), field="rights")
    return [str(right) for right in kept]


def _end(until: date) -> datetime:
    """The end of that day in Dhaka."""
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), clock.DHAKA)
    if not clock.now() < end <= clock.now() + timedelta(days=GRANT_DAYS + 1):
        raise Invalid(_l("Choose a day from today to %(days)s days ahead.", days=GRANT_DAYS), field="until")
    return end.astimezone(clock.now().tzinfo)


def _begin(one: Grant) -> None:
    """Access without held money would be work without pay, and a page in somebody's hands for nothing."""
    if queries.holds_money(one.contract) and not one.doubted_at:
        one.move("activate", why="money is held")
        clocks.note_owner(one.contract_id, f"grant:{one.id}", queries.waited_for_access_since(one.contract))
