"""Contracts that are paid month by month: the next month stands one ahead, is told in time, and is paid by one click or by consent."""
from __future__ import annotations

import calendar as days
import uuid
from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, or_, select

from marketplace.accounts.models import Person
from marketplace.contracts import notices, queries
from marketplace.contracts.commands import funding
from marketplace.contracts.models import Contract, ContractStatus, Milestone, MilestoneStatus, Month, Retainer
from marketplace.contracts.models.contract import RUNNING
from marketplace.contracts.queries.limits import LONGEST_MILESTONE_DAYS
from marketplace.core import audit, calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import DomainError, Invalid, WrongState
from marketplace.core.tasks import sweep, task
from marketplace.payments.models import Card, Payment, PaymentStatus

TELL_DAYS = rule("RETAINER_TELL_DAYS", 5, "days before its payment at which the business is told of the next month")
REMIND_DAYS = rule("RETAINER_REMIND_DAYS", 1, "days before its payment at which the business is told again")
LATE = timedelta(hours=1)
"""A letter that comes this much after its time was late; sweeps that run every few seconds are not."""

UNPAID = (MilestoneStatus.planned, MilestoneStatus.funding)


def begin(contract: Contract) -> Retainer:
    """Make an accepted monthly contract's first month; it is paid in by hand, as every milestone."""
    begins = date.fromisoformat(contract.terms["starts_on"])
    retainer = Retainer(contract_id=contract.id, day=begins.day)
    first = db.session.scalars(select(Milestone).where(Milestone.contract_id == contract.id)).one()
    starts_at = _midnight(begins)
    db.session.add_all([retainer, Month(milestone_id=first.id, starts_at=starts_at, ends_at=a_month_after(starts_at))])
    first.month_days = []
    db.session.flush()
    return retainer


def begin_month(milestone: Milestone) -> None:
    """A month is paid in: it has its days, is due at their end, and the next one stands ready. Paid late, it begins today."""
    month, retainer = queries.month_of(milestone), queries.retainer_of(milestone.contract)
    if month is None or retainer is None:
        return
    lock(milestone.contract, retainer)
    today = _midnight(clock.today().date())
    if month.starts_at < today:
        month.starts_at, month.ends_at, retainer.day = today, a_month_after(today), today.day
    _set_days(milestone, month)
    _make_next(milestone, month, retainer.day)


def rest(contract: Contract, rested: timedelta) -> None:
    """A contract goes on after a pause: rested days of its months come later. What is not paid in is later whole, and told anew."""
    paused_at, retainer = clock.now() - rested, queries.retainer_of(contract)
    for month in queries.months_of(contract, lock=True):
        if month.milestone.status in UNPAID:
            _put_off(month, rested, retainer)
        elif month.ends_at > paused_at:
            _lengthen(month, rested, begun=month.starts_at <= paused_at)


def _put_off(month: Month, rested: timedelta, retainer: Retainer) -> None:
    """All of it comes later. Where it then begins on another day, so do those after it."""
    before = month.starts_at
    month.starts_at, month.ends_at = before + rested, month.ends_at + rested
    if _day(month.starts_at) != _day(before):
        retainer.day = _day(month.starts_at).day
    if month.charge_at:
        _ask_on(month, month.starts_at)


def _lengthen(month: Month, rested: timedelta, begun: bool) -> None:
    """A paid month ends later; while its work is not handed in, its name says so. Its milestone was locked for its deadline."""
    month.ends_at += rested
    if not begun:
        month.starts_at += rested
    if month.milestone.work in (MilestoneStatus.funded, MilestoneStatus.changes_asked):
        _name_days(month.milestone, month)


def a_month_after(moment: datetime, day: int | None = None) -> datetime:
    """The same day of the next month in Dhaka, or that `day` of it; its last day where it has no such day."""
    local = moment.astimezone(clock.DHAKA)
    year, month = divmod(local.year * 12 + local.month, 12)
    last = days.monthrange(year, month + 1)[1]
    return _midnight(date(year, month + 1, min(day or local.day, last)))


@sweep
def tell_months() -> None:
    """Months whose payment is near."""
    now = clock.now()
    near = or_(and_(Month.announced_at.is_(None), Month.charge_at <= now + timedelta(days=TELL_DAYS)),
               and_(Month.reminded_at.is_(None), Month.charge_at <= now + timedelta(days=REMIND_DAYS)))
    for month_id in db.session.scalars(_waiting_months().where(near).limit(200)):
        tell_month.later(month_id, once=f"month:{month_id}")


@task
def tell_month(month_id: str) -> None:
    """Tell the amount and the day. Told late, because the worker was down: the payment waits until a day after."""
    month = _locked(month_id)
    now = clock.now()
    if not _waits(month) or month.charge_at is None:
        return
    if month.reminded_at is None and month.charge_at <= now + timedelta(days=REMIND_DAYS):
        month.announced_at, month.reminded_at = month.announced_at or now, now
        if month.charge_at < now + timedelta(days=REMIND_DAYS) - LATE:
            month.charge_at = calendar.deadline(REMIND_DAYS)
        notices.month_ahead(month, queries.retainer_of(month.milestone.contract))
    elif month.announced_at is None and month.charge_at <= now + timedelta(days=TELL_DAYS):
        month.announced_at = now
        notices.month_ahead(month, queries.retainer_of(month.milestone.contract))


