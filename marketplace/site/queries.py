"""What the front page shows of the marketplace, where a signed-in person stands, and what search engines may list."""
from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Intention, Person
from marketplace.bids.models import Bid, BidStatus
from marketplace.businesses.models import Member
from marketplace.contracts.models import Contract, ContractStatus, Milestone, MilestoneStatus, Offer, PartyCheck
from marketplace.contracts.models.offer import WAITING, Side
from marketplace.contracts.queries.parties import STOPPED
from marketplace.core import clock, vocabulary
from marketplace.core.db import db
from marketplace.jobs.models import Job, JobStatus
from marketplace.managers.models import Manager, PortfolioItem
from marketplace.payments.models import AccountStatus, PayoutAccount, Rail, Transfer, TransferStatus
from marketplace.publishing.models import SLOT_MINUTES, Post, PostStatus
from marketplace.vetting.models import Application, ApplicationStatus

SOON_DAYS = 7
ON_SHELF = 3
SHOWN = 20
LISTED = 5000
"""Rows of each kind in the sitemap; a file may hold 50,000 addresses."""


@dataclass(frozen=True)
class Numbers:
    """Figures the database holds: taka sent to managers (minor units), vetted managers, posts on time in percent or None."""

    released_minor: int
    managers: int
    on_time: int | None


@dataclass(frozen=True)
class OnShelf:
    """A manager with the first pieces of work."""

    manager: Manager
    work: Sequence[PortfolioItem]


@dataclass(frozen=True)
class Step:
    """One of the first steps of a new person, in order, and whether it is done."""

    code: str
    done: bool


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the person: what kind of thing, the row, and since or until when."""

    code: str
    row: Any
    at: datetime | None


def numbers() -> Numbers:
    """The figures of the front page; one statement."""
    published = select(func.count()).where(Post.status == PostStatus.published).scalar_subquery()
    on_time = select(func.count()).where(
        Post.status == PostStatus.published, Post.published_at <= Post.publish_at + timedelta(minutes=SLOT_MINUTES)).scalar_subquery()
    sent = select(func.coalesce(func.sum(Transfer.amount_minor), 0)).where(
        Transfer.status.in_((TransferStatus.sent, TransferStatus.arrived)), Transfer.currency == "BDT").scalar_subquery()
    vetted = select(func.count()).where(Manager.published, _vetted()).scalar_subquery()
    released, managers, posts, kept = db.session.execute(select(sent, vetted, published, on_time)).one()
    return Numbers(int(released), managers, round(100 * kept / posts) if posts else None)


def managers_free_soon() -> list[OnShelf]:
    """Up to three vetted managers who are free this week, the best ranked first; two statements."""
    free = or_(Manager.available_from.is_(None), Manager.available_from <= clock.today().date() + timedelta(days=SOON_DAYS))
    query = select(Manager).where(Manager.published, _vetted(), free).order_by(Manager.rank.desc(), Manager.id.desc()).limit(ON_SHELF)
    found = db.session.scalars(query).all()
    work = _work_of(found) if found else {}
    return [OnShelf(manager, work.get(manager.id, [])[:ON_SHELF]) for manager in found]


def trades() -> list[tuple[str, Any]]:
    """The trades a business can choose, as (code, label)."""
    return [pair for pair in vocabulary.TRADES if pair[0] != "other"]


def first_steps(person: Person) -> list[Step]:
    """What a new business or manager still has to do; empty once all of it is done. One statement for each role."""
    steps: list[Step] = []
    if person.acts_as_business or person.intends == Intention.business:
        steps += _steps_of_business(person)
    if person.acts_as_manager or person.intends == Intention.manager:
        steps += _steps_of_manager(person)
    return steps if any(not step.done for step in steps) else []


def waiting_for(person: Person) -> list[Waiting]:
    """What this person has to answer, pay, look at or deliver; three statements at most."""
    if not (person.acts_as_business or person.acts_as_manager):
        return []
    return [*_offers(person), *_milestones(person), *(_jobs(person) if person.acts_as_business else [])]


def listed_managers() -> Sequence[str]:
    """The addresses of public profiles, best ranked first."""
    query = select(Manager.slug).where(Manager.published).order_by(Manager.rank.desc(), Manager.id.desc()).limit(LISTED)
    return db.session.scalars(query).all()


def listed_jobs() -> Sequence[Any]:
    """Open jobs with the moment they were published, newest first."""
    query = select(Job.id, Job.published_at).where(Job.status == JobStatus.open).order_by(Job.published_at.desc(), Job.id.desc())
    return db.session.execute(query.limit(LISTED)).all()


def _vetted() -> ColumnElement[bool]:
    return func.greatest(Manager.management_until, Manager.boosting_until) > clock.now()


def _work_of(managers: Sequence[Manager]) -> dict[uuid.UUID, list[PortfolioItem]]:
    query = select(PortfolioItem).where(PortfolioItem.manager_id.in_([manager.id for manager in managers]))
    work: dict[uuid.UUID, list[PortfolioItem]] = defaultdict(list)
    for item in db.session.scalars(query.order_by(PortfolioItem.position, PortfolioItem.id)):
        work[item.manager_id].append(item)
    return work


def _steps_of_business(person: Person) -> list[Step]:
    own = _businesses(person)
    done = db.session.execute(select(
        exists(select(Member.id).where(Member.person_id == person.id)),
        exists(select(Job.id).where(Job.business_id.in_(own), Job.submitted_at.is_not(None))),
        exists(select(Contract.id).where(Contract.business_id.in_(own))),
        exists(select(Milestone.id).join(Contract).where(Contract.business_id.in_(own), Milestone.funded_at.is_not(None))))).one()
    return [Step(code, reached) for code, reached in zip(("business", "job", "contract", "funding"), done, strict=True)]


def _steps_of_manager(person: Person) -> list[Step]:
    own = _managers(person)
    done = db.session.execute(select(
        exists(select(Manager.id).where(Manager.person_id == person.id, Manager.published)),
        exists(select(Application.id).where(Application.manager_id.in_(own), Application.status != ApplicationStatus.draft)),
        exists(select(PayoutAccount.id).where(PayoutAccount.manager_id.in_(own), _whole())),
        exists(select(Manager.id).where(Manager.person_id == person.id, _vetted())),
        exists(select(Bid.id).where(Bid.manager_id.in_(own))))).one()
    return [Step(code, reached) for code, reached in zip(("profile", "vetting", "payout", "vetted", "bid"), done, strict=True)]


def _whole() -> ColumnElement[bool]:
    """A payout account that its manager gave and did not take back; at Stripe, not one that is half filled in."""
    given = (AccountStatus.checking, AccountStatus.waiting, AccountStatus.current)
    return PayoutAccount.status.in_(given) & ((PayoutAccount.rail != Rail.stripe_connect) | PayoutAccount.details_submitted)


def _offers(person: Person) -> list[Waiting]:
    """Offers whose answer is this side's turn."""
    query = select(Offer).options(joinedload(Offer.job), joinedload(Offer.business), joinedload(Offer.manager)).where(
        Offer.status.in_(WAITING), _turn(person, Offer, Offer.turn == Side.business, Offer.turn == Side.manager))
    return [Waiting("offer", offer, offer.expires_at) for offer in db.session.scalars(query.order_by(Offer.expires_at).limit(SHOWN))]


