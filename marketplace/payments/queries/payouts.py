"""Reads of where managers are paid, of what finance must look at, and of the queue of payouts by hand."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.accounts.models import Person, StaffRole
from marketplace.core import clock, crypto
from marketplace.core.db import db
from marketplace.managers.models import Manager
from marketplace.payments.models import (
    STOPPING,
    AccountStatus,
    CheckStatus,
    Doubt,
    ManualPayout,
    ManualStatus,
    PayoutAccount,
    PayoutCheck,
    Rail,
    Transfer,
)
from marketplace.payments.models.outgoing import PAGE_LOST

COMING = (AccountStatus.checking, AccountStatus.waiting)
OPEN = (ManualStatus.queued, ManualStatus.claimed, ManualStatus.paid)
FINANCE_LOOKS = (Transfer.check_reason != "", Transfer.check_reason != PAGE_LOST)
CANCEL_LINK = "payout-account-cancel"
CANCEL_LINK_SECONDS = 30 * 24 * 60 * 60


def payout_account(manager_id: uuid.UUID) -> PayoutAccount | None:
    """Where a manager is paid now."""
    query = select(PayoutAccount).where(PayoutAccount.manager_id == manager_id, PayoutAccount.status == AccountStatus.current)
    return db.session.scalars(query).first()


def next_payout_account(manager_id: uuid.UUID) -> PayoutAccount | None:
    """Where a manager will be paid: it waits, or staff looks at it first."""
    query = select(PayoutAccount).where(PayoutAccount.manager_id == manager_id, PayoutAccount.status.in_(COMING))
    return db.session.scalars(query).first()


def payout_accounts_of(manager_id: uuid.UUID) -> Sequence[PayoutAccount]:
    """All accounts a manager gave, by when."""
    return db.session.scalars(select(PayoutAccount).where(PayoutAccount.manager_id == manager_id).order_by(PayoutAccount.id)).all()


def stripe_account(manager_id: uuid.UUID) -> PayoutAccount | None:
    """A manager's account at Stripe, whether or not money goes there now."""
    query = select(PayoutAccount).where(PayoutAccount.manager_id == manager_id, PayoutAccount.rail == Rail.stripe_connect)
    return db.session.scalars(query).first()


def same_details_elsewhere(manager_id: uuid.UUID, details_key: str) -> bool:
    """Whether another manager gave the same account and was not refused with it."""
    same = exists().where(PayoutAccount.details_key == details_key, PayoutAccount.manager_id != manager_id,
                          PayoutAccount.status != AccountStatus.refused)
    return bool(db.session.scalar(select(same)))


def payouts_stopped(manager_id: uuid.UUID) -> bool:
    """Whether nothing at all is sent to this manager until staff has looked who they are."""
    return bool(db.session.scalar(select(stopped(manager_id))))


def payable_managers() -> Select:
    """Ids of those to whom money can be sent now."""
    rested = PayoutAccount.takes_over_at.is_(None) | (PayoutAccount.takes_over_at <= clock.now())
    able = (PayoutAccount.transfers_active & rested) | (PayoutAccount.rail != Rail.stripe_connect)
    return select(PayoutAccount.manager_id).where(PayoutAccount.status == AccountStatus.current, able, ~stopped(PayoutAccount.manager_id))


def payout_account_seen_by(reader: Any, account_id: uuid.UUID) -> PayoutAccount | None:
    """A payout account for its manager, and finance."""
    query = select(PayoutAccount).join(PayoutAccount.manager).options(contains_eager(PayoutAccount.manager))
    account = db.session.scalars(query.where(PayoutAccount.id == account_id)).first()
    seen = account and reader.is_authenticated and (_is_finance(reader) or account.manager.person_id == reader.id)
    return account if seen else None


def disowned_by_link(_reader: Any, token: str) -> PayoutAccount | None:
    """The account whose letter held this token; whoever reads the manager's mail may stop it, signed in or not."""
    named = crypto.unsign(CANCEL_LINK, token, CANCEL_LINK_SECONDS)
    return db.session.get(PayoutAccount, uuid.UUID(str(named)), options=[joinedload(PayoutAccount.manager)]) if named else None


def open_check(account: PayoutAccount, doubt: Doubt) -> PayoutCheck | None:
    """An account's open check of one kind."""
    return next((check for check in open_checks_of(account) if check.doubt == doubt), None)


