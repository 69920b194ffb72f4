"""What people report, who is kept out and until when, changes of staff roles, and checks of the audit."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.core.vocabulary import Choices

REPORT_REASONS: Choices = (
    ("fraud", _l("It asks for money, a password or a number outside")),
    ("false", _l("What it says is not true")),
    ("copied", _l("The pictures or texts are somebody else's")),
    ("abusive", _l("It insults or threatens")),
    ("forbidden", _l("It sells what is not allowed")),
    ("stars_for_refund", _l("Stars offered or asked for money")),
    ("same_people", _l("Both sides may be the same people")),
    ("page_lost", _l("A business has lost its page")),
    ("other", _l("Something else")),
)
REPORTED = ("job", "manager", "review")
"""The kinds of things that can be reported."""
JUDGED = (*REPORTED, "party_check", "page_loss")
"""Those, and what comes to the team by other ways."""
RESTRICTION_RULES: Choices = (
    ("fraud", _l("Fraud, or an attempt")),
    ("off_platform", _l("Money taken outside before a contract")),
    ("passwords", _l("Asked for passwords or full control")),
    ("chargeback", _l("A payment was taken back at the bank")),
    ("abuse", _l("Insults or threats")),
    ("identity", _l("The account is used by somebody else")),
)
"""Why somebody is kept out; the person reads it."""


class ReportStatus(StrEnum):
    """Where a report is."""

    open = "open"  # waits for the team
    upheld = "upheld"  # the reporter is right; something was done
    dismissed = "dismissed"  # nothing against the rules was found


class Report(Identified, Stateful, Model):
    """Somebody (or a rule, then without a person) says that a thing is against the rules, or asks for help. `subject` is `kind:id`.

    `due_at` (UTC): until when we said that we look; mostly none.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("uq_reports_open", "subject", "person_id", unique=True, postgresql_where=text("status = 'open'"),
              postgresql_nulls_not_distinct=True),
        Index(None, "status", "created_at", "id"),
        Index(None, "subject"),
    )
    KIND = "report"
    TRANSITIONS = {
        "uphold": {ReportStatus.open: ReportStatus.upheld},
        "dismiss": {ReportStatus.open: ReportStatus.dismissed},
    }

    subject: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[ReportStatus] = mapped_column(enumerated(ReportStatus), default=ReportStatus.open)
    due_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])

    @property
    def about(self) -> str:
        """The kind of the subject."""
        return self.subject.partition(":")[0]


class RestrictionStatus(StrEnum):
    """Whether somebody is kept out."""

    active = "active"  # cannot sign in
    lifted = "lifted"  # ended early by the team
    expired = "expired"  # its time was over
    overturned = "overturned"  # was a mistake


class Restriction(Identified, Stateful, Model):
    """Somebody kept out for a stated reason until a stated day. One is active at a time."""

    __tablename__ = "restrictions"
    __table_args__ = (
        Index("uq_restrictions_active", "person_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("ix_restrictions_ends", "ends_at", postgresql_where=text("status = 'active'")),
        Index(None, "person_id", "id"),
    )
    KIND = "restriction"
    TRANSITIONS = {
        "lift": {RestrictionStatus.active: RestrictionStatus.lifted},
        "expire": {RestrictionStatus.active: RestrictionStatus.expired},
        "overturn": {RestrictionStatus.active: RestrictionStatus.overturned},
    }

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    rule: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    imposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    ends_at: Mapped[datetime]
    status: Mapped[RestrictionStatus] = mapped_column(enumerated(RestrictionStatus), default=RestrictionStatus.active)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class RoleChangeStatus(StrEnum):
    """Where a wish to change somebody's staff roles is."""

    asked = "asked"  # waits for a second superadmin
    confirmed = "confirmed"  # the roles are changed
    refused = "refused"  # the second said no, or the first took it back


class RoleChange(Identified, Stateful, Model):
    """One superadmin asks for exactly these staff roles (none: no longer of staff), another confirms."""

    __tablename__ = "role_changes"
    __table_args__ = (
        Index("uq_role_changes_asked", "person_id", unique=True, postgresql_where=text("status = 'asked'")),
        Index(None, "person_id", "id"),
    )
    KIND = "role_change"
    TRANSITIONS = {
        "confirm": {RoleChangeStatus.asked: RoleChangeStatus.confirmed},
        "refuse": {RoleChangeStatus.asked: RoleChangeStatus.refused},
    }

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    status: Mapped[RoleChangeStatus] = mapped_column(enumerated(RoleChangeStatus), default=RoleChangeStatus.asked)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])


class AuditCheck(Identified, Model):
    """One walk over the whole chain of the audit. `faults` are the first lines found, `fault_count` all of them."""

    __tablename__ = "audit_checks"
    __table_args__ = (Index(None, "created_at"),)
    KIND = "audit_check"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    finished_at: Mapped[datetime | None]
    seals: Mapped[int] = mapped_column(default=0)
    fault_count: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    person: Mapped[Person] = relationship()
