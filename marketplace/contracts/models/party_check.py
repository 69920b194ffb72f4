"""Whether the two sides of contracts are two different people, and what the team says about it."""
from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import ARRAY, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.businesses.models import Business
from marketplace.contracts.models.contract import Contract
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.managers.models import Manager


class Sign(StrEnum):
    """Why both sides may be the same people."""

    person = "person"  # the manager is a member of the business
    card = "card"  # the business pays with a card that the manager has paid with
    payout_account = "payout_account"  # whoever spends for the business is paid, as a manager, to the manager's account
    device = "device"  # both signed in alike from the same place
    home = "home"  # both signed in from the same place within a day


BLOCKING = (Sign.person, Sign.card, Sign.payout_account)
"""Signs for which nothing is paid in; the others keep reviews out of scores."""


class PartyCheckStatus(StrEnum):
    """What the team has said."""

    noted = "noted"  # nothing waits; reviews do not count
    open = "open"  # nothing is paid in until the team has looked
    cleared = "cleared"  # two different people; not asked again
    refused = "refused"  # the same people: nothing is paid in


P = PartyCheckStatus


class PartyCheck(Identified, Stateful, Model):
    """A business and a manager who may be the same people. `contract_id`: where that was first noticed."""

    __tablename__ = "party_checks"
    __table_args__ = (UniqueConstraint("business_id", "manager_id"),)
    KIND = "party_check"
    TRANSITIONS = {
        "ask": {P.noted: P.open},
        "clear": dict.fromkeys((P.noted, P.open, P.refused), P.cleared),
        "refuse": dict.fromkeys((P.noted, P.open), P.refused),
    }

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    signs: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    status: Mapped[PartyCheckStatus] = mapped_column(enumerated(PartyCheckStatus))
    business: Mapped[Business] = relationship()
    manager: Mapped[Manager] = relationship()
    contract: Mapped[Contract] = relationship()

    @property
    def title(self) -> str:
        """Both names."""
        return f"{self.business.name} – {self.manager.name}"
