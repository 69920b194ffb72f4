"""What waits for the team, in one statement."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from marketplace.accounts.models import StaffRole
from marketplace.core.db import db
from marketplace.disputes.models import Dispute, DisputeStatus
from marketplace.jobs.models import Job, JobStatus
from marketplace.moderation.models import Report, ReportStatus, RoleChange, RoleChangeStatus
from marketplace.payments.models import Mismatch, MismatchStatus, MoneyProposal, MoneyProposalStatus, Refund, Transfer
from marketplace.vetting.models import Application
from marketplace.vetting.queries import WAITING

ORDER = ("listings", "vetting", "reports", "disputes", "money", "differences", "proposals", "roles")


@dataclass(frozen=True)
class Queue:
    """How much waits of one kind, and since when the oldest does."""

    code: str
    count: int
    oldest: datetime | None


def queues(person: Any) -> list[Queue]:
    """The queues this person of staff works on, in the order of the page."""
    wanted = [query for role, query in _queries() if person.is_staff(role)]
    found = {code: Queue(code, count, oldest) for code, count, oldest in db.session.execute(union_all(*wanted))} if wanted else {}
    return [found[code] for code in ORDER if code in found]


def _queries() -> list[tuple[StaffRole, Select]]:
    return [
        (StaffRole.moderator, _waiting("listings", Job.submitted_at, Job.status == JobStatus.in_review)),
        (StaffRole.vetter, _waiting("vetting", Application.submitted_at, Application.status.in_(WAITING))),
        (StaffRole.moderator, _waiting("reports", Report.created_at, Report.status == ReportStatus.open)),
        (StaffRole.mediator, _waiting("disputes", Dispute.mediation_at, Dispute.status == DisputeStatus.mediation)),
        (StaffRole.finance, _refused_money()),
        (StaffRole.finance, _differences()),
        (StaffRole.finance, _waiting("proposals", MoneyProposal.created_at, MoneyProposal.status == MoneyProposalStatus.waiting)),
        (StaffRole.superadmin, _waiting("roles", RoleChange.created_at, RoleChange.status == RoleChangeStatus.asked)),
    ]


def _waiting(code: str, since: Any, *conditions: Any) -> Select:
    return select(literal(code), func.count(), func.min(since)).where(*conditions)


def _refused_money() -> Select:
    """Refunds and payouts that Stripe or a bank refused."""
    refused = union_all(select(Refund.created_at).where(Refund.status == "failed"),
                        select(Transfer.created_at).where(Transfer.status == "failed")).subquery()
    return select(literal("money"), func.count(), func.min(refused.c.created_at)).select_from(refused)


def _differences() -> Select:
    """What does not agree between Stripe and the ledger."""
    return _waiting("differences", Mismatch.created_at, Mismatch.status == MismatchStatus.open)
