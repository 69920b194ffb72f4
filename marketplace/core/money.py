"""Money: whole minor units and a currency, never a float."""
from __future__ import annotations

from dataclasses import dataclass

MAX_MINOR = 10**13
"""The largest amount taken anywhere: a hundred billion taka; far below bigint, far above any contract."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True)
class Money:
    """An amount in minor units (poisha, cents) of an ISO 4217 currency."""

    minor: int
    currency: str = "BDT"

    def __post_init__(self) -> None:
        if type(self.minor) is not int or abs(self.minor) > MAX_MINOR:
            raise ValueError(f"not an amount: {self.minor!r}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        return not other < self

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, basis_points: int) -> Money:
        """The part a fee takes, in basis points, rounded down."""
        return Money(self.minor * basis_points // 10_000, self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
