"""What happens by itself when nobody acts: nothing was delivered, or money has been held too long.

Each sweep only finds rows; the verb looks again under the row's lock, so that two workers, a worker that was down for
days or a clock that jumped back do nothing twice and nothing early.
"""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from marketplace.contracts import notices
from marketplace.contracts.commands import milestones, refunds
from marketplace.contracts.models import Contract, Milestone, MilestoneStatus
from marketplace.contracts.models.milestone import HELD, has_free, working
from marketplace.contracts.queries import last_change_request, limits, owner
from marketplace.contracts.queries.limits import CHASE_DAYS, END_DAYS
from marketplace.contracts.queries.record import work_on_record
from marketplace.core import calendar, clock, i18n
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep, task

DAY = timedelta(days=1)
LATE = (MilestoneStatus.funded, MilestoneStatus.changes_asked)


@sweep
def chase_undelivered() -> None:
    """Deadlines that passed some days ago without work."""
    due = _late(CHASE_DAYS).where(Milestone.chased_at.is_(None))
    for milestone_id in db.session.scalars(due.limit(200)):
        chase.later(milestone_id, once=f"chase:{milestone_id}")


@task
def chase(milestone_id: str) -> None:
    """Tell both sides what happens by itself, and when."""
    milestone = _locked(milestone_id)
    _count_so_far(milestone)
    if _is_late(milestone, CHASE_DAYS) and milestone.chased_at is None:
        milestone.chased_at = clock.now()
        notices.nothing_delivered(milestone)


@sweep
def end_undelivered() -> None:
    """Deadlines that passed so long ago that waiting ends."""
    for milestone_id in db.session.scalars(_late(END_DAYS).limit(200)):
        end_waiting.later(milestone_id, once=f"end-waiting:{milestone_id}")


@task
def end_waiting(milestone_id: str) -> None:
    """What is on record counts as handed in; where nothing is, all of the money returns."""
    milestone = _locked(milestone_id)
    _count_so_far(milestone)
    if not _is_late(milestone, END_DAYS):
        return
    if record := _on_record(milestone):
        milestones.deliver_record(milestone, record)
    else:
        refunds.give_back(milestone, None, why="nothing was delivered")


@sweep
def warn_of_limit() -> None:
    """Money that may not be held much longer."""
    for milestone_id in db.session.scalars(select(Milestone.id).where(Milestone.warn_at <= clock.now()).limit(200)):
        warn.later(milestone_id, once=f"warn:{milestone_id}")


@task
def warn(milestone_id: str) -> None:
    """Both sides read what happens on which day, unless a bank has the money by then."""
    milestone = _locked(milestone_id)
    if milestone.warn_at and milestone.warn_at <= clock.now():
        milestone.warn_at = limits.next_warning(milestone)
        if milestone.held:
            notices.held_long(milestone)


@sweep
def end_at_limit() -> None:
    """Money that has been held as long as it may be; of a disputed step what nobody claims."""
    oldest = clock.now() - timedelta(days=limits.HELD_MOST_DAYS - 3)  # the limit may lie earlier by the rest of clocks
    query = select(Milestone.id, Milestone.held_since).where(working(*HELD), has_free(), Milestone.held_since <= oldest)
    for row in db.session.execute(query.order_by(Milestone.held_since).limit(200)):
        if limits.limit_of(row.held_since) <= clock.now():
            end_holding.later(row.id, once=f"end-holding:{row.id}")


@task
def end_holding(milestone_id: str) -> None:
    """Delivered money is released, undelivered money returns; what is claimed waits for the decision, due before."""
    milestone = _locked(milestone_id)
    if milestone.held_since is None or limits.limit_of(milestone.held_since) > clock.now() or not milestone.free:
        return
    if milestone.delivered_at and milestone.work in HELD:
        milestones.settle_unasked(milestone, why="held as long as it may be")
    elif milestone.work in HELD:
        refunds.give_back(milestone, None, why="held as long as it may be")


@sweep
def end_keeping() -> None:
    """Money of the step before that waits too long for a step to be paid in."""
    spare = func.make_interval(0, 0, 0, limits.HELD_MOST_DAYS - END_DAYS - func.least(Milestone.days, limits.LONGEST_MILESTONE_DAYS))
    old = Milestone.held_since + spare <= clock.now() + timedelta(days=3)  # the limit may lie earlier by the rest of clocks
    kept = (Milestone.status == MilestoneStatus.planned) & (Milestone.prefunded_minor > 0) & old
    for milestone in db.session.scalars(select(Milestone).where(kept).order_by(Milestone.held_since).limit(200)):
        if limits.kept_until(milestone) <= clock.now():
            return_kept.later(milestone.id, once=f"return-kept:{milestone.id}")


