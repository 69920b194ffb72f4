"""What managers and finance are told about money that did not go its way."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person, StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.core import crypto
from marketplace.core.mail import letter
from marketplace.core.money import Money
from marketplace.managers.models import Manager
from marketplace.notifications.commands import notify, notify_all
from marketplace.payments.models import (
    STOPPING,
    Card,
    Chargeback,
    ChargebackStatus,
    CheckStatus,
    Doubt,
    EventCursor,
    ManualPayout,
    Mismatch,
    MoneyProposal,
    MoneyProposalStatus,
    Payment,
    Payout,
    PayoutAccount,
    PayoutCheck,
    Reconciliation,
    Refund,
    Reversal,
    Transfer,
)
from marketplace.payments.queries import CANCEL_LINK
from marketplace.payments.queries.debts import bank_decides, team_looks


def transfer_passed(transfer: Transfer) -> None:
    """The team has had its look: it goes when its day has come."""
    notify(transfer.manager.person, "payments/transfer_passed", subject=transfer, amount=transfer.amount, when=transfer.send_after)


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


def charged_back(chargeback: Chargeback) -> None:
    """A payer's bank took a payment back: all sides may add evidence; the business learns what stops until it is settled."""
    payment = chargeback.payment
    notify_all(businesses.members(payment.business, Role.owner, Role.finance), "payments/charged_back", subject=chargeback,
               amount=payment.total, title=payment.title, held=bank_decides(payment.business_id))
    if chargeback.manager:
        notify(chargeback.manager.person, "payments/evidence_wanted", subject=chargeback, title=payment.title, due_by=chargeback.due_by)
    _tell_finance("payments/finance_chargeback", chargeback, amount=payment.total, business=payment.business.name, due_by=chargeback.due_by)


def chargeback_decided(chargeback: Chargeback) -> None:
    """The bank has decided."""
    people = businesses.members(chargeback.payment.business, Role.owner, Role.finance)
    if chargeback.manager:
        people.append(chargeback.manager.person)
    notify_all([*people, *_finance()], "payments/chargeback_decided", subject=chargeback, title=chargeback.payment.title,
               won=chargeback.status == ChargebackStatus.won, suspends=chargeback.suspends)


def may_go_on(chargeback: Chargeback) -> None:
    """The team has looked: the business pays in, posts and hires again, once nothing is owed."""
    notify_all(businesses.members(chargeback.payment.business, Role.owner, Role.finance), "payments/may_go_on", subject=chargeback,
               title=chargeback.payment.title)


def evidence_due(chargeback: Chargeback) -> None:
    """Evidence was not sent yet, and the bank's day comes near."""
    _tell_finance("payments/finance_evidence", chargeback, business=chargeback.payment.business.name, due_by=chargeback.due_by)


def evidence_refused(chargeback: Chargeback, reason: str) -> None:
    """Stripe did not take the evidence."""
    _tell_finance("payments/finance_evidence_refused", chargeback, business=chargeback.payment.business.name, reason=reason)


def fault_found(chargeback: Chargeback) -> None:
    """A decision: the manager owes part of what the bank kept."""
    amount = Money(chargeback.fault_minor, chargeback.currency)
    notify(chargeback.manager.person, "payments/fault_found", subject=chargeback, amount=amount, title=chargeback.payment.title,
           why=chargeback.fault_why)


def taken_back(reversal: Reversal) -> None:
    """A decision took pay back: the manager learns what of it they owe, if anything."""
    notify(reversal.transfer.manager.person, "payments/taken_back", subject=reversal.transfer, net=reversal.net, owed=reversal.owed)


def reversal_waits(reversal: Reversal) -> None:
    """Taken back, but the payment cannot be refunded now: finance looks after it."""
    _tell_finance("payments/finance_reversal", reversal.transfer.payment, amount=reversal.gross)


def debt_withheld(manager: Manager, kept: Money, left: Money) -> None:
    """Part of a release was kept for what the manager owes."""
    notify(manager.person, "payments/debt_withheld", subject=manager, kept=kept, left=left)


