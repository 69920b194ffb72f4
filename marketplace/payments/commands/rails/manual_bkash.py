"""To a personal bKash wallet, by hand."""
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

MOST = Money(rule("BKASH_TRANSACTION_MOST_MINOR", 2_500_000, "most that one bKash transaction by hand carries, in poisha"))


class ManualBkash(ByHand):
    """The number of a personal wallet, and its holder."""

    code = Rail.manual_bkash
    most = MOST
    words = Words(
        name=_l("bKash"), arrival=_l("In your wallet the minute it is sent."),
        costs=_l("We pay for sending; bKash takes its charge when you cash out."))

    def read(self, typed: Mapping[str, str]) -> dict[str, str]:
        details = required(typed, "holder", "number")
        number = re.sub(r"^(\+?88)(?=01)", "", digits(details["number"]))
        if not re.fullmatch(r"01[3-9]\d{8}", number):
            raise Invalid(_l("A bKash number has 11 digits and begins with 01."), field="number")
        return details | {"number": number}

    def masked(self, details: Mapping[str, str]) -> str:
        return f"bKash {ending(details['number'])}"