@task
def return_kept(milestone_id: str) -> None:
    """It goes back to its card while it still would within its 90 days; the step waits to be paid in whole."""
    milestone = _locked(milestone_id)
    if milestone.status == MilestoneStatus.planned and milestone.free and limits.kept_until(milestone) <= clock.now():
        refunds.return_prefunded(milestone)


@sweep
def count_owners() -> None:
    """Owners who let the manager wait: deadlines move by each whole day of it, while it goes on."""
    waits, day_ago = owner.waits(), clock.now() - DAY
    query = select(Milestone.id).join(Contract).join(waits, waits.c.contract_id == Milestone.contract_id).where(
        working(*LATE), ~limits.resting(), func.greatest(
            waits.c.since + owner.OWNER_GRACE, Milestone.funded_at + owner.OWNER_GRACE, Milestone.owner_until) <= day_ago)
    for milestone_id in db.session.scalars(query.order_by(Milestone.owner_until.nulls_first()).limit(200)):
        count_owner.later(milestone_id, once=f"count-owner:{milestone_id}")


@task
def count_owner(milestone_id: str) -> None:
    """The days so far on which the owner let the manager wait move its deadline."""
    _count_so_far(_locked(milestone_id))


def note_owner(contract_id: uuid.UUID, cause: str, since: datetime | None) -> None:
    """The owner does what work waited for since then. When that was more than the grace, deadlines move by a job."""
    oldest = min(filter(None, (since, owner.waiting_since(contract_id))), default=None)
    if oldest and oldest + owner.OWNER_GRACE < clock.now():
        owner_was_late.later(contract_id, oldest.isoformat(), clock.now().isoformat(), once=f"owner-was-late:{cause}")


@task
def owner_was_late(contract_id: str, since: str, until: str) -> None:
    """Deadlines of paid, undelivered work move by what was not counted while it went on."""
    for milestone in _under_way(uuid.UUID(contract_id)):
        lock(milestone)
        if milestone.work in LATE and _move_deadline(milestone, datetime.fromisoformat(since), datetime.fromisoformat(until)):
            notices.deadline_moved(milestone)


def _count_so_far(milestone: Milestone) -> None:
    """Whole days alone, so that the deadline which is shown is the one that is kept; told when it begins."""
    since = owner.waiting_since(milestone.contract_id)
    if since is None or milestone.work not in LATE:
        return
    begun, before = owner.counts_from(milestone, since), milestone.owner_until
    if _move_deadline(milestone, since, begun + (clock.now() - begun) // DAY * DAY) and begun != before:
        notices.deadline_moved(milestone, goes_on=True)


def _move_deadline(milestone: Milestone, since: datetime, until: datetime) -> bool:
    """Whether there was anything to count. Days of a pause move it by themselves."""
    begun = owner.counts_from(milestone, since)
    until = min(until, milestone.contract.paused_at) if limits.rests(milestone) else until
    if until <= begun:
        return False
    moved = min(calendar.allowed(milestone.due_at + (until - begun)), limits.latest_due(milestone))
    milestone.due_at, milestone.owner_until, milestone.chased_at = max(milestone.due_at, moved), until, None
    return True


def _under_way(contract_id: uuid.UUID) -> list[Milestone]:
    query = select(Milestone).where(Milestone.contract_id == contract_id, working(*LATE))
    return list(db.session.scalars(query.order_by(Milestone.id)))


def _late(days: int) -> Select:
    """Milestones that may be this late; their clock may end a little later, which is looked at under the lock."""
    passed = clock.now() - timedelta(days=days)
    late = select(Milestone.id).join(Contract).where(working(*LATE), has_free(), Milestone.due_at <= passed)
    return late.where(~limits.resting())


def _is_late(milestone: Milestone, days: int) -> bool:
    runs = milestone.work in LATE and not limits.rests(milestone)
    return runs and calendar.deadline(days, milestone.due_at) <= clock.now()


def _on_record(milestone: Milestone) -> str:
    """What was done, in the manager's language; "" when nothing is on record."""
    with i18n.speaking(milestone.contract.manager.person.language):
        if request := last_change_request(milestone):
            return _("Handed in by itself: after the changes asked on %(day)s nothing came, so what was handed in before counts.",
                     day=i18n.day(request.created_at))
        record = ", ".join(f"{label}: {i18n.number(number)}" for label, number in work_on_record(milestone))
        return _("Handed in by itself, from what is on record: %(record)s.", record=record) if record else ""


def _locked(milestone_id: str) -> Milestone:
    milestone = db.session.get_one(Milestone, uuid.UUID(milestone_id))
    lock(milestone)
    return milestone
