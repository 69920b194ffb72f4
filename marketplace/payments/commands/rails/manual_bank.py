"""To a bank account in Bangladesh, by hand."""
from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from marketplace.core.config import rule
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.payments.commands.rails.manual import ByHand, digits, ending, required
from marketplace.payments.commands.rails.rail import Words
from marketplace.payments.models import Rail

MOST = Money(rule("BANK_TRANSACTION_MOST_MINOR", 50_000_000, "most that one bank transfer by hand carries, in poisha"))


class ManualBank(ByHand):
    """Bank, branch, routing number, holder and account number."""

    code = Rail.manual_bank
    most = MOST
    words = Words(
        name=_l("Bank account"), arrival=_l("In your account one to two working days after it was sent."),
        costs=_l("We pay for the transfer."))

    def read(self, typed: Mapping[str, str]) -> dict[str, str]:
        details = required(typed, "bank", "branch", "routing", "holder", "number")
        details |= {"routing": digits(details["routing"]), "number": digits(details["number"])}
        if not re.fullmatch(r"\d{9}", details["routing"]):
            raise Invalid(_l("A routing number has 9 digits. It is on your cheque book."), field="routing")
        if not re.fullmatch(r"\d{6,17}", details["number"]):
            raise Invalid(_l("An account number has 6 to 17 digits."), field="number")
        return details

    def masked(self, details: Mapping[str, str]) -> str:
        return f"{details['bank']} {ending(details['number'])}"
