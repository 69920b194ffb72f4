"""A contract paid month by month, the second month by a consent; and ad money: a pot, a boost, a receipt, what is left returned."""
from __future__ import annotations

from datetime import timedelta

from tests.story.chapters.c01_people import at, proven
from tests.story.chapters.c02_profile import picture
from tests.story.chapters.c03_jobs import MANAGEMENT, draft, key, publish
from tests.story.chapters.c04_contract import rows
from tests.story.chapters.c05_payment import GOOD, pay
from tests.story.chapters.c06_access import chosen, today, warned
from tests.story.chapters.c07_delivery import contract, deliver, refunds
from tests.story.chapters.c08_money import taka
from tests.story.outside import until
from tests.story.telling import Tale, step
from tests.story.walker import Walker

MONTH = {"billing": "monthly", "price_minor": "6,000", "lines-0-title": "পোস্ট", "lines-0-count": "60"}


@step("ada hires ben month by month, pays the first month and keeps her card; from then on it is charged by her consent", "ada, ben, sam")
def retainer(tale: Tale) -> None:
    ada = draft(tale, "management", MANAGEMENT | {"title": "মাসে মাসে পোস্ট আর ইনবক্স"})
    tale.kept["months"] = key(ada.url)
    ada.submit("/edit", press="preview").submit("/submission")
    publish(tale, "months")
    hire(tale, "months", **MONTH, starts_on=today(tale).date().isoformat())
    ada = contract(tale, "ada").follow("/funding$")
    pay(tale, ada.submit("/funding", keep_card="y"), GOOD)
    contract(tale, "ada").follow("/card-consent$").submit("/card-consent$")
    contract(tale, "ben").reads("4242")
    deliver(tale, "এ মাসের ষাটটা পোস্ট।")
    tale.kept["monthly"] = tale.kept["contract"]


@step("ben is hired for the boosting job; the work and the dollars for ads are paid in at once, at the rate of the day", "ada, ben, sam")
def funded(tale: Tale) -> None:
    at(tale, "sam", "/staff/exchange-rates").submit("/exchange-rates", rate_minor="122.50", source="বাংলাদেশ ব্যাংক", link="https://www.bb.org.bd/")
    hire(tale, "boosting")
    ada = contract(tale, "ada").follow("/funding$").reads(taka(tale, "40").replace("৳", "$"), taka(tale, "4,900")).submit("/funding")
    until(lambda: "/contracts/" in ada.open(ada.url).url, "the saved card's bank to answer")
    contract(tale, "ben").reads(tale.say("Ad money, the second pot"), taka(tale, "5,635"))


@step("ada lets ben boost her page; he plans, she approves exactly that, Meta spends ten dollars", "ada, ben")
def boosted(tale: Tale) -> None:
    reconnect(tale)
    ada = proven(tale, contract(tale, "ada").follow("/grants/new"))
    ada.submit("/grants$", channel=chosen(ada, "channel"), rights=["boost"], until=(today(tale) + timedelta(days=30)).date().isoformat(),
               **warned(ada))
    ben = contract(tale, "ben").follow("/boosts/new")
    ben.submit("/boosts$", title="ঈদের কালেকশন", post_id=tale.outside.get("/meta/world.json")["posts"][0]["id"], budget_minor="10", days="2")
    tale.kept["boost"] = ben.url
    at(tale, "ada", tale.kept["boost"]).submit("/approval")
    at(tale, "ben", tale.kept["boost"]).submit("/launch")
    until(lambda: at(tale, "ada", tale.kept["boost"]).offers("/pause"), "the boost to run")
    tale.outside.advance(timedelta(days=2, minutes=1))
    until(lambda: not at(tale, "ada", tale.kept["boost"]).offers("/pause"), "the boost to end")


@step("ben hands in Meta's receipt, ada approves it; what was not spent goes back to her card by itself", "ada, ben")
def drawn(tale: Tale) -> None:
    before = len(refunds(tale))
    ben = contract(tale, "ben").follow("/draws/new")
    receipt = {"file": ("receipt.png", picture(), "image/png")}
    ben.submit("/draws$", files=receipt, receipt_number="FBADS-108-104857600", dollars_minor="10", vat_minor="1.50")
    at(tale, "ada", ben.url).submit("/approval").reads(taka(tale, "1,408"))
    tale.outside.advance(timedelta(days=8))
    until(lambda: len(refunds(tale)) == before + 1, "what is left to return")
    contract(tale, "ada").reads(taka(tale, "4,226"))


@step("the next month is told to ada, told again, and charged to the card she agreed to", "ada, ben")
def charged(tale: Tale) -> None:
    tale.kept["contract"] = tale.kept["monthly"]
    for times, day in enumerate((18, 2), start=1):
        tale.outside.advance(timedelta(days=day))
        until(lambda times=times: told(tale) == times, "the letter about the next month")
    tale.outside.advance(timedelta(days=3))
    until(lambda: tale.say("Money held, work goes on") in contract(tale, "ben").text, "the second month")


def told(tale: Tale) -> int:
    """How many letters have announced the charge."""
    return sum("4242" in one["text"] and taka(tale, "6,000") in one["subject"] for one in tale.outside.letters(tale.email("ada")))


def reconnect(tale: Tale) -> None:
    """The page was let go when nobody worked on it any more; Facebook knows Ada by now."""
    ada = at(tale, "ada", "/channels").submit("/channels/facebook/consents")
    ada.follow("person=", saying="Ada Rahman").submit("/oauth", press="continue")
    ada.submit("/channels$", page=tale.kept["page"], brand=chosen(ada, "brand"))


def hire(tale: Tale, job: str, **terms: str) -> None:
    """Ben bids for a published job, ada offers it to him, and he accepts: the contract that is spoken of from now on."""
    address = f"/jobs/{tale.kept[job]}"
    ben = at(tale, "ben", address).follow("/bid$")
    answers = {"answers-0": "নকশি, রঙ।"} if ben.form("/bid").find(attrs={"name": "answers-0"}) else {}
    ben.submit("/bid", price_minor="800", days="10", strategy="সকালে পোস্ট, রাতে উত্তর।", **answers, **rows([("সব কাজ", "800", "10")]))
    ada = at(tale, "ada", f"{address}/bids").follow("/bids/[0-9a-f-]{36}$").follow("/bids/[0-9a-f-]{36}/offer")
    ada.submit("/offer", **terms)
    tale.kept["contract"] = accepted(at(tale, "ben", ada.url))


def accepted(ben: Walker) -> str:
    """The contract's id."""
    return key(ben.submit("/acceptance").url)
