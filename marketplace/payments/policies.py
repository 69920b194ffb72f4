"""Who may do what with payments."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import StaffRole
from marketplace.core.authorisation import policy
from marketplace.payments.models import Payment


@policy
def see_payment(_person: Any, _payment: Payment) -> bool:
    """Whoever the query shows it to."""
    return True


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
