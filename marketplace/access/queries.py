"""Reads of grants, through the reader's eyes."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, any_, func, literal, or_, select
from sqlalchemy.orm import joinedload

from marketplace.access.models import LIVE, STANDING, AccessRequest, Grant, GrantStatus, Outcome, PageLoss, Right, UseEntry
from marketplace.accounts.models import StaffRole
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract, Milestone, MilestoneStatus
from marketplace.core import clock, crypto
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.managers import queries as managers
from marketplace.managers.models import Manager

HELD = (MilestoneStatus.funded, MilestoneStatus.delivered, MilestoneStatus.changes_asked)
USES_ON_A_PAGE = 20
CONFIRM_LINK = "access-confirm"
CONFIRM_LINK_SECONDS = 30 * 24 * 60 * 60


def grant_seen_by(reader: Any, grant_id: uuid.UUID) -> Grant | None:
    """A grant, for whoever sees its contract; and for moderators, who look how a lost page was used."""
    grant = db.session.get(Grant, grant_id, options=[joinedload(Grant.channel), joinedload(Grant.manager)])
    seen = grant is not None and (contracts.contract_seen_by(reader, grant.contract_id) or (_moderates(reader) and _was_lost(grant)))
    return grant if seen else None


def grants_of(contract: Contract) -> list[Grant]:
    """All grants of a contract: those that live first, then the newest."""
    query = select(Grant).where(Grant.contract_id == contract.id).options(joinedload(Grant.channel), joinedload(Grant.manager))
    found = db.session.scalars(query.order_by(Grant.id.desc())).all()
    return sorted(found, key=lambda grant: not grant.live)


def live_grants(contract: Contract) -> list[Grant]:
    """Those that may be used now or later."""
    return [grant for grant in grants_of(contract) if grant.live]


def live_on(channel_id: uuid.UUID) -> list[Grant]:
    """Grants on a channel that may be used now or later."""
    query = select(Grant).where(Grant.channel_id == channel_id, Grant.status.in_(LIVE)).options(
        joinedload(Grant.contract), joinedload(Grant.manager))
    return list(db.session.scalars(query.order_by(Grant.id)))


def live_of(manager_id: uuid.UUID) -> list[Grant]:
    """A manager's grants that may be used now or later."""
    query = select(Grant).where(Grant.manager_id == manager_id, Grant.status.in_(LIVE)).options(joinedload(Grant.contract))
    return list(db.session.scalars(query.order_by(Grant.id)))


def doubted_since(manager_id: uuid.UUID) -> datetime | None:
    """Since when it is doubted that a manager is who they say; None when nobody doubts it."""
    query = select(func.min(Grant.doubted_at)).where(Grant.manager_id == manager_id, Grant.status.in_(LIVE))
    return db.session.scalar(query)


def doubted_by_link(_reader: Any, token: str) -> Manager | None:
    """The manager whose letter held this token; whoever reads it may confirm, signed in or not."""
    named = crypto.unsign(CONFIRM_LINK, token, CONFIRM_LINK_SECONDS)
    return db.session.get(Manager, uuid.UUID(str(named))) if named else None


def standing_loss(grant: Grant) -> PageLoss | None:
    """The report that the page of a grant is lost, until it is back."""
    return standing_losses_of(grant.contract_id).get(grant.channel_id)


def standing_losses_of(contract_id: uuid.UUID) -> dict[uuid.UUID, PageLoss]:
    """A contract's lost pages, by channel."""
    query = select(PageLoss).where(PageLoss.contract_id == contract_id, PageLoss.status.in_(STANDING))
    return {loss.channel_id: loss for loss in db.session.scalars(query)}


def standing_losses(contract: str) -> Select[tuple[PageLoss]]:
    """The same of `contract:id`, as payments know it, or of anything else; few pages are lost, so all are compared."""
    return select(PageLoss).where(func.concat("contract:", PageLoss.contract_id) == contract, PageLoss.status.in_(STANDING))


