"""A milestone's work: delivered, changed, approved, sent. Each verb is one move and its consequences."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.contracts import notices
from marketplace.contracts.commands import prorating, settlements
from marketplace.contracts.models import ChangeRequest, Delivery, Milestone, MilestoneStatus, Settlement
from marketplace.contracts.models.milestone import has_free, working
from marketplace.contracts.queries.months import earned_unasked
from marketplace.core import audit, calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from marketplace.core.tasks import sweep, task
from marketplace.files import commands as files
from marketplace.files.models import File

REVIEW_DAYS = {
    "management": rule("REVIEW_DAYS_MANAGEMENT", 7, "days the business has to look at delivered management work"),
    "boosting": rule("REVIEW_DAYS_BOOSTING", 3, "days the business has to look at delivered boosting work"),
}
REVIEW_DAYS_OTHER = rule("REVIEW_DAYS_OTHER", 5, "days the business has to look at other delivered work")
EXTENSION_DAYS = rule("REVIEW_EXTENSION_DAYS", 5, "days one tap adds to the review window, once")
REDELIVERY_DAYS = rule("REDELIVERY_DAYS", 3, "days the manager has to deliver again after changes were asked")


def deliver(milestone: Milestone, person: Person, note: str, links: list[str], file: File | None = None) -> Delivery:
    """Hand in the work with its evidence; the review window begins. Of a month that ended early its days are asked for."""
    _move_work(milestone, "deliver", by=person)
    delivery = _hand_in(milestone, person, note, links, file)
    prorating.propose_days(milestone, person)
    return delivery


def deliver_record(milestone: Milestone, note: str) -> Delivery:
    """A rule hands in for the manager what is on record; the review window begins as ever."""
    _move_work(milestone, "deliver", why="on record")
    return _hand_in(milestone, milestone.contract.manager.person, note, [], None)


def _hand_in(milestone: Milestone, person: Person, note: str, links: list[str], file: File | None) -> Delivery:
    milestone.delivered_at = clock.now()
    open_review(milestone)
    delivery = Delivery(milestone_id=milestone.id, number=_next_number(milestone), person_id=person.id, note=note, links=links,
                        file_id=file.id if file else None)
    db.session.add(delivery)
    if file:
        files.attach(file, milestone)
    notices.milestone_delivered(milestone)
    return delivery


def review_days(milestone: Milestone) -> int:
    """How many days the business has to look at what is handed in."""
    return REVIEW_DAYS.get(milestone.contract.kind, REVIEW_DAYS_OTHER)


def open_review(milestone: Milestone) -> None:
    """The business has its days to look; also anew, when a dispute that had stopped them is over."""
    milestone.review_until = calendar.deadline(review_days(milestone))
    milestone.remind_at = next_reminder(milestone)


def extend_review(milestone: Milestone, person: Person) -> None:
    """One tap, once a step: more days to look, with reminders of their end."""
    lock(milestone)
    if milestone.work != MilestoneStatus.delivered or milestone.review_extended or milestone.review_until is None:
        raise WrongState()
    milestone.review_until = calendar.deadline(EXTENSION_DAYS, milestone.review_until)
    milestone.review_extended, milestone.remind_at = True, next_reminder(milestone)
    audit.record("milestone.extend_review", milestone, person)
    notices.review_extended(milestone)


def ask_changes(milestone: Milestone, person: Person, note: str) -> ChangeRequest:
    """Ask for changes, as often as the terms include."""
    _move_work(milestone, "ask_changes", by=person, why=note)
    if milestone.changes_used >= milestone.contract.terms["changes_included"]:
        raise Invalid(_l("The changes this contract includes are used up. Approve, agree on extra work, or open a dispute."), field="note")
    milestone.changes_used += 1
    milestone.review_until = milestone.remind_at = None
    request = ChangeRequest(milestone_id=milestone.id, number=milestone.changes_used, person_id=person.id, note=note,
                            redeliver_by=calendar.deadline(REDELIVERY_DAYS))
    milestone.due_at, milestone.owner_until, milestone.chased_at = request.redeliver_by, clock.now(), None
    db.session.add(request)
    notices.changes_asked(milestone, request)
    return request


def approve(milestone: Milestone, person: Person | None, amount: Money | None = None) -> Settlement:
    """Make the money the manager's, all that is free or a part of it; sent after the hold. `person` None is silence."""
    lock(milestone)
    if milestone.work != MilestoneStatus.delivered or not milestone.free:
        raise InvalidTransition(milestone, "approve")
    if person is None:
        return settle_unasked(milestone)
    settlement = settlements.settle(milestone, to_manager=milestone.free if amount is None else amount, by=person)
    notices.money_settled(settlement)
    return settlement


