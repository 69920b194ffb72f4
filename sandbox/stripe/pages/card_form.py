"""The card form: what a person typed, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.stripe.cards import is_valid

EXPIRY = re.compile(r"(\d{1,2})\s*/\s*(?:20)?(\d{2})")


@dataclass
class CardForm:
    """Field names of the page: card_number, expiry (MM/YY), cvc, name, email."""

    card_number: str = ""
    expiry: str = ""
    cvc: str = ""
    name: str = ""
    email: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, typed: Mapping[str, str]) -> "CardForm":
        given = {name: typed.get(name, "").strip() for name in ("card_number", "expiry", "cvc", "name", "email")}
        return cls(errors={}, **given)

    @property
    def number(self) -> str:
        return self.card_number.replace(" ", "").replace("-", "")

    @property
    def month_and_year(self) -> tuple[int, int]:
        found = EXPIRY.fullmatch(self.expiry)
        return (int(found[1]), 2000 + int(found[2])) if found else (0, 0)

    def is_complete(self, now: datetime, wants_email: bool) -> bool:
        """Checks every field as of `now` and keeps what is wrong beside its name."""
        month, year = self.month_and_year
        checks = {
            "card_number": (is_valid(self.number), "Your card number is invalid."),
            "expiry": (1 <= month <= 12, "Your card's expiration date is incomplete."),
            "cvc": (re.fullmatch(r"\d{3,4}", self.cvc, re.ASCII), "Your card's security code is incomplete."),
            "name": (self.name, "Required"),
            "email": (not wants_email or "@" in self.email, "Your email is incomplete."),
        }
        self.errors = {name: message for name, (is_right, message) in checks.items() if not is_right}
        if "expiry" not in self.errors and (year, month) < (now.year, now.month):
            self.errors["expiry"] = "Your card's expiration date is in the past."
        return not self.errors
