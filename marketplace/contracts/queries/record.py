"""What is on record of the work of a step: one look for all who ask whether anything was done."""
from __future__ import annotations

from sqlalchemy import func, or_, select

from marketplace.contracts import signals
from marketplace.contracts.models import Delivery, Milestone
from marketplace.core.db import db


def work_on_record(milestone: Milestone) -> list[tuple[str, int]]:
    """What was done since it was paid in, as (label, number): published, answered, drawn; whoever knows the work answers."""
    return [line for _receiver, answer in signals.work_asked.send(milestone) for line in answer or () if line[1]]


def shows_work(milestone: Milestone) -> bool:
    """Whether there is more of the work than somebody's word: a link or a file that was handed in, or something on record."""
    shown = or_(Delivery.file_id.is_not(None), func.cardinality(Delivery.links) > 0)
    handed_in = select(Delivery.id).where(Delivery.milestone_id == milestone.id, shown).limit(1)
    return db.session.scalar(handed_in) is not None or bool(work_on_record(milestone))