def settle_unasked(milestone: Milestone, why: str = "") -> Settlement:
    """A clock decides about all that is free: it is the manager's; of a month that ended early what its days earned, the rest returns."""
    to_manager = earned_unasked(milestone)
    to_business = milestone.free - to_manager
    settlement = settlements.settle(milestone, to_manager=to_manager, to_business=to_business, by=None, why=why, silent=True)
    notices.money_settled(settlement)
    return settlement


def mark_arrived(milestone: Milestone) -> None:
    """The bank has it."""
    milestone.arrived_at = clock.now()


def mark_come_back(milestone: Milestone, owed_again: bool) -> None:
    """The bank has sent some of it back. `owed_again`: it has to be sent anew."""
    milestone.arrived_at = None
    if owed_again:
        milestone.released_at = None


@sweep
def approve_unanswered() -> None:
    """Deliveries nobody looked at in time."""
    due = select(Milestone.id).where(working(MilestoneStatus.delivered), has_free(), Milestone.review_until <= clock.now())
    for milestone_id in db.session.scalars(due.limit(200)):
        approve_by_silence.later(milestone_id, once=f"silence:{milestone_id}")


@task
def approve_by_silence(milestone_id: str) -> None:
    """The review window ended without a word."""
    milestone = db.session.get_one(Milestone, uuid.UUID(milestone_id))
    lock(milestone)
    delivered = milestone.work == MilestoneStatus.delivered and milestone.free
    if delivered and milestone.review_until and milestone.review_until <= clock.now():
        approve(milestone, None)


@sweep
def remind_reviewers() -> None:
    """Reminders that are due: at half of the window, a day and two hours before its end."""
    due = select(Milestone.id).where(working(MilestoneStatus.delivered), Milestone.remind_at <= clock.now()).limit(200)
    for milestone_id in db.session.scalars(due):
        remind_reviewer.later(milestone_id, once=f"remind:{milestone_id}")


@task
def remind_reviewer(milestone_id: str) -> None:
    """Tell the business what happens by itself, and when."""
    milestone = db.session.get_one(Milestone, uuid.UUID(milestone_id))
    lock(milestone)
    if milestone.work == MilestoneStatus.delivered and milestone.remind_at and milestone.remind_at <= clock.now():
        milestone.remind_at = next_reminder(milestone)
        notices.review_reminder(milestone)


def next_reminder(milestone: Milestone) -> datetime | None:
    """The next of the three reminders after now, None when all are past."""
    begun, ends = milestone.delivered_at, milestone.review_until
    if begun is None or ends is None:
        return None
    moments = (begun + (ends - begun) / 2, ends - timedelta(hours=24), ends - timedelta(hours=2))
    return min((moment for moment in moments if moment > clock.now()), default=None)


def _move_work(milestone: Milestone, action: str, by: Person | None = None, why: str = "") -> None:
    """As `move`. Beside a dispute the work on what nobody claims goes on: it is what the step returns to."""
    lock(milestone)
    if milestone.status != MilestoneStatus.disputed:
        milestone.move(action, by=by, why=why)
        return
    before, moves = milestone.work, milestone.TRANSITIONS[action]
    if before not in moves:
        raise InvalidTransition(milestone, action)
    milestone.disputed_from = moves[before]
    audit.record(f"milestone.{action}", milestone, by, before=before, after=moves[before], why=why)


def _next_number(milestone: Milestone) -> int:
    last = db.session.scalar(select(func.max(Delivery.number)).where(Delivery.milestone_id == milestone.id))
    return (last or 0) + 1
