"""The contract ends, both review each other blind, and staff reconcile: the books and Stripe agree."""
from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tests.story.chapters.c1_people import at
from tests.story.chapters.c6_access import revoke_and_refuse
from tests.story.chapters.c7_delivery import contract, wait_for_the_hold
from tests.story.outside import until
from tests.story.telling import Tale, step

LATIN = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


@step("ada takes the access back with one button; ben's next act is refused", "ada, ben")
def revoked(tale: Tale) -> None:
    revoke_and_refuse(tale)


@step("ada ends the contract and works through the hand-over list; it closes", "ada")
def ending(tale: Tale) -> None:
    ada = contract(tale, "ada").follow("/ending").submit("/ending", reason="মৌসুম শেষ।")
    ada.reads("মৌসুম শেষ।")
    while contract(tale, "ada").offers("/tick"):
        tale.person("ada").submit("/tick")
    wait_for_the_hold(tale)
    until(lambda: tale.say("Finished") in contract(tale, "ada").text, "the contract to close")


@step("both review each other; neither sees the other's before both are written", "ada, ben, visitor")
def reviews(tale: Tale) -> None:
    address = f"/contracts/{tale.kept['contract']}/review"
    write(at(tale, "ada", address), "সময়মতো পোস্ট, সুন্দর ব্যবহার।")
    contract(tale, "ben").misses("সময়মতো পোস্ট, সুন্দর ব্যবহার।")
    write(at(tale, "ben", address), "পরিষ্কার কথা, সময়মতো অনুমোদন।")
    tale.person("visitor").open(tale.kept["ben.page"]).reads("সময়মতো পোস্ট, সুন্দর ব্যবহার।")


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


def write(person: Any, text: str) -> None:
    """Five stars for everything, and a sentence."""
    form = person.form("/review")
    stars = {tag["name"]: "5" for tag in form.find_all("input", {"type": "radio"})}
    person.submit("/review", text=text, **stars)


def settled(sam: Any) -> bool:
    """Whether the comparison is over."""
    return not sam.page.select("meta[http-equiv=refresh]")
