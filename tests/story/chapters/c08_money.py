"""Money that goes another way: steps added and split, a part released and the rest kept, a claim that the team decides, a bonus."""
from __future__ import annotations

from tests.story.chapters.c01_people import at, proven
from tests.story.chapters.c05_payment import GOOD, fund, pay
from tests.story.chapters.c07_delivery import contract, deliver, refunds
from tests.story.outside import until
from tests.story.telling import Tale, step

EXTRA, REELS = "নববর্ষের বাড়তি পোস্ট", "নববর্ষের রিল"


@step("ada proposes extra work; ben accepts; she splits the new step before it is paid in", "ada, ben")
def changed(tale: Tale) -> None:
    contract(tale, "ada").follow("/change-order")
    propose(tale, title=EXTRA, amount_minor="1,200", days="10", reason="নববর্ষে আরও পোস্ট চাই।")
    contract(tale, "ada").reads(EXTRA).follow("kind=split")
    propose(tale, title=REELS, amount_minor="800", days="5", reason="রিলগুলো আলাদা করে দেখব।")
    contract(tale, "ben").reads(EXTRA, REELS)


@step("ada releases a part of what ben handed in; the rest is kept for the next step, for which she pays the difference", "ada, ben")
def parted(tale: Tale) -> None:
    fund(tale)
    deliver(tale, "তিনটা পোস্ট।")
    proven(tale, contract(tale, "ada").follow("/approval")).submit("/approval", amount="300")
    ask = contract(tale, "ada").follow("/refund-request")
    ask.submit("/refund-requests", reason="বাকিটা রিলে লাগবে।", for_next="y")
    contract(tale, "ben").reads("বাকিটা রিলে লাগবে।").submit("/agreement$")
    contract(tale, "ada").reads(taka(tale, "100")).follow("/funding$").reads(taka(tale, "700"))
    fund(tale)


@step("ada claims a part of the last step, ben answers, the team decides with reasons; the rest goes on", "ada, ben, sam")
def disputed(tale: Tale) -> None:
    before = len(refunds(tale))
    deliver(tale, "দুইটা রিল।")
    ada = contract(tale, "ada").follow("/dispute$", saying="5" if tale.language == "en" else "৫")
    ada.submit("/disputes$", expect=422, amount="900", reason="not_as_agreed", text="একটা রিলে শব্দ নেই।")
    ada.submit("/disputes$", amount="300").reads(taka(tale, "500"), tale.say("Waiting for an answer"))
    case = ada.url
    at(tale, "ben", case).submit("/statements", text="শব্দ ছিল; ফাইলটা সঙ্গে দিলাম।")
    at(tale, "ada", case).submit("/statements", text="শুনলাম, তবু অর্ধেক।")
    sam = at(tale, "sam", "/staff/disputes").follow("/disputes/[0-9a-f-]{36}").submit("/assignment")
    proven(tale, sam.follow("/decision")).submit("/decision", to_manager="200", to_business="100", grounds=["delivered_in_part"],
                                                 text="দুইটার একটায় শব্দ নেই।")
    for name in ("ada", "ben"):
        at(tale, name, case).reads("দুইটার একটায় শব্দ নেই।", tale.say("Delivered in part"))
    proven(tale, contract(tale, "ada").follow("/approval")).submit("/approval")
    until(lambda: len(refunds(tale)) == before + 1, "the refund that was decided")


@step("ada gives a bonus; it is ben's at once, less the fee", "ada, ben")
def bonus(tale: Tale) -> None:
    ada = contract(tale, "ada").follow("/bonus$")
    ada.submit("/bonuses", expect=422, amount="99")
    pay(tale, ada.submit("/bonuses", amount="500", note="রিলগুলো দারুণ।"), GOOD)
    until(lambda: taka(tale, "450") in contract(tale, "ben").text, "the bonus")


def propose(tale: Tale, **fields: str) -> None:
    """Ada proposes a change of the steps, ben accepts it."""
    order = tale.person("ada").submit("/change-orders", **fields).url
    at(tale, "ben", order).reads(fields["title"]).submit("/acceptance")


def taka(tale: Tale, amount: str) -> str:
    """An amount as pages write it."""
    return f"৳{amount}" if tale.language == "en" else f"৳ {amount.translate(BENGALI)}"


BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
