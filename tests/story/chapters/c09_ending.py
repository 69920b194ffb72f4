"""The contract ends, and both review each other blind."""
from __future__ import annotations

from typing import Any

from tests.story.chapters.c01_people import at
from tests.story.chapters.c06_access import revoke_and_refuse
from tests.story.chapters.c07_delivery import contract, wait_for_the_hold
from tests.story.outside import until
from tests.story.telling import Tale, step


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
    until(lambda: contract(tale, "ada").offers("/review"), "the reviews, once all money has settled")
    write(at(tale, "ada", address), "সময়মতো পোস্ট, সুন্দর ব্যবহার।")
    contract(tale, "ben").misses("সময়মতো পোস্ট, সুন্দর ব্যবহার।")
    write(at(tale, "ben", address), "পরিষ্কার কথা, সময়মতো অনুমোদন।")
    tale.person("visitor").open(tale.kept["ben.page"]).reads("সময়মতো পোস্ট, সুন্দর ব্যবহার।")


def write(person: Any, text: str) -> None:
    """Five stars for everything, and a sentence."""
    form = person.form("/review")
    stars = {tag["name"]: "5" for tag in form.find_all("input", {"type": "radio"})}
    person.submit("/review", text=text, **stars)
