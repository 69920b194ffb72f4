"""What finance adds by hand so that the books say what Stripe says. Other people's money is never touched by these."""
from __future__ import annotations

import uuid

from marketplace.core.money import Money
from marketplace.ledger.commands.posting import credit, debit, post
from marketplace.ledger.models import PLATFORM, AccountKind

ADJUSTABLE = frozenset({AccountKind.card_costs, AccountKind.fees, AccountKind.losses, AccountKind.bank})
"""The platform's own accounts, which bear what an adjustment moves."""


def book_adjustment(key: str, *, account: str, amount: Money, subject: str, stripe_id: str) -> uuid.UUID:
    """Money that moved on our balance at Stripe without a posting: below zero it left. `account` (a kind) bears or gets it."""
    if account not in ADJUSTABLE:
        raise ValueError(f"{account} is not the platform's own")
    size = Money(abs(amount.minor), amount.currency)
    bearer = AccountKind(account)
    came, went = (AccountKind.stripe, bearer) if amount.minor > 0 else (bearer, AccountKind.stripe)
    return post(key, "adjust", [debit(came, PLATFORM, size), credit(went, PLATFORM, size)], subject=subject, stripe_id=stripe_id)


def fund_bank(key: str, *, amount: Money, stripe_id: str) -> uuid.UUID:
    """Stripe pays us: money leaves our balance there for our own bank, from which staff pays by hand. `reverse` when it comes back."""
    legs = [debit(AccountKind.bank, PLATFORM, amount), credit(AccountKind.stripe, PLATFORM, amount)]
    return post(key, "fund_bank", legs, subject=f"stripe:{stripe_id}"[:80], stripe_id=stripe_id)


def book_exchange(key: str, *, ours: Money, theirs: Money, subject: str, stripe_id: str) -> uuid.UUID:
    """Stripe keeps in another currency what was booked in ours: both move through the exchange account. Both of one sign."""
    legs = [*_moved(Money(-ours.minor, ours.currency)), *_moved(theirs)]
    return post(key, "exchange", legs, subject=subject, stripe_id=stripe_id)


def _moved(amount: Money) -> list:
    """Our balance at Stripe changes by `amount` against the exchange account."""
    size = Money(abs(amount.minor), amount.currency)
    came, went = (AccountKind.stripe, AccountKind.exchange) if amount.minor > 0 else (AccountKind.exchange, AccountKind.stripe)
    return [debit(came, PLATFORM, size), credit(went, PLATFORM, size)]
