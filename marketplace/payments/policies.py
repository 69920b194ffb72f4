"""Who may do what with payments."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business
from marketplace.businesses.policies import spend
from marketplace.core.authorisation import policy
from marketplace.payments.models import (
    Card,
    Chargeback,
    ManualPayout,
    ManualStatus,
    MoneyProposal,
    Payment,
    PayoutAccount,
    PayoutCheck,
    Transfer,
)


@policy
def see_payment(_person: Any, _payment: Payment) -> bool:
    """Whoever the query shows it to."""
    return True


@policy
def see_cards(person: Any, business: Business) -> bool:
    """Saved cards: those who spend for the business."""
    return spend(person, business)


@policy
def remove_card(person: Any, card: Card) -> bool:
    """The same."""
    return spend(person, card.business)


@policy
def be_paid(person: Any, _subject: Any = None) -> bool:
    """Say where to be paid: a manager."""
    return bool(person.acts_as_manager)


@policy
def take_statement(person: Any, _subject: Any = None) -> bool:
    """Take the statement of one's own money: businesses and managers."""
    return bool(person.acts_as_manager or person.acts_as_business)


@policy
def mend_money(person: Any, _subject: Any = None) -> bool:
    """Reconcile, and try again what Stripe refused: finance."""
    return person.is_staff(StaffRole.finance)


@policy
def pay_by_hand(person: Any, payout: ManualPayout | None = None) -> bool:
    """See the queue and pay from it: finance, but nobody pays themselves."""
    return person.is_staff(StaffRole.finance) and (payout is None or payout.manager.person_id != person.id)


@policy
def confirm_payout(person: Any, payout: ManualPayout) -> bool:
    """Say that it arrived: somebody else of finance than the one who paid."""
    return pay_by_hand(person, payout) and payout.claimed_by_id != person.id


@policy
def send_back_payout(person: Any, payout: ManualPayout) -> bool:
    """Say that it was not paid: who claimed it (or a superadmin), until it is recorded as paid; then a second person."""
    if payout.status == ManualStatus.claimed:
        return pay_by_hand(person, payout) and (payout.claimed_by_id == person.id or person.is_staff(StaffRole.superadmin))
    return confirm_payout(person, payout)


@policy
def check_payouts(person: Any, check: PayoutCheck | None = None) -> bool:
    """Look at doubts about accounts: finance, not about themselves."""
    return person.is_staff(StaffRole.finance) and (check is None or check.manager.person_id != person.id)


@policy
def check_transfer(person: Any, transfer: Transfer) -> bool:
    """Look at a payout that waits: finance, neither its manager nor of the business that paid."""
    paid_by = transfer.payment.business_id if transfer.payment else None
    return check_payouts(person) and transfer.manager.person_id != person.id and (
        paid_by is None or businesses.role_in(person, paid_by) is None)


@policy
def take_back_account(person: Any, account: PayoutAccount) -> bool:
    """Drop one's own change of where one is paid."""
    return account.manager.person_id == person.id


@policy
def see_proposal(person: Any, proposal: MoneyProposal) -> bool:
    """Look at what waits for a second person, and decline it or take it back: finance; about a dispute mediators too."""
    return person.is_staff(*proposal.seconds)


@policy
def confirm_proposal(person: Any, proposal: MoneyProposal) -> bool:
    """Be the second person: whoever sees it and did not propose it."""
    return see_proposal(person, proposal) and proposal.proposed_by_id != person.id


@policy
def refund_payment(person: Any, payment: Payment) -> bool:
    """Send money back as staff: finance, and nobody of the business that paid."""
    return mend_money(person) and businesses.role_in(person, payment.business_id) is None


@policy
def pay_debt(person: Any, business: Business) -> bool:
    """Pay what a business owes: who sees its money."""
    return spend(person, business)


@policy
def see_chargeback(_person: Any, _chargeback: Chargeback) -> bool:
    """Whoever the query shows it to; they may also add evidence."""
    return True


@policy
def decide_chargeback(person: Any, chargeback: Chargeback) -> bool:
    """Send evidence and find fault: finance, and neither of the parties."""
    party = chargeback.manager is not None and chargeback.manager.person_id == person.id
    return mend_money(person) and not party and businesses.role_in(person, chargeback.payment.business_id) is None
