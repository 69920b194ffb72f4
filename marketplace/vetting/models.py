"""Applications of managers, and the rubric they are judged by."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.managers.models import Kind, Manager


class ApplicationStatus(StrEnum):
    """Where an application is."""

    draft = "draft"  # the manager is writing
    submitted = "submitted"  # waits for staff
    in_review = "in_review"  # somebody of staff looks at the evidence
    interview = "interview"  # a video call is agreed or done
    approved = "approved"  # may bid until `valid_until`
    rejected = "rejected"  # not now; the reasons say why; may apply again
    probation = "probation"  # still may bid; watched after a fault
    revoked = "revoked"  # may not bid any more


class Verdict(StrEnum):
    """What the first of staff recommends and the second confirms."""

    approve = "approve"  # may bid on this level
    reject = "reject"  # not now


UNDECIDED = (ApplicationStatus.draft, ApplicationStatus.submitted, ApplicationStatus.in_review, ApplicationStatus.interview)


@dataclass(frozen=True)
class Criterion:
    """One line of the published rubric. `check` is the code shown on the profile once it is found good;
    `question` is asked of the applicant where there is something to write."""

    check: str
    looked_at: Any
    question: Any = None


_IDENTITY = Criterion("identity", _l("The name on the national ID is the name of the payout account. "
                                     "We keep no copy of the ID after the call."))
_INTERVIEW = Criterion("interview", _l("A video call of 30 to 40 minutes: the work is shown on the screen, not told."))
RUBRIC: dict[str, tuple[Criterion, ...]] = {
    Kind.management: (
        _IDENTITY,
        Criterion("past_work", _l("At least one page run for three months or longer; the posts are looked at."),
                  _l("Which pages have you run, for how long, and what did you do there?")),
        Criterion("clients", _l("We talk with at least one owner of such a page."),
                  _l("Which page owners may we call? Give a name and the page.")),
        Criterion("replies", _l("Replies to an angry, an unclear and a bargaining customer: polite, right, quick."),
                  _l("A customer writes: the dress came torn and nobody answers me. What do you reply?")),
        _INTERVIEW,
    ),
    Kind.boosting: (
        _IDENTITY,
        Criterion("ads", _l("Ad accounts run for others: spend, results and what was learnt, shown in the ads manager."),
                  _l("Which boosts have you run, with what budget, and what came of them?")),
        Criterion("clients", _l("We talk with at least one owner whose ads were run."),
                  _l("Which owners may we call? Give a name and the page.")),
        Criterion("past_work", _l("Knows what Meta does not allow, and never promises likes, followers or sales."),
                  _l("An owner has 20 dollars and wants ten thousand likes. What do you tell them?")),
        _INTERVIEW,
    ),
}
"""What is looked at, by level; published word for word at /vetting/rubric."""


class Application(Identified, Stateful, Model):
    """A manager asks to be vetted for one level.

    Two different people of staff decide: the first recommends a verdict with reasons, the second confirms it with
    theirs. `checks` are the rubric's checks found good; `reasons` is what the applicant is told.
    """

    __tablename__ = "vetting_applications"
    __table_args__ = (
        Index("uq_vetting_applications_undecided", "manager_id", "level", unique=True,
              postgresql_where=text("status in ('draft', 'submitted', 'in_review', 'interview')")),
        Index(None, "manager_id"),
        Index(None, "status", "submitted_at"),
    )
    KIND = "application"
    S = ApplicationStatus
    TRANSITIONS = {
        "submit": {S.draft: S.submitted},
        "take": {S.submitted: S.in_review},
        "interview": {S.in_review: S.interview},
        "approve": {S.interview: S.approved},
        "reject": {S.in_review: S.rejected, S.interview: S.rejected},
        "put_on_probation": {S.approved: S.probation},
        "restore": {S.probation: S.approved},
        "revoke": {S.probation: S.revoked},
    }

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    level: Mapped[Kind] = mapped_column(enumerated(Kind))
    status: Mapped[ApplicationStatus] = mapped_column(enumerated(ApplicationStatus), default=ApplicationStatus.draft)
    links: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    answers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    submitted_at: Mapped[datetime | None]
    interview_at: Mapped[datetime | None]
    interview_link: Mapped[str] = mapped_column(String(300), default="")
    recommended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    recommended_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None] = mapped_column(enumerated(Verdict))
    recommendation: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    reasons: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    valid_until: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    manager: Mapped[Manager] = relationship()