def has_open_check(manager_id: uuid.UUID, doubt: Doubt) -> bool:
    """Whether finance still has to look at something of one kind about a manager."""
    query = select(PayoutCheck.id).where(PayoutCheck.manager_id == manager_id, PayoutCheck.doubt == doubt,
                                         PayoutCheck.status == CheckStatus.open)
    return db.session.scalar(query.limit(1)) is not None


def open_checks_of(account: PayoutAccount) -> Sequence[PayoutCheck]:
    """What finance still has to look at about an account."""
    query = select(PayoutCheck).where(PayoutCheck.account_id == account.id, PayoutCheck.status == CheckStatus.open)
    return db.session.scalars(query.order_by(PayoutCheck.id)).all()


def open_checks() -> Sequence[PayoutCheck]:
    """What finance has to look at, oldest first."""
    query = select(PayoutCheck).where(PayoutCheck.status == CheckStatus.open).order_by(PayoutCheck.id).limit(100)
    loaded = (joinedload(PayoutCheck.account), joinedload(PayoutCheck.manager).joinedload(Manager.person))
    return db.session.scalars(query.options(*loaded)).all()


def check_seen_by(reader: Any, check_id: uuid.UUID) -> PayoutCheck | None:
    """A check, for finance."""
    return db.session.get(PayoutCheck, check_id, options=[joinedload(PayoutCheck.manager)]) if _is_finance(reader) else None


def doubted_transfers() -> Sequence[Transfer]:
    """Transfers that wait until finance has looked, oldest first."""
    query = select(Transfer).where(*FINANCE_LOOKS).options(joinedload(Transfer.manager)).order_by(Transfer.id).limit(100)
    return db.session.scalars(query).all()


def doubted_transfer_seen_by(reader: Any, transfer_id: uuid.UUID) -> Transfer | None:
    """A transfer that waits until finance has looked, for finance."""
    loaded = [joinedload(Transfer.manager), joinedload(Transfer.payment)]
    return db.session.get(Transfer, transfer_id, options=loaded) if _is_finance(reader) else None


def checks_count() -> int:
    """How many accounts and transfers wait for finance to look."""
    checks = select(func.count()).select_from(PayoutCheck).where(PayoutCheck.status == CheckStatus.open).scalar_subquery()
    transfers = select(func.count()).select_from(Transfer).where(*FINANCE_LOOKS).scalar_subquery()
    return int(db.session.scalar(select(checks + transfers)))


def manual_payouts(*statuses: ManualStatus, newest: bool = False, limit: int = 200) -> Sequence[ManualPayout]:
    """Payouts by hand in these states, the longest waiting first (or the newest)."""
    query = select(ManualPayout).where(ManualPayout.status.in_(statuses)).limit(limit)
    order = ManualPayout.id.desc() if newest else ManualPayout.id
    return db.session.scalars(query.order_by(order).options(joinedload(ManualPayout.manager), joinedload(ManualPayout.account),
                                                            joinedload(ManualPayout.claimed_by))).all()


def claimed_by(person: Person) -> Sequence[ManualPayout]:
    """What this person pays now, oldest first."""
    query = select(ManualPayout).where(ManualPayout.claimed_by_id == person.id, ManualPayout.status == ManualStatus.claimed)
    return db.session.scalars(query.order_by(ManualPayout.id).limit(500).options(joinedload(ManualPayout.account))).all()


def manual_payout_seen_by(reader: Any, payout_id: uuid.UUID) -> ManualPayout | None:
    """A payout by hand, for finance."""
    return db.session.get(ManualPayout, payout_id, options=[
        joinedload(ManualPayout.manager), joinedload(ManualPayout.account), joinedload(ManualPayout.proof),
        joinedload(ManualPayout.claimed_by), joinedload(ManualPayout.decided_by)]) if _is_finance(reader) else None


def transfers_in(payout: ManualPayout) -> Sequence[Transfer]:
    """What a payout by hand carries."""
    return db.session.scalars(select(Transfer).where(Transfer.manual_payout_id == payout.id).order_by(Transfer.id)).all()


def stopped(manager_id: Any) -> Any:
    """The same, as a condition on a manager's id."""
    return exists().where(PayoutCheck.manager_id == manager_id, PayoutCheck.status == CheckStatus.open, PayoutCheck.doubt.in_(STOPPING))


def _is_finance(reader: Any) -> bool:
    return reader.is_authenticated and reader.is_staff(StaffRole.finance)
