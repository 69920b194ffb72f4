"""What every way to pay a manager must be able to say and do."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from marketplace.core.money import Money
from marketplace.payments.models import PayoutAccount, Rail, Transfer


@dataclass(frozen=True)
class Sent:
    """What the other side has of a transfer: its number there, and what was booked."""

    reference: str
    settled: Money


@dataclass(frozen=True)
class Words:
    """What a manager is told before choosing, and beside the account afterwards; lazy texts."""

    name: Any
    arrival: Any
    costs: Any


class PayoutRail(Protocol):
    """One way to pay managers. `by_hand`: people of finance pay from a queue, and money is set aside when one claims it.

    `least` is the smallest sum it carries; `most` the largest of one transaction, None without such a limit; `cut_off`
    the hour in Dhaka by which people of finance take what is due on the same day.
    """

    code: Rail
    by_hand: bool
    least: Money
    most: Money | None
    cut_off: int | None
    words: Words

    def problem(self, account: PayoutAccount) -> Any:
        """Why nothing can be sent to this account now, in words for its manager; None when it can."""

    def read(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Details as they are kept, from what was typed. Raises Invalid, which names the field."""

    def masked(self, details: Mapping[str, str]) -> str:
        """What of the details may be shown."""

    def find(self, transfer: Transfer) -> Sent | None:
        """What was made of this transfer, by whichever attempt. Raises stripe.Unanswered."""

    def send(self, transfer: Transfer) -> Sent | None:
        """Ask for it; None when somebody else finishes it later. Raises stripe.Unanswered, stripe.Refused."""

    def cancel(self, transfer: Transfer) -> bool:
        """Take back what has not begun; False when it is too late."""
