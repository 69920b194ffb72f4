"""Staff reconcile: the books and Stripe agree."""
from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tests.story.chapters.c01_people import at
from tests.story.outside import until
from tests.story.telling import Tale, step

LATIN = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


@step("staff reconcile: the trial balance is zero and Stripe's own balances are the books'", "sam")
def reconcile(tale: Tale) -> dict[str, Any]:
    for _ in range(2):  # a payout leaves on one day and arrives on another
        tale.outside.advance(timedelta(days=3))
    until(lambda: books(tale)[tale.say("Managers' balances at Stripe")] == managers_at_stripe(tale), "the last payout to arrive")
    sam = at(tale, "sam", "/staff/reconciliation").submit("/staff/reconciliation")
    until(lambda: settled(sam.open(sam.url)), "the reconciliation")
    sam.reads(tale.say("agrees"), tale.say("Every movement is in the ledger, with its amount and currency."))
    found = books(tale)
    assert found[tale.say("Balance at Stripe")] == platform_at_stripe(tale), (found, stripe(tale))
    return {"trial_balance": found, "stripe": stripe(tale)}


def books(tale: Tale) -> dict[str, int]:
    """The trial balance as the page shows it, in poisha: debits less credits by name, nothing for those without money."""
    sam = at(tale, "sam", "/staff/ledger")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in sam.page.find("table").select("tbody tr")]
    found = {name: abs(poisha(debit) - poisha(credit)) for name, debit, credit in rows}
    assert found.pop(tale.say("Total")) == 0, rows
    return {tale.say("Managers' balances at Stripe"): 0, tale.say("Balance at Stripe"): 0} | found


def stripe(tale: Tale) -> dict[str, int]:
    """What each account has at Stripe, pending and available, in poisha."""
    return {one["account"]: sum(part["amount"] for kind in ("available", "pending") for part in one[kind])
            for one in tale.outside.get("/stripe/world/balances")}


def platform_at_stripe(tale: Tale) -> int:
    """The platform's own balance."""
    return next(amount for account, amount in stripe(tale).items() if "Platform" in account)


def managers_at_stripe(tale: Tale) -> int:
    """The connected accounts' balances."""
    return sum(amount for account, amount in stripe(tale).items() if "Platform" not in account)


def poisha(shown: str) -> int:
    """An amount as a page shows it, in minor units."""
    plain = re.sub(r"[^0-9.]", "", shown.translate(LATIN))
    return round(float(plain or 0) * 100)


def settled(sam: Any) -> bool:
    """Whether the comparison is over."""
    return not sam.page.select("meta[http-equiv=refresh]")
