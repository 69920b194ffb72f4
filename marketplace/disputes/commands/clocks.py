"""What happens by itself: reminders, silence, a late decision, the end. Each is safe twice, and after a worker was away."""
from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from marketplace.core import audit, calendar, clock
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep, task
from marketplace.disputes import notices, queries
from marketplace.disputes.commands.speaking import last_reminder, mediate
from marketplace.disputes.models import SPEAKING, UNDECIDED, Dispute, DisputeStatus
from marketplace.disputes.queries import limits

NUDGE = timedelta(days=1)


@sweep
def end_silence() -> None:
    """Sides whose time is over without a word: silence does not lose, the team decides on the record."""
    for dispute_id in _due(Dispute.status.in_(SPEAKING), Dispute.answer_by <= clock.now()):
        begin_mediation.later(dispute_id, once=f"disputes.mediation:{dispute_id}")


@task
def begin_mediation(dispute_id: str) -> None:
    """The time of the side whose turn it was is over."""
    dispute = _locked(dispute_id)
    if dispute.turn is not None and dispute.answer_by <= clock.now():
        mediate(dispute, why="silence")


@sweep
def remind() -> None:
    """Reminders that are due: two to the side whose turn it is, then to the team until it has decided."""
    for dispute_id in _due(Dispute.status.in_(UNDECIDED), Dispute.remind_at <= clock.now()):
        remind_one.later(dispute_id, once=f"disputes.remind:{dispute_id}")


@task
def remind_one(dispute_id: str) -> None:
    """One reminder, and when the next is due."""
    dispute = _locked(dispute_id)
    if not dispute.undecided or dispute.remind_at is None or dispute.remind_at > clock.now():
        return
    if dispute.turn is None:
        dispute.remind_at = calendar.allowed(clock.now() + NUDGE)
        notices.team_waits(dispute)
    elif clock.now() < dispute.answer_by:
        dispute.remind_at = last_reminder(dispute.answer_by)
        notices.reminder(dispute, dispute.turn)


@sweep
def hand_over_late() -> None:
    """Disputes nobody decided in time."""
    for dispute_id in _due(Dispute.status == DisputeStatus.mediation, Dispute.handed_over_at.is_(None), Dispute.decide_by <= clock.now()):
        hand_over.later(dispute_id, once=f"disputes.hand_over:{dispute_id}")


@task
def hand_over(dispute_id: str) -> None:
    """Somebody else of the team decides, within days; whoever had it does not any more."""
    dispute = _locked(dispute_id)
    late = dispute.status == DisputeStatus.mediation and dispute.decide_by is not None and dispute.decide_by <= clock.now()
    if not late or dispute.handed_over_at is not None:
        return
    dispute.handed_over_at, dispute.first_mediator_id, dispute.mediator_id = clock.now(), dispute.mediator_id, None
    dispute.decide_by = calendar.deadline(limits.SECOND_DAYS, dispute.handed_over_at)
    dispute.remind_at = last_reminder(dispute.decide_by)
    audit.record("dispute.hand_over", dispute, first=dispute.first_mediator_id)
    notices.handed_over(dispute)


@sweep
def close_settled() -> None:
    """What was divided and whose money has arrived where it goes."""
    for dispute_id in _due(Dispute.status == DisputeStatus.decided, ~queries.money_under_way()):
        close.later(dispute_id, once=f"disputes.close:{dispute_id}")


@task
def close(dispute_id: str) -> None:
    """Nothing is left to do."""
    dispute = _locked(dispute_id)
    if dispute.status == DisputeStatus.decided:
        dispute.move("close")
        dispute.closed_at = clock.now()


def _due(*conditions: object) -> list[uuid.UUID]:
    return list(db.session.scalars(select(Dispute.id).where(*conditions).order_by(Dispute.id).limit(200)))  # type: ignore[arg-type]


def _locked(dispute_id: str) -> Dispute:
    dispute = db.session.get_one(Dispute, uuid.UUID(dispute_id))
    lock(dispute)
    return dispute
