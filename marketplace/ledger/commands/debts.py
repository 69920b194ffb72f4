"""Released money that comes back, and what managers and businesses owe the platform."""
from __future__ import annotations

import uuid

from marketplace.core.money import Money
from marketplace.ledger.commands.posting import credit, debit, post
from marketplace.ledger.models import PLATFORM, AccountKind


def take_back(key: str, *, holder: str, source: str, subject: str, contract: str, business: str, manager: str, paid: Money,
              owed: Money, fee: Money) -> uuid.UUID:
    """Released money is held again, for `holder`: the platform returns its fee, the manager `paid` of what is owed to them.

    What the manager does not have any more, `owed`, becomes their debt. Raises NotEnough.
    """
    legs = [debit(AccountKind.payable, manager, paid), debit(AccountKind.receivable, manager, owed), debit(AccountKind.fees, PLATFORM, fee),
            credit(AccountKind.held, holder, paid + owed + fee, source)]
    return post(key, "take_back", legs, subject=subject, contract=contract, business=business, manager=manager)


def withhold(key: str, *, subject: str, contract: str, manager: str, amount: Money) -> uuid.UUID:
    """Part of what was just released pays a manager's debt. Raises NotEnough."""
    legs = [debit(AccountKind.payable, manager, amount), credit(AccountKind.receivable, manager, amount)]
    return post(key, "withhold", legs, subject=subject, contract=contract, manager=manager)


def pay_debt(key: str, *, holder: str, source: str, business: str, amount: Money) -> uuid.UUID:
    """Held money of a payment pays what a business owes. Raises NotEnough."""
    legs = [debit(AccountKind.held, holder, amount, source), credit(AccountKind.receivable, business, amount)]
    return post(key, "pay_debt", legs, subject=holder, business=business)


def return_payment(key: str, *, holder: str, source: str, business: str, amount: Money) -> uuid.UUID:
    """What a business paid for a debt it no longer has is held again, to go back."""
    legs = [debit(AccountKind.receivable, business, amount), credit(AccountKind.held, holder, amount, source)]
    return post(key, "return_payment", legs, subject=holder, business=business)


def find_fault(key: str, *, subject: str, contract: str, business: str, manager: str, amount: Money) -> uuid.UUID:
    """A decision: the manager owes what the business owed."""
    legs = [debit(AccountKind.receivable, manager, amount), credit(AccountKind.receivable, business, amount)]
    return post(key, "find_fault", legs, subject=subject, contract=contract, business=business, manager=manager)


def write_off(key: str, *, debtor: str, amount: Money) -> uuid.UUID:
    """A debt nobody will pay is the platform's loss."""
    legs = [debit(AccountKind.losses, PLATFORM, amount), credit(AccountKind.receivable, debtor, amount)]
    return post(key, "write_off", legs, subject=debtor, **_party(debtor))


def make_good(key: str, *, debtor: str, amount: Money) -> uuid.UUID:
    """A debt that was written off was paid after all: the loss is smaller."""
    legs = [debit(AccountKind.receivable, debtor, amount), credit(AccountKind.losses, PLATFORM, amount)]
    return post(key, "make_good", legs, subject=debtor, **_party(debtor))


def _party(debtor: str) -> dict[str, str]:
    return {debtor.partition(":")[0]: debtor}