def debt_paid(payment: Payment) -> None:
    """The business owes nothing any more: all is open again, unless its bank still decides about held money, or the team looks."""
    notify_all(businesses.members(payment.business, Role.owner, Role.finance), "payments/debt_paid", subject=payment, amount=payment.amount,
               waits=bank_decides(payment.business_id) or team_looks(payment.business_id))


def card_expires(card: Card) -> None:
    """A saved card ends with its month: those who pay may pay with another and keep that."""
    notify_all(businesses.members(card.business, Role.owner, Role.finance), "payments/card_expires", subject=card, card=card)


def mismatches(reconciliation: Reconciliation, fresh: Sequence[Mismatch]) -> None:
    """The books and Stripe do not agree about something nobody has heard of yet."""
    _tell_finance("payments/finance_mismatch", reconciliation, count=len(fresh), fresh=fresh[:10])


def events_unread(cursor: EventCursor) -> None:
    """Stripe's list of events could not be read for long."""
    _tell_finance("payments/finance_events", None, since=cursor.looked_at)


def proposal_waits(proposal: MoneyProposal) -> None:
    """Others of the team are to look and confirm."""
    others = [person for person in accounts.staff() if person.is_staff(*proposal.seconds) and person.id != proposal.proposed_by_id]
    notify_all(others, "payments/proposal_waits", subject=proposal, amount=proposal.amount, by=proposal.proposed_by.name, why=proposal.why)


def proposal_decided(proposal: MoneyProposal) -> None:
    """Whoever proposed it learns what became of it."""
    notify(proposal.proposed_by, "payments/proposal_decided", subject=proposal, amount=proposal.amount, by=proposal.decided_by.name,
           done=proposal.status == MoneyProposalStatus.done, why=proposal.answer)


def proposal_lapsed(proposal: MoneyProposal) -> None:
    """Whoever proposed it learns that it cannot be done any more."""
    notify(proposal.proposed_by, "payments/proposal_lapsed", subject=proposal, amount=proposal.amount)


def account_given(account: PayoutAccount) -> None:
    """Where a manager is paid was given or changed: told to the address we know, and to those left a short while ago, with the link
    that stops it.
    """
    person = account.manager.person
    stop = f"/payments/payout-account/stop/{crypto.sign(CANCEL_LINK, str(account.id))}"
    notify(person, "payments/account_given", subject=account, account=account, stop=stop)
    for address in accounts.former_addresses(person):
        letter("payments/account_given", address, person.language, person=person, account=account, stop=stop)


def account_took_over(account: PayoutAccount) -> None:
    """The wait is over."""
    notify(account.manager.person, "payments/account_took_over", subject=account, account=account)


def account_doubted(account: PayoutAccount, doubts: Sequence[Doubt]) -> None:
    """Finance is to look; the manager learns what waits meanwhile."""
    stopped = bool(set(doubts) & set(STOPPING))
    notify(account.manager.person, "payments/account_doubted", subject=account, account=account, stopped=stopped)
    _tell_finance("payments/finance_account", account, manager=account.manager)


def account_decided(check: PayoutCheck) -> None:
    """Finance has looked."""
    notify(check.manager.person, "payments/account_decided", subject=check.account, account=check.account,
           passed=check.status == CheckStatus.passed)


def paid_by_hand(payout: ManualPayout) -> None:
    """Two people have seen that it was paid."""
    notify(payout.manager.person, "payments/paid_by_hand", subject=payout.account, amount=payout.amount, payout=payout)


def payout_returned(payout: ManualPayout) -> None:
    """What was paid came back: the account is probably wrong."""
    notify(payout.manager.person, "payments/payout_returned", subject=payout.account, amount=payout.amount, account=payout.account)


def _tell_finance(name: str, subject: Any, **context: Any) -> None:
    notify_all(_finance(), name, subject=subject, **context)


def _finance() -> list[Person]:
    return [person for person in accounts.staff() if person.is_staff(StaffRole.finance)]
