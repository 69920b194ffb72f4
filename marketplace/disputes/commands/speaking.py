"""Both sides say what they have to say, each with the same time; the team may ask."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts.models.offer import Side
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import DomainError, Invalid, WrongState
from marketplace.disputes import notices, queries
from marketplace.disputes.models import Dispute, DisputeStatus, Statement
from marketplace.disputes.queries import limits
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose

LAST_REMINDER = timedelta(hours=24)
MOST_STATEMENTS = rule("DISPUTE_STATEMENTS_MOST", 20, "how often one side may write in a dispute")
MOST_FILES = rule("DISPUTE_FILES_MOST", 6, "files of evidence with one statement in a dispute")

Upload = tuple[BinaryIO, str | None]
"""What was uploaded: its bytes and its name."""


def add_statement(dispute: Dispute, person: Person, side: Side | None, text: str, uploads: Iterable[Upload] = ()) -> Statement:
    """Say something for a side, or ask as the team (`side` None). The side whose turn it is passes the turn on with it.

    Raises WrongState once it is settled or taken back, Invalid for too much of it or evidence that cannot be taken.
    """
    lock(dispute)
    if not dispute.undecided:
        raise WrongState()
    if queries.statements_of(dispute, side) >= MOST_STATEMENTS:
        raise Invalid(_l("You have written %(most)s times. That must do.", most=MOST_STATEMENTS), field="text")
    statement = write(dispute, person, side, text, uploads)
    notices.spoken(dispute, statement)
    if side is not None and side is dispute.turn:
        _pass_on(dispute, person)
    return statement


def write(dispute: Dispute, person: Person, side: Side | None, text: str, uploads: Iterable[Upload]) -> Statement:
    """Put it on the record, with its evidence: seen by both sides and by those who decide."""
    kept = [_kept(dispute, person, upload) for upload in _few(uploads)]
    statement = Statement(dispute_id=dispute.id, by_side=side, person_id=person.id, text=text, file_ids=[file.id for file in kept])
    db.session.add(statement)
    return statement


def mediate(dispute: Dispute, by: Person | None = None, why: str = "") -> None:
    """Both have had their time: somebody of the team decides."""
    dispute.move("mediate", by=by, why=why)
    dispute.mediation_at = clock.now()
    dispute.decide_by = decision_deadline(dispute, dispute.mediation_at)
    dispute.remind_at = last_reminder(dispute.decide_by)
    notices.mediation(dispute)


def decision_deadline(dispute: Dispute, begun: datetime) -> datetime:
    """When it must be decided: days after both had their time, and for held money by its last day.

    Should that be near or past, for a worker was away, the team has what a second mediator would have.
    """
    usual, since = calendar.deadline(limits.DECISION_DAYS, begun), dispute.milestone.held_since
    if dispute.released == dispute.claimed or since is None:
        return usual
    return min(usual, max(limits.last_decision(since), calendar.deadline(limits.SECOND_DAYS, begun)))


def first_reminder(begun: datetime, ends: datetime) -> datetime:
    """The first of the two reminders: at half of the time."""
    return begun + (ends - begun) / 2


def last_reminder(ends: datetime) -> datetime | None:
    """The second one, a day before the end; None once that is past."""
    moment = ends - LAST_REMINDER
    return moment if moment > clock.now() else None


def _pass_on(dispute: Dispute, person: Person) -> None:
    """The answer gives the claimant as much time to reply; the reply leads to the team."""
    if dispute.status == DisputeStatus.answered:
        mediate(dispute, by=person)
        return
    dispute.move("answer", by=person)
    dispute.answer_by = calendar.deadline(dispute.answer_days)
    dispute.remind_at = first_reminder(clock.now(), dispute.answer_by)


def _few(uploads: Iterable[Upload]) -> list[Upload]:
    found = list(uploads)
    if len(found) > MOST_FILES:
        raise Invalid(_l("At most %(most)s files at a time.", most=MOST_FILES), field="evidence")
    return found


def _kept(dispute: Dispute, person: Person, upload: Upload) -> File:
    try:
        return files.store(*upload, Purpose.evidence, by=person, subject=dispute)
    except DomainError as error:
        raise Invalid(error.message, field="evidence") from error
