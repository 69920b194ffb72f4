"""What payments know of two parties being the same people: cards, and where they are paid. Conditions for a statement above."""
from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from marketplace.businesses.models import Member, Role
from marketplace.managers.models import Manager
from marketplace.payments.models import AccountStatus, Payment, PayoutAccount

SPENDERS = (Role.owner, Role.finance)


def same_card(business_id: uuid.UUID, manager: Manager) -> ColumnElement[bool]:
    """Whether the business has paid with a card that the manager has paid with: as anybody, or that their own business has."""
    theirs, his = aliased(Payment), aliased(Payment)
    own = select(Member.business_id).where(Member.person_id == manager.person_id, Member.role.in_(SPENDERS))
    by_manager = or_(his.person_id == manager.person_id, his.business_id.in_(own))
    return exists().where(theirs.business_id == business_id, theirs.card_key == his.card_key, by_manager)


def same_payout_account(business_id: uuid.UUID, manager: Manager) -> ColumnElement[bool]:
    """Whether somebody who spends for the business is, as a manager, paid to the same account or wallet."""
    theirs, his = aliased(PayoutAccount), aliased(PayoutAccount)
    spenders = select(Manager.id).join(Member, Member.person_id == Manager.person_id).where(
        Member.business_id == business_id, Member.role.in_(SPENDERS))
    return exists().where(theirs.manager_id.in_(spenders), theirs.manager_id != manager.id, his.manager_id == manager.id,
                          theirs.details_key == his.details_key, theirs.status != AccountStatus.refused,
                          his.status != AccountStatus.refused)