def loss_seen_by(reader: Any, loss_id: uuid.UUID) -> PageLoss | None:
    """A report that a page is lost, for whoever sees its contract, and moderators."""
    loss = db.session.get(PageLoss, loss_id, options=[joinedload(PageLoss.channel), joinedload(PageLoss.contract)])
    return loss if loss is not None and (_moderates(reader) or contracts.contract_seen_by(reader, loss.contract_id)) else None


def usable_by(person: Any, right: Right) -> list[Grant]:
    """The active grants of a manager that hold a right."""
    manager = managers.manager_of(person)
    if manager is None:
        return []
    query = select(Grant).where(Grant.manager_id == manager.id, Grant.status == GrantStatus.active, Grant.ends_at > clock.now(),
                                literal(right) == any_(Grant.rights)).options(joinedload(Grant.channel), joinedload(Grant.contract))
    return list(db.session.scalars(query.order_by(Grant.id)))


def uses(grant: Grant, after: str | None) -> Page:
    """The use log, newest first."""
    query = select(UseEntry).where(UseEntry.grant_id == grant.id)
    return page(query, [UseEntry.at, UseEntry.id], after, USES_ON_A_PAGE)


def used_today(grants: list[Grant]) -> dict[uuid.UUID, dict[str, int]]:
    """How often each right of each grant was used since midnight in Dhaka."""
    midnight = clock.today().replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(UseEntry.grant_id, UseEntry.right, func.count()).where(
        UseEntry.grant_id.in_([grant.id for grant in grants]), UseEntry.at >= midnight, UseEntry.outcome == Outcome.done)
    counted: dict[uuid.UUID, dict[str, int]] = {grant.id: {} for grant in grants}
    for grant_id, right, times in db.session.execute(query.group_by(UseEntry.grant_id, UseEntry.right)) if grants else ():
        counted[grant_id][right] = times
    return counted


def holds_money(contract: Contract) -> bool:
    """Whether a milestone's money is held, also what is disputed of it: that is when work, and access, go on."""
    held = or_(Milestone.status.in_(HELD), Milestone.frozen_minor > 0)
    query = select(Milestone.id).where(Milestone.contract_id == contract.id, held)
    return db.session.scalar(query.limit(1)) is not None


def waited_for_access_since(contract: Contract) -> datetime | None:
    """Since when paid work has waited for the first access; None when there has been access before."""
    begun = select(func.max(Milestone.funded_at)).where(Milestone.contract_id == contract.id, Milestone.status.in_(HELD))
    before = select(Grant.id).where(Grant.contract_id == contract.id, Grant.status.in_(("active", "suspended", "expired", "revoked")))
    return None if db.session.scalar(before.limit(1)) else db.session.scalar(begun)


def open_request(contract: Contract) -> AccessRequest | None:
    """What the manager asked for and the owner has not given."""
    query = select(AccessRequest).where(AccessRequest.contract_id == contract.id, AccessRequest.answered_at.is_(None))
    return db.session.scalars(query).first()


def waiting_for_access() -> Select:
    """(contract_id, since) of what owners were asked for and have not given: from the asking on, so that asking late gains nothing."""
    return select(AccessRequest.contract_id, AccessRequest.created_at).where(AccessRequest.answered_at.is_(None))


def unfunded_since(contract: Contract) -> datetime:
    """When the last held money left, or the contract began."""
    left = select(func.max(func.greatest(Milestone.approved_at, Milestone.refunded_at))).where(Milestone.contract_id == contract.id)
    return db.session.scalar(left) or contract.started_at


def elapsed(grant: Grant) -> int:
    """Percent of the term that is over."""
    whole, past = grant.ends_at - grant.starts_at, (grant.ended_at or clock.now()) - grant.starts_at
    return max(0, min(100, round(100 * past / whole))) if whole > timedelta() else 100


def _moderates(reader: Any) -> bool:
    return bool(reader.is_authenticated and reader.is_staff(StaffRole.moderator))


def _was_lost(grant: Grant) -> bool:
    query = select(PageLoss.id).where(PageLoss.contract_id == grant.contract_id, PageLoss.channel_id == grant.channel_id)
    return db.session.scalar(query.limit(1)) is not None