def _milestones(person: Person) -> list[Waiting]:
    """Deliveries to look at and money to pay in for the business; work to deliver for the manager."""
    S = MilestoneStatus
    unpaid = (Milestone.status == S.planned) & (Milestone.position == 1) & ~_stopped()
    turn = _turn(person, Contract, or_(Milestone.status == S.delivered, unpaid), Milestone.status.in_((S.funded, S.changes_asked)))
    query = (select(Milestone).join(Milestone.contract).options(joinedload(Milestone.contract))
             .where(Contract.status == ContractStatus.active, turn).order_by(Milestone.due_at, Milestone.id).limit(SHOWN))
    return [Waiting(f"milestone_{one.status}", one, one.review_until if one.status == S.delivered else one.due_at)
            for one in db.session.scalars(query)]


def _stopped() -> ColumnElement[bool]:
    """Nothing can be paid in: the team looks at the two sides of the contract, or has."""
    return exists().where(PartyCheck.business_id == Contract.business_id, PartyCheck.manager_id == Contract.manager_id,
                          PartyCheck.status.in_(STOPPED))


def _jobs(person: Person) -> list[Waiting]:
    """Jobs that were sent back, and open ones with bids nobody has answered."""
    unread = exists(select(Bid.id).where(Bid.job_id == Job.id, Bid.status == BidStatus.submitted))
    waits = or_(Job.status == JobStatus.sent_back, (Job.status == JobStatus.open) & unread)
    query = select(Job).where(Job.business_id.in_(_businesses(person)), waits).order_by(Job.id.desc()).limit(SHOWN)
    return [Waiting("job_sent_back" if job.status == JobStatus.sent_back else "job_bids", job, None) for job in db.session.scalars(query)]


def _turn(person: Person, table: type[Contract] | type[Offer], business: ColumnElement, manager: ColumnElement) -> ColumnElement[bool]:
    """The business's turn on rows of one's business, the manager's on one's own."""
    return or_(table.business_id.in_(_businesses(person)) & business, table.manager_id.in_(_managers(person)) & manager)


def _businesses(person: Person) -> Any:
    return select(Member.business_id).where(Member.person_id == person.id)


def _managers(person: Person) -> Any:
    return select(Manager.id).where(Manager.person_id == person.id)
