"""The contract ends, both review each other blind, and staff reconcile: the books and Stripe agree."""
from __future__ import annotations

from typing import Any

from tests.story.chapters.c1_people import at
from tests.story.chapters.c7_delivery import contract
from tests.story.outside import until
from tests.story.telling import Tale, step


@step("ada ends the contract and works through the hand-over list; it closes", "ada")
def ending(tale: Tale) -> None:
    ada = contract(tale, "ada").follow("/ending").submit("/ending", reason="মৌসুম শেষ।")
    ada.reads("মৌসুম শেষ।")
    while contract(tale, "ada").offers("/tick"):
        tale.person("ada").submit("/tick")
    until(lambda: tale.say("Closed") in contract(tale, "ada").text, "the contract to close")


@step("both review each other; neither sees the other's before both are written", "ada, ben, visitor")
def reviews(tale: Tale) -> None:
    address = f"/contracts/{tale.kept['contract']}/review"
    write(at(tale, "ada", address), "সময়মতো পোস্ট, সুন্দর ব্যবহার।")
    contract(tale, "ben").misses("সময়মতো পোস্ট, সুন্দর ব্যবহার।")
    write(at(tale, "ben", address), "পরিষ্কার কথা, সময়মতো অনুমোদন।")
    tale.person("visitor").open(tale.kept["ben.page"]).reads("সময়মতো পোস্ট, সুন্দর ব্যবহার।")


@step("staff reconcile: the trial balance is zero and Stripe's own balances are the books'", "sam")
def reconcile(tale: Tale) -> dict[str, Any]:
    sam = at(tale, "sam", "/staff/reconciliation").submit("/staff/reconciliation")
    until(lambda: settled(sam.open(sam.url)), "the reconciliation")
    sam.open("/staff/ledger")
    stripe = tale.outside.get("/stripe/world/balances")
    return {"trial_balance": figures(sam), "stripe": stripe}


def write(person: Any, text: str) -> None:
    """Five stars for everything, and a sentence."""
    form = person.form("/review")
    stars = {tag["name"]: "5" for tag in form.find_all("input", {"type": "radio"})}
    person.submit("/review", text=text, **stars)


def settled(sam: Any) -> bool:
    """Whether the comparison is over."""
    return not sam.page.select("meta[http-equiv=refresh]")


def figures(sam: Any) -> list[list[str]]:
    """The rows of the trial balance as the page shows them."""
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in sam.page.select("table tbody tr")]
