"""A contract: the frozen terms of an accepted offer, and how it ends."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.businesses.models import Brand, Business
from marketplace.contracts.models.offer import Offer, Side
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.jobs.models import Job
from marketplace.managers.models import Manager


class ContractStatus(StrEnum):
    """Where a contract is."""

    active = "active"  # work goes on
    paused = "paused"  # both sides rest; nothing new is funded
    ending = "ending"  # one side ended it: access has stopped, the hand-over list is open
    closed = "closed"  # all is settled


RUNNING = (ContractStatus.active, ContractStatus.paused)


class Contract(Identified, Stateful, Model):
    """What two parties agreed on. `terms` is the accepted version, never changed; `fee_bp` the fee it froze.

    `clean`: finished with released work, without a step given back or a dispute that the manager lost, it counts for their hold. None
    until that is known, and while both sides may be the same people.
    """

    __tablename__ = "contracts"
    __table_args__ = (Index(None, "business_id", "started_at", "id"), Index(None, "manager_id", "started_at", "id"), Index(None, "job_id"),
                      Index("ix_contracts_ending", "closes_at", postgresql_where="status = 'ending'"))
    KIND = "contract"
    TRANSITIONS = {
        "pause": {ContractStatus.active: ContractStatus.paused},
        "resume": {ContractStatus.paused: ContractStatus.active},
        "end": dict.fromkeys((ContractStatus.active, ContractStatus.paused), ContractStatus.ending),
        "close": {ContractStatus.ending: ContractStatus.closed},
    }

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Offer.id), unique=True)
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Brand.id))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    fee_bp: Mapped[int]
    status: Mapped[ContractStatus] = mapped_column(enumerated(ContractStatus), default=ContractStatus.active)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Side | None] = mapped_column(enumerated(Side))
    end_reason: Mapped[str] = mapped_column(String(2000), default="")
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    clean: Mapped[bool | None]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[Side | None] = mapped_column(enumerated(Side))
    pause_reason: Mapped[str] = mapped_column(String(2000), default="")
    offer: Mapped[Offer] = relationship()
    job: Mapped[Job] = relationship()
    business: Mapped[Business] = relationship()
    brand: Mapped[Brand] = relationship()
    manager: Mapped[Manager] = relationship()


class HandoverItem(Identified, Model):
    """One line of the list that is worked through when a contract ends."""

    __tablename__ = "handover_items"
    __table_args__ = (UniqueConstraint("contract_id", "code"),)
    KIND = "handover_item"

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    code: Mapped[str] = mapped_column(String(40))
    done_at: Mapped[datetime | None]
    waived: Mapped[bool] = mapped_column(default=False)
    contract: Mapped[Contract] = relationship()