@sweep
def charge_months() -> None:
    """Months that are to be paid now, of contracts whose business consented to be charged."""
    due = _waiting_months().join(Retainer).where(
        Month.charge_at <= clock.now(), Month.reminded_at.is_not(None), Month.tried_at.is_(None), Retainer.card_id.is_not(None))
    for month_id in db.session.scalars(due.limit(200)):
        charge_month.later(month_id, once=f"charge-month:{month_id}")


@task
def charge_month(month_id: str) -> None:
    """Charge the card for a month, once whatever comes of it; only told before, and only while the consent stands."""
    month = _locked(month_id)
    retainer = queries.retainer_of(month.milestone.contract)
    if not _waits(month) or month.tried_at or retainer.card is None or retainer.consented_by is None:
        return
    if month.reminded_at is None or month.charge_at is None or month.charge_at > clock.now():
        return
    month.tried_at = clock.now()
    try:
        with db.session.begin_nested():
            fund_by_card(month.milestone, db.session.get_one(Person, retainer.consented_by), retainer.card)
    except DomainError as refusal:
        notices.month_not_charged(month.milestone, retainer.card, refusal.message)


def fund_by_card(milestone: Milestone, person: Person, card: Card) -> Payment:
    """Pay a milestone in with a saved card: by the click of somebody who may spend, or by consent. Raises WrongState as `start_funding`."""
    here = f"/contracts/{milestone.contract_id}"
    return funding.start_funding(milestone, person, success_url=here, cancel_url=here, card=card)


def charge_ended(milestone: Milestone, payment: Payment) -> None:
    """A saved card brought nothing: the milestone waits as before, and the business pays on the page or with another card."""
    milestone.move("give_up_funding")
    if payment.status != PaymentStatus.cancelled:
        notices.charge_refused(milestone, payment)


def consent(retainer: Retainer, card: Card, person: Person) -> None:
    """From now on this card is charged for each next month, after telling, until it is revoked."""
    lock(retainer.contract, retainer)
    if retainer.contract.status not in RUNNING:
        raise WrongState()
    if not card.usable or card.business_id != retainer.contract.business_id:
        raise Invalid(_l("This card cannot be charged any more. Choose another one."), field="card")
    retainer.card_id, retainer.consented_by, retainer.consented_at = card.id, person.id, clock.now()
    audit.record("retainer.consent", retainer.contract, person, why=card.mask)


def revoke(retainer: Retainer, person: Person | None, why: str = "") -> None:
    """Nothing is charged by itself any more. A charge that Stripe has been asked for already is not stopped by this."""
    lock(retainer.contract, retainer)
    if retainer.card_id is not None:
        retainer.card_id = retainer.consented_by = retainer.consented_at = None
        audit.record("retainer.revoke", retainer.contract, person, why=why)


def revoke_all(card: Card) -> None:
    """A card was taken off: no contract charges it."""
    for retainer in queries.retainers_charging(card):
        revoke(retainer, None, why="card removed")


def _set_days(milestone: Milestone, month: Month) -> None:
    longest = clock.now() + timedelta(days=LONGEST_MILESTONE_DAYS)
    milestone.due_at = calendar.allowed(min(month.ends_at, longest))
    milestone.days = (month.ends_at - month.starts_at).days
    _name_days(milestone, month)


def _name_days(milestone: Milestone, month: Month) -> None:
    milestone.month_days = [_day(moment).isoformat() for moment in (month.starts_at, month.last_day)]


def _make_next(milestone: Milestone, month: Month, day: int) -> None:
    """One month ahead, unless it is there or the contract ends."""
    contract, position = milestone.contract, milestone.position + 1
    there = select(Milestone.id).where(Milestone.contract_id == contract.id, Milestone.position == position)
    if contract.status not in RUNNING or db.session.scalar(there):
        return
    ends_at = a_month_after(month.ends_at, day)
    following = Milestone(contract_id=contract.id, position=position, title="", month_days=[], currency=contract.currency,
                          amount_minor=contract.terms["price_minor"], days=(ends_at - month.ends_at).days)
    db.session.add(following)
    db.session.flush()
    ahead = Month(milestone_id=following.id, starts_at=month.ends_at, ends_at=ends_at)
    _ask_on(ahead, month.ends_at)
    db.session.add(ahead)


def _ask_on(month: Month, moment: datetime) -> None:
    """Its payment is then, and is told in time for that; the first month is not asked for by itself."""
    month.charge_at, month.announced_at, month.reminded_at = calendar.allowed(moment), None, None


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.DHAKA).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.DHAKA)


def _waiting_months() -> Select[tuple[uuid.UUID]]:
    return select(Month.id).join(Month.milestone).join(Milestone.contract).where(
        Milestone.status == MilestoneStatus.planned, Contract.status == ContractStatus.active)


def _waits(month: Month) -> bool:
    """Whether it is still to be paid in, in a contract that goes on."""
    return month.milestone.status == MilestoneStatus.planned and month.milestone.contract.status == ContractStatus.active


def _locked(month_id: str) -> Month:
    """A month with its milestone and contract, locked in the one order."""
    month = db.session.get_one(Month, uuid.UUID(month_id))
    lock(month.milestone)
    lock(month.milestone.contract, month)
    return month
