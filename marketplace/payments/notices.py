"""What managers and finance are told about money that did not go its way."""
from __future__ import annotations

from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.core.money import Money
from marketplace.notifications.commands import notify, notify_all
from marketplace.payments.models import Card, Payment, Payout, PayoutAccount, Reconciliation, Refund, Transfer


def transfer_held(transfer: Transfer) -> None:
    """The manager must first say where to be paid."""
    notify(transfer.manager.person, "payments/transfer_held", subject=transfer, amount=transfer.amount)


def transfer_failed(transfer: Transfer) -> None:
    """Stripe refused; it is still owed."""
    notify(transfer.manager.person, "payments/transfer_failed", subject=transfer, amount=transfer.amount)
    _tell_finance("payments/finance_transfer", transfer, amount=transfer.amount, reason=transfer.failure)


def payouts_stopped(account: PayoutAccount) -> None:
    """Stripe takes no more money in the manager's name."""
    notify(account.manager.person, "payments/payouts_stopped", subject=account)


def payout_failed(payout: Payout) -> None:
    """The manager's bank sent the money back to Stripe."""
    notify(payout.account.manager.person, "payments/payout_failed", subject=payout.account,
           amount=Money(payout.amount_minor, payout.currency))


def refund_failed(refund: Refund) -> None:
    """The money is held again and somebody has to decide."""
    _tell_finance("payments/finance_refund", refund, amount=refund.amount, reason=refund.failure)


def charged_back(payment: Payment) -> None:
    """A payer's bank took a payment back: finance looks, and the business learns that it can pay nothing in until that is settled."""
    notify_all(businesses.members(payment.business, Role.owner, Role.finance), "payments/charged_back", subject=payment,
               amount=payment.total, title=payment.title)
    _tell_finance("payments/finance_chargeback", payment, amount=payment.total, business=payment.business.name)


def card_expires(card: Card) -> None:
    """A saved card ends with its month: those who pay may pay with another and keep that."""
    notify_all(businesses.members(card.business, Role.owner, Role.finance), "payments/card_expires", subject=card, card=card)


def mismatch(reconciliation: Reconciliation) -> None:
    """The books and Stripe do not agree."""
    _tell_finance("payments/finance_mismatch", reconciliation, count=len(reconciliation.findings))


def _tell_finance(name: str, subject: Any, **context: Any) -> None:
    notify_all([person for person in accounts.staff() if person.is_staff(StaffRole.finance)], name, subject=subject, **context)
