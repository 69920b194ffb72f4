"""Delivered, changed, delivered, approved and sent; the second step released by silence; the third given back."""
from __future__ import annotations

from datetime import datetime, timedelta

from tests.story.chapters.c01_people import at, proven
from tests.story.chapters.c02_profile import picture
from tests.story.chapters.c05_payment import fund
from tests.story.outside import until
from tests.story.telling import Tale, step

SOON = timedelta(minutes=5)
"""What was released one after the other is sent one after the other."""
WINDOW = timedelta(days=9)
"""Seven days, and on to the next morning that is no holiday, whatever the hour and day this runs."""


@step("ben hands in the first step with evidence; ada asks for changes; ben hands it in again", "ben, ada")
def changes(tale: Tale) -> None:
    deliver(tale, "গাইড আর প্রথম পোস্টগুলো।")
    ada = contract(tale, "ada").follow("/changes")
    ada.submit("/changes", expect=422, note="")
    ada.submit("/changes", note="ছবিগুলো আরেকটু উজ্জ্বল করুন।")
    contract(tale, "ben").reads("ছবিগুলো আরেকটু উজ্জ্বল করুন।")
    deliver(tale, "ছবি উজ্জ্বল করা হয়েছে।")


@step("ada approves; after the hold Stripe has the transfer, and the bank has the money", "ada, ben")
def approved(tale: Tale) -> None:
    proven(tale, contract(tale, "ada").follow("/approval")).submit("/approval")
    contract(tale, "ben").reads(tale.say("Released, not sent yet"))
    assert not transfers(tale), "nothing is sent before the hold is over"
    wait_for_the_hold(tale)
    until(lambda: tale.say("Sent to the manager") in contract(tale, "ben").text, "the transfer")
    assert len(transfers(tale)) == 1, transfers(tale)
    tale.outside.advance(timedelta(days=4))
    until(lambda: tale.outside.letters(tale.email("ben")) and len(contract(tale, "ben").page.select(".dy-money__line li")) == 5, "the line")


@step("the second step is released by silence", "ben")
def silence(tale: Tale) -> None:
    fund(tale)
    deliver(tale, "পুরো মাসের পোস্ট আর ইনবক্স।")
    tale.outside.advance(WINDOW)
    until(lambda: tale.say("Released, not sent yet") in contract(tale, "ben").text, "the release by silence")
    wait_for_the_hold(tale)
    until(lambda: len(transfers(tale)) == 2, "the second transfer")


@step("the third step is paid in, asked back, and given back by ben", "ada, ben")
def refunded(tale: Tale) -> None:
    fund(tale)
    ada = contract(tale, "ada").follow("/refund-request").submit("/refund-requests", reason="লাইভ এবার হবে না।")
    ada.reads("লাইভ এবার হবে না।")
    contract(tale, "ben").reads("লাইভ এবার হবে না।").submit("/agreement$")
    until(lambda: refunds(tale), "the refund at Stripe")
    assert len(refunds(tale)) == 1, refunds(tale)
    contract(tale, "ada").reads(tale.say("Returned"))


def contract(tale: Tale, name: str) -> object:
    """Somebody at the contract's page."""
    return at(tale, name, f"/contracts/{tale.kept['contract']}")


def wait_for_the_hold(tale: Tale) -> None:
    """To the moment the money line promises that it is sent."""
    promised = contract(tale, "ben").page.select(".dy-money__line li")[-2].find("time")["datetime"]
    tale.outside.advance(datetime.fromisoformat(promised) - datetime.fromisoformat(tale.outside.now()) + SOON)


def deliver(tale: Tale, note: str) -> None:
    """Hand in the current step with a link and a picture."""
    ben = contract(tale, "ben").follow("/delivery$")
    ben.submit("/deliveries", note=note, links="https://facebook.com/nokshi/posts/1", files={"file": ("proof.png", picture(), "image/png")})
    ben.reads(note)


def transfers(tale: Tale) -> list[dict]:
    """Transfers Stripe made."""
    return asked(tale, "transfers")


def refunds(tale: Tale) -> list[dict]:
    """Refunds Stripe made."""
    return asked(tale, "refunds")


def asked(tale: Tale, what: str) -> list[dict]:
    """What Stripe was asked to make, and made."""
    made = [call for call in tale.outside.journal("stripe", f"/v1/{what}") if call["method"] == "POST" and call["direction"] == "in"]
    return [call for call in made if call["path"].endswith(f"/v1/{what}") and call["status"] == 200]
