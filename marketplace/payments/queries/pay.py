"""Where what was released of something is on its way to the manager's bank."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from marketplace.core.db import db
from marketplace.payments.models import Transfer
from marketplace.payments.models import TransferStatus as T
from marketplace.payments.queries.payouts import stopped

WAITING = (T.due, T.held, T.failed, T.sending)


@dataclass(frozen=True)
class Part:
    """One transfer: its amount in minor units, less what was taken back, and where it is.

    `stopped`: nothing is sent to this manager until the team has looked where they are paid.
    """

    amount: int
    status: T
    send_after: datetime
    sent_at: datetime | None
    arrived_at: datetime | None
    came_back_at: datetime | None
    check_reason: str
    small: bool
    stopped: bool


@dataclass(frozen=True)
class Pay:
    """All transfers of one thing, in their order."""

    parts: Sequence[Part] = ()

    def among(self, *statuses: T) -> list[Part]:
        """Those that are there."""
        return [part for part in self.parts if part.status in statuses]

    @property
    def waiting(self) -> list[Part]:
        """What Stripe or the bank does not have yet."""
        return self.among(*WAITING)

    @property
    def looked_at(self) -> str:
        """Why the team looks before all of it is sent; mostly empty."""
        return next((part.check_reason for part in self.waiting if part.check_reason), "")

    @property
    def stopped(self) -> bool:
        return any(part.stopped for part in self.waiting)

    @property
    def homeless(self) -> bool:
        """Whether something waits because the manager cannot be paid yet."""
        return bool(self.among(T.held)) and not self.stopped


def pays_of(subjects: Sequence[str]) -> dict[str, Pay]:
    """Of each of these subjects that has any, its transfers. One that was gathered is where the one is that carries it."""
    carrier, carried = aliased(Transfer), aliased(Transfer)
    inside = select(func.coalesce(func.sum(carried.amount_minor), 0)).where(carried.gathered_into_id == Transfer.id).scalar_subquery()
    query = (select(Transfer, carrier, inside, stopped(Transfer.manager_id)).outerjoin(carrier, carrier.id == Transfer.gathered_into_id)
             .where(Transfer.subject.in_(subjects), Transfer.status != T.reversed).order_by(Transfer.id))
    return _by_subject(db.session.execute(query)) if subjects else {}


def _by_subject(rows: Iterable[Any]) -> dict[str, Pay]:
    parts: dict[str, list[Part]] = {}
    for transfer, carrier, inside, waits in rows:
        parts.setdefault(transfer.subject, []).append(_part(transfer, carrier or transfer, int(inside), waits))
    return {subject: Pay(tuple(found)) for subject, found in parts.items()}


def _part(own: Transfer, sent: Transfer, inside: int, waits: bool) -> Part:
    return Part(own.amount_minor - own.reversed_minor - inside, sent.status, sent.send_after, sent.sent_at, sent.arrived_at,
                sent.came_back_at, sent.check_reason, sent.gather_after is not None and sent.status == T.due, waits)
