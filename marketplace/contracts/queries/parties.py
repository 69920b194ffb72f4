"""Reads of whether the two sides of contracts are two different people."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Member
from marketplace.contracts.models import Contract, PartyCheck, PartyCheckStatus
from marketplace.contracts.models.party_check import Sign
from marketplace.core.db import db
from marketplace.payments.queries.likeness import same_card, same_payout_account

STOPPED = (PartyCheckStatus.open, PartyCheckStatus.refused)


def party_check(contract: Contract) -> PartyCheck | None:
    """What is known, and was said by the team, of the two sides of a contract."""
    return db.session.scalars(select(PartyCheck).where(PartyCheck.business_id == contract.business_id,
                                                       PartyCheck.manager_id == contract.manager_id)).first()


def blocking_signs(contract: Contract) -> list[Sign]:
    """What says that both sides are the same people; one statement."""
    manager = contract.manager
    member = exists().where(Member.business_id == contract.business_id, Member.person_id == manager.person_id)
    found = db.session.execute(select(member, same_card(contract.business_id, manager),
                                      same_payout_account(contract.business_id, manager))).one()
    return [sign for sign, holds in zip((Sign.person, Sign.card, Sign.payout_account), found, strict=True) if holds]


def shared_sign(contract: Contract) -> Sign | None:
    """Whether both sides have signed in from one device or one home."""
    shared = accounts.shared_place(contract.manager.person, businesses.members(contract.business))
    return Sign(shared) if shared else None


def party_check_seen_by(reader: Any, check_id: uuid.UUID) -> PartyCheck | None:
    """One, for moderators."""
    if not (reader.is_authenticated and reader.is_staff(StaffRole.moderator)):
        return None
    return db.session.get(PartyCheck, check_id, options=[joinedload(PartyCheck.business), joinedload(PartyCheck.manager)])
