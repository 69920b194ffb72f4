"""Ben says where he is paid; ada's card is declined, another is paid with 3-D Secure: the money is held."""
from __future__ import annotations

from urllib.parse import urljoin

from tests.story.chapters.c01_people import at, proven
from tests.story.outside import until
from tests.story.telling import Tale, step
from tests.story.walker import TIMEOUT

DECLINED, THREE_D_SECURE, GOOD = "4000000000000002", "4000002760003184", "4242424242424242"
CARD = {"expiry": "12 / 34", "cvc": "123", "name": "ADA RAHMAN"}


@step("ben sets up where he is paid, at Stripe", "ben")
def onboarding(tale: Tale) -> None:
    ben = tale.person("ben").open("/payments/payout-account").submit("/payments/payout-account")
    if "/password-again" in ben.url:
        proven(tale, ben).submit("/payments/payout-account")
    ben.submit("/onboarding/", press="finish", name="Ben Das", birthday="1995-02-21", account_number="000123456789")
    until(lambda: tale.say("ready") in ben.open("/payments/payout-account").text, "the payout account to be ready")


@step("ada sees what she pays; a declined card takes nothing", "ada")
def declined(tale: Tale) -> None:
    ada = tale.person("ada").open(f"/contracts/{tale.kept['contract']}").follow("/funding")
    ada.reads("3,087" if tale.language == "en" else "৩,০৮৭").submit("/funding")
    tale.kept["checkout"] = ada.url
    ada.submit("/checkout/", expect=402, card_number=DECLINED, **CARD)
    tale.person("ben").open(f"/contracts/{tale.kept['contract']}").reads(tale.say("At the payment page"))


@step("ada pays with 3-D Secure; both see the money held", "ada, ben")
def paid(tale: Tale) -> None:
    pay(tale, tale.person("ada").open(tale.kept["checkout"]), THREE_D_SECURE)
    for name in ("ada", "ben"):
        tale.person(name).open(f"/contracts/{tale.kept['contract']}").reads(tale.say("Money held, work goes on"))
        tale.outside.letter_to(tale.email(name), "৩,০০০" if tale.language == "bn" else "3,000")


@step("ada takes the receipt the worker has drawn", "ada")
def receipt(tale: Tale) -> None:
    ada = tale.person("ada")
    ada.open(f"/contracts/{tale.kept['contract']}").follow("/payments/")
    until(lambda: ada.open(ada.url).offers("/files/"), "the receipt")
    address = next(link for link in ada.links() if link.startswith("/files/"))
    sheet = ada.session.get(urljoin(ada.url, address), timeout=TIMEOUT)
    assert sheet.headers["Content-Type"] == "application/pdf", sheet.headers
    assert f"<rdf:li>{tale.language}<".encode() in sheet.content, "the receipt's language"


def pay(tale: Tale, ada: object, card: str) -> None:
    """Fill in the card, answer the bank, come back; the page finishes by itself once Stripe has answered."""
    ada.submit("/checkout/", card_number=card, **CARD)
    if "/challenges/" in ada.url:
        ada.submit("/challenges/", press="complete")
    until(lambda: "/contracts/" in ada.url or "/contracts/" in ada.open(ada.url).url, "the way back from the payment page")


def fund(tale: Tale, card: str = GOOD) -> None:
    """Pay in for the next step."""
    ada = at(tale, "ada", f"/contracts/{tale.kept['contract']}").follow("/funding$")
    pay(tale, ada.submit("/funding"), card)
