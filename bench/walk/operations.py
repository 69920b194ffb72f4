"""What users do with money: a table. An operation is known by the address of the link or form that a page offers for it.

A new one is a line: its name, how often it is chosen beside others, the address, and what is typed.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.walk.browser import Form, Page, Tab

Fill = Callable[[random.Random, Form], dict[str, str]]
CARDS = {
    "4242424242424242": 80,
    "4000002760003184": 8,  # asks the bank
    "4000000000000002": 5,  # declined
    "4000000000005126": 3,  # its refunds fail
    "4000000000007726": 3,  # its refunds take their time
    "4000000000009011": 2,  # the bank says yes later
    "4000000000009029": 1,  # the bank says no later
    "4000000000000259": 1,  # charged back
}

WORDS = ("note", "reason", "why", "message", "text")
"""Names of fields that want words."""


def nothing(_chance: random.Random, _form: Form) -> dict[str, str]:
    """The form as it stands."""
    return {}


def words(chance: random.Random, form: Form) -> dict[str, str]:
    """Something in every field that wants words."""
    return {name: f"Because of number {chance.randint(1, 999)}." for name in WORDS if name in form.fields}


def card(chance: random.Random, _form: Form) -> dict[str, str]:
    """One of Stripe's test cards."""
    number = chance.choices(list(CARDS), list(CARDS.values()))[0]
    return {"card_number": number, "expiry": "12 / 34", "cvc": "123", "name": "A PAYER", "email": "payer@example.com"}


def bank(chance: random.Random, _form: Form) -> dict[str, str]:
    """What the bank hears."""
    return {"complete" if chance.random() < 0.9 else "fail": "yes"}


def some(most: str = "amount") -> Fill:
    """Part of an amount that the form proposes, or all of it."""

    def fill(chance: random.Random, form: Form) -> dict[str, str]:
        proposed = re.sub(r"[^0-9.]", "", form.fields.get(most, ""))
        if not proposed or chance.random() < 0.5:
            return words(chance, form)
        return words(chance, form) | {most: f"{max(1, int(float(proposed) * chance.randint(10, 90) / 100))}"}

    return fill


@dataclass(frozen=True)
class Operation:
    """`at` is searched in the address of links and forms. Of a link, the form behind it is sent: `then`, or `at` as well."""

    name: str
    weight: float
    at: str
    then: str = ""
    fill: Fill = field(default=nothing)


LEAVES = 10
"""How often somebody does nothing, beside the weights of what is offered."""
OPERATIONS = (
    Operation("fund", 60, r"/milestones/[^/]+/funding$"),
    Operation("pay", 150, r"/stripe/checkout/", fill=card),
    Operation("answer the bank", 150, r"/stripe/challenges/", fill=bank),
    Operation("call the payment off", 10, r"/funding/cancellation$"),
    Operation("deliver", 60, r"/milestones/[^/]+/delivery$", r"/deliveries$", words),
    Operation("ask for changes", 12, r"/milestones/[^/]+/changes$", fill=words),
    Operation("take more days", 5, r"/milestones/[^/]+/extension$"),
    Operation("approve", 50, r"/milestones/[^/]+/approval$", fill=some()),
    Operation("ask for the money back", 5, r"/milestones/[^/]+/refund-request$", r"/refund-requests$", some()),
    Operation("refuse to give back", 20, r"/refund-requests/[^/]+/refusal$"),
    Operation("give the money back", 6, r"/milestones/[^/]+/refund$"),
    Operation("pause", 1, r"/contracts/[^/]+/pause$", fill=words),
    Operation("go on", 40, r"/contracts/[^/]+/resumption$"),
    Operation("end", 0.1, r"/contracts/[^/]+/ending$", fill=words),
    Operation("tick the list", 20, r"/handover-items/[^/]+/tick$"),
)


@dataclass(frozen=True)
class Offered:
    """One thing that the page in front of somebody lets them do."""

    operation: Operation
    form: Form | None
    link: str


def offered(page: Page) -> list[Offered]:
    """What the page offers, in its order."""
    found = []
    for operation in OPERATIONS:
        found += [Offered(operation, form, "") for form in page.outline.forms if re.search(operation.at, form.address)]
        found += [Offered(operation, None, link) for link in page.outline.links if re.search(operation.at, link)]
    return found


def choose(chance: random.Random, page: Page) -> Offered | None:
    """One of them, by weight; or none: where only rare things are offered, people mostly leave."""
    there = offered(page)
    return chance.choices((*there, None), [*(one.operation.weight for one in there), LEAVES])[0]


def reach(tab: Tab, wish: Offered) -> Form | None:
    """The form to be sent, opening the page behind a link; None when that page has it not any more."""
    if wish.form:
        return wish.form
    sought = wish.operation.then or wish.operation.at
    return next((form for form in tab.open(wish.link).outline.forms if re.search(sought, form.address)), None)
