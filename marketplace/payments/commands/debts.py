"""What managers and businesses owe the platform, and how it ends: kept from later pay, paid by card, or written off.

Debts live in the ledger alone (`receivable`). Whoever changes one locks the debtor first, then the books.
"""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core import audit
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.models import Manager
from marketplace.payments import notices
from marketplace.payments.commands import refunds
from marketplace.payments.commands.proposals import carries_out, propose
from marketplace.payments.models import PAID, MoneyProposal, Payment, Refund, RefundStatus, Transfer
from marketplace.payments.queries.debts import bank_decides, team_looks

DEBT_SHARE = rule("DEBT_SHARE_BP", 5000, "the most of each release that is kept for what a manager owes, in basis points")


def lock_debtor(manager: Manager) -> Money:
    """What a manager owes, which nobody changes until this transaction ends; without a lock when it is nothing."""
    if not books.owed_by(f"manager:{manager.id}"):
        return Money(0)
    lock(manager)
    return books.owed_by(f"manager:{manager.id}")


def refuse_debtors(business: Business, message: Any = None) -> None:
    """Raises WrongState while a business owes what its bank took back, or its bank took held money and has not decided, or kept
    it and the team has not let the business go on: it pays nothing in, posts nothing and hires nobody.

    `message` is for somebody else than the business.
    """
    if Money(0) < books.owed_by(f"business:{business.id}"):
        raise WrongState(
            message or _l("Your bank took a payment back. Pay what you owe under Money, then you can pay in, post and hire again."))
    if bank_decides(business.id):
        raise WrongState(message or _l("Your bank took back money that was held here, and has not decided. Until it gives it back you "
                                       "cannot pay in, post or hire; if it keeps it, our team looks first. What is paid for goes on."))
    if team_looks(business.id):
        raise WrongState(message or _l("Your bank kept money that was held here. Until our team has looked at it you cannot pay in, post "
                                       "or hire; what is paid for goes on."))


def withhold(manager: Manager, transfers: Sequence[Transfer], owed: Money, key: str) -> None:
    """Keep at most half of what was just released for what its manager owes: the transfers are smaller by that."""
    kept = Money(0)
    for transfer in transfers:
        part = min(transfer.amount.share(DEBT_SHARE), owed - kept)
        transfer.amount_minor, transfer.withheld_minor = transfer.amount_minor - part.minor, part.minor
        kept += part
    if kept:
        ledger.withhold(f"withhold:{key}", subject=transfers[0].subject, contract=transfers[0].contract, manager=f"manager:{manager.id}",
                        amount=kept)
        notices.debt_withheld(manager, kept, owed - kept)


def settle_payment(payment: Payment) -> None:
    """A business paid by card for what it owes; its row is locked. What it does not owe any more goes back."""
    settle_held(payment, payment.holder, payment.amount, payment.source)
    if not books.owed_by(f"business:{payment.business_id}"):
        audit.record("business.debt_paid", payment.business, payment.person)
        notices.debt_paid(payment)


def settle_held(payment: Payment, holder: str, amount: Money, key: str) -> None:
    """Held money of a payment pays what its business owes, once under a key; what is too much evens out."""
    lock(payment.business)
    business = f"business:{payment.business_id}"
    ledger.pay_debt(f"pay_debt:{key}", holder=holder, source=payment.source, business=business, amount=amount)
    even_out(payment.business, f"pay_debt:{key}")


def even_out(business: Business, key: str) -> None:
    """Give back what a business paid for debts it does not have any more, the newest payment first; the rest was our loss.

    The business is locked; `key` names what made its debt smaller.
    """
    debtor = f"business:{business.id}"
    too_much = -books.owed_by(debtor)
    for payment in _paid_by(business):
        part = min(too_much, _kept(payment))
        if Money(0) < part:
            ledger.return_payment(f"{key}/{payment.id}", holder=payment.holder, source=payment.source, business=debtor, amount=part)
            refunds.refund(subject=payment.holder, amount=part, key=f"{key}/{payment.id}")
            too_much -= part
    if Money(0) < too_much:
        ledger.make_good(f"{key}/loss", debtor=debtor, amount=too_much)


def write_off(debtor: str, amount: Money, by: Person, why: str, key: str) -> MoneyProposal:
    """Give a debt of `business:id` or `manager:id` up, or part of it: the platform's loss. Much takes two people."""
    _check(debtor, amount)
    return propose("write_off", subject=debtor, amount=amount, why=why, by=by, key=key)


@carries_out("write_off")
def _write_off(proposal: MoneyProposal, _by: Person) -> None:
    kind, _, key = proposal.subject.partition(":")
    lock(db.session.get_one({"business": Business, "manager": Manager}[kind], uuid.UUID(key)))
    _check(proposal.subject, proposal.amount)
    ledger.write_off(f"write_off:{proposal.id}", debtor=proposal.subject, amount=proposal.amount)


def _check(debtor: str, amount: Money) -> None:
    if not Money(0) < amount <= books.owed_by(debtor):
        raise Invalid(_l("Write an amount up to what is owed."), field="amount_minor")


def _paid_by(business: Business) -> Sequence[Payment]:
    """What a business paid for debts, newest first."""
    query = select(Payment).where(Payment.subject == f"debt:{business.id}", Payment.status.in_(PAID), Payment.unclaimed.is_(False))
    return db.session.scalars(query.order_by(Payment.id.desc())).all()


def _kept(payment: Payment) -> Money:
    """What has not gone back of it, nor is on its way."""
    gone = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(Refund.payment_id == payment.id,
                                                                      Refund.status != RefundStatus.failed)
    return payment.amount - Money(int(db.session.scalar(gone)), payment.currency)
