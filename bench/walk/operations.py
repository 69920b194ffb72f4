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
NUMBERS = re.compile(r"^(done-\d+|days)$")
AMOUNTS = ("amount", "amount_minor", "claimed", "claimed_minor", "to_manager", "to_manager_minor")


def nothing(_chance: random.Random, _form: Form) -> dict[str, str]:
    """The form as it stands."""
    return {}


def words(chance: random.Random, form: Form) -> dict[str, str]:
    """Something in every field that wants words."""
    return {name: f"Because of number {chance.randint(1, 999)}." for name in WORDS if name in form.fields}


def work(chance: random.Random, form: Form) -> dict[str, str]:
    """Words, and mostly where the work can be seen: without it the team looks before young money is sent."""
    return words(chance, form) | ({"links": f"https://facebook.com/posts/{chance.randint(1, 999)}"} if chance.random() < 0.85 else {})


def card(chance: random.Random, _form: Form) -> dict[str, str]:
    """One of Stripe's test cards."""
    number = chance.choices(list(CARDS), list(CARDS.values()))[0]
    return {"card_number": number, "expiry": "12 / 34", "cvc": "123", "name": "A PAYER", "email": "payer@example.com"}


def bank(chance: random.Random, _form: Form) -> dict[str, str]:
    """What the bank hears."""
    return {"complete" if chance.random() < 0.9 else "fail": "yes"}


def part(chance: random.Random, form: Form) -> dict[str, str]:
    """Words, any of the choices, and where an amount may be written mostly a part: taka and poisha, now and then too much."""
    typed = words(chance, form) | {name: chance.choice(values) for name, values in form.choices.items()}
    for name in AMOUNTS:
        if name in form.fields and chance.random() < 0.7:
            typed[name] = f"{chance.choice((1, 7, 33, 125, 240, 499, 900))}.{chance.choice(('00', '01', '50', '99'))}"
    return typed


def paying(chance: random.Random, form: Form) -> dict[str, str]:
    """With any card the page offers, kept or not for the next time."""
    return {name: chance.choice(values) for name, values in form.choices.items() if name != "keep_card" or chance.random() < 0.5}


def gift(chance: random.Random, form: Form) -> dict[str, str]:
    """A sum and how it is paid."""
    return paying(chance, form) | {"amount": str(chance.choice((100, 120.01, 250.5)))}


def sum_(chance: random.Random, form: Form) -> dict[str, str]:
    """An amount that is never left open, and words."""
    typed = words(chance, form) | {name: chance.choice(values) for name, values in form.choices.items() if name != "manager_at_fault"}
    written = [name for name in AMOUNTS if name in form.fields]
    return typed | {name: f"{chance.choice((33, 125, 240, 499))}.{chance.choice(('00', '01', '50'))}" for name in written}


def changed(chance: random.Random, form: Form) -> dict[str, str]:
    """A step as it is to be, under a name of its own."""
    title, amount = f"Step {chance.randint(10**6, 10**9)}", chance.choice(("500", "750.50", "1333.33"))
    return words(chance, form) | {"title": title, "amount_minor": amount, "days": str(chance.randint(3, 20))}


def counted(chance: random.Random, form: Form) -> dict[str, str]:
    """How much was done of each line."""
    return {name: str(chance.randint(0, 60)) for name in form.fields if NUMBERS.match(name)}


def receipt(chance: random.Random, _form: Form) -> dict[str, str]:
    """Meta's, of some dollars; now and then one that was handed in before."""
    number = chance.randint(1, 10 ** chance.choice((1, 9)))
    dollars, vat = chance.choice((("2.50", "0"), ("5", "0.75"), ("9.99", "0.30")))
    return {"receipt_number": f"FBADS-{number}", "dollars_minor": dollars, "vat_minor": vat}


def taken(chance: random.Random, _form: Form) -> dict[str, str]:
    """Why what was released goes back."""
    return {"take_back-reason": f"No work behind number {chance.randint(1, 999)}."}


def paid(chance: random.Random, _form: Form) -> dict[str, str]:
    """The bank's number."""
    return {"reference": f"TRX{chance.randint(10**8, 10**12)}"}


def division(chance: random.Random, form: Form) -> dict[str, str]:
    """All that is claimed, divided somehow."""
    claimed = CLAIMED.search(form.page)
    whole = round(float(claimed[1].replace(",", "")) * 100) if claimed else 0
    manager = chance.choice((0, whole, whole // 3))
    grounds = {"grounds": chance.choice(form.choices["grounds"])} if "grounds" in form.choices else {}
    return words(chance, form) | grounds | {"to_manager": f"{manager / 100:.2f}", "to_business": f"{(whole - manager) / 100:.2f}"}


CLAIMED = re.compile(r"claims \D*([\d,]+(?:\.\d+)?)")


@dataclass(frozen=True)
class Operation:
    """`at` is searched in the address of links and forms. Of a link, the form behind it is sent: `then`, or `at` as well; or it is
    only followed, to what that page offers (`look`). `watched` is how often people look where it leads: to a payment page always."""

    name: str
    weight: float
    at: str
    then: str = ""
    fill: Fill = field(default=nothing)
    look: bool = False
    watched: float = 0.1


LEAVES = 4
"""How often somebody does nothing, beside the weights of what is offered."""
OPERATIONS = (
    Operation("fund", 20, r"/milestones/[^/]+/funding$", fill=paying, watched=1),
    Operation("pay", 150, r"/stripe/checkout/", fill=card, watched=0.6),
    Operation("answer the bank", 150, r"/stripe/challenges/", fill=bank),
    Operation("call the payment off", 10, r"/funding/cancellation$"),
    Operation("deliver", 60, r"/milestones/[^/]+/delivery$", r"/deliveries$", work),
    Operation("ask for changes", 30, r"/milestones/[^/]+/changes$", fill=words),
    Operation("take more days", 10, r"/milestones/[^/]+/extension$"),
    Operation("approve", 50, r"/milestones/[^/]+/approval$", fill=part),
    Operation("ask for the money back", 20, r"/milestones/[^/]+/refund-request$", r"/refund-requests$", part),
    Operation("refuse to give back", 20, r"/refund-requests/[^/]+/refusal$"),
    Operation("give the money back", 6, r"/milestones/[^/]+/refund$", fill=part),
    Operation("agree to give back", 20, r"/refund-requests/[^/]+/agreement$"),
    Operation("pause", 1, r"/contracts/[^/]+/pause$", fill=words),
    Operation("go on", 40, r"/contracts/[^/]+/resumption$"),
    Operation("end", 0.1, r"/contracts/[^/]+/ending$", fill=words),
    Operation("claim", 1, r"/milestones/[^/]+/dispute$", r"/milestones/[^/]+/disputes$", sum_),
    Operation("look at the claim", 30, r"/disputes/[0-9a-f-]{36}$", look=True),
    Operation("accept the claim", 6, r"/disputes/[^/]+/acceptance$"),
    Operation("claim less", 3, r"/disputes/[^/]+/reduction$", fill=sum_),
    Operation("answer the claim", 6, r"/disputes/[^/]+/statements$", fill=part),
    Operation("propose to divide", 10, r"/disputes/[^/]+/proposal$", r"/disputes/[^/]+/proposals$", sum_),
    Operation("accept the proposal", 20, r"/dispute-proposals/[^/]+/acceptance$"),
    Operation("refuse the proposal", 5, r"/dispute-proposals/[^/]+/refusal$"),
    Operation("withdraw the claim", 4, r"/disputes/[^/]+/withdrawal$"),
    Operation("pay a debt", 40, r"/debt-payments$", fill=part, watched=1),
    Operation("give a bonus", 2, r"/contracts/[^/]+/bonus$", r"/bonuses$", gift, watched=1),
    Operation("take the bonus back", 3, r"/bonuses/[^/]+/cancellation$"),
    Operation("propose a change", 0.6, r"/contracts/[^/]+/change-order(\?|$)", r"/change-orders$", changed),
    Operation("look at the change", 8, r"/change-orders/[0-9a-f-]{36}$", look=True),
    Operation("accept the change", 20, r"/change-orders/[^/]+/acceptance$"),
    Operation("refuse the change", 20, r"/change-orders/[^/]+/refusal$"),
    Operation("withdraw the change", 3, r"/change-orders/[^/]+/withdrawal$"),
    Operation("let the card be charged", 10, r"/contracts/[^/]+/card-consent$", fill=paying),
    Operation("charge by hand again", 2, r"/card-consent/withdrawal$"),
    Operation("count what was done", 30, r"/milestones/[^/]+/proposal$", fill=counted),
    Operation("agree to the count", 30, r"/month-proposals/[^/]+/agreement$"),
    Operation("refuse the count", 10, r"/month-proposals/[^/]+/refusal$"),
    Operation("hand in a receipt", 20, r"/ad-money/[^/]+/draws/new$", r"/ad-money/[^/]+/draws$", receipt),
    Operation("look at the receipt", 20, r"/draws/[0-9a-f-]{36}$", look=True),
    Operation("repay the receipt", 30, r"/draws/[^/]+/approval$"),
    Operation("refuse the receipt", 8, r"/draws/[^/]+/refusal$", fill=words),
    Operation("look at the payout", 30, r"/staff/payouts/[0-9a-f-]{36}$", look=True),
    Operation("take the payout", 40, r"/staff/payouts/[^/]+/claim$"),
    Operation("record the payout", 40, r"/staff/payouts/[^/]+/payment$", fill=paid),
    Operation("confirm the payout", 40, r"/staff/payouts/[^/]+/confirmation$"),
    Operation("refuse the payout", 4, r"/staff/payouts/[^/]+/refusal$", fill=words),
    Operation("book a returned payout", 1, r"/staff/payouts/[^/]+/return$", fill=words),
    Operation("let the doubted pass", 30, r"/staff/payout-checks/transfers/[0-9a-f-]{36}$", fill=words),
    Operation("take the dispute", 40, r"/disputes/[^/]+/assignment$"),
    Operation("decide the dispute", 60, r"/disputes/[^/]+/decision$", fill=division),
    Operation("refund by the team", 10, r"/staff/milestones/[^/]+/refunds$", fill=sum_),
    Operation("look at the doubted", 15, r"/staff/payout-checks/transfers/[0-9a-f-]{36}$", look=True),
    Operation("take back what was released", 20, r"/staff/milestones/[^/]+/(money|take-backs)$", r"/take-backs$", taken),
    Operation("look at the proposal", 30, r"/staff/money-proposals/[0-9a-f-]{36}$", look=True),
    Operation("confirm the proposal", 30, r"/staff/money-proposals/[^/]+/confirmation$"),
    Operation("refuse what was proposed", 6, r"/staff/money-proposals/[^/]+/refusal$", fill=words),
    Operation("look at the charge-back", 15, r"/chargebacks/[0-9a-f-]{36}$", look=True),
    Operation("let the business go on", 30, r"/chargebacks/[^/]+/clearance$", fill=words),
    Operation("tick the list", 20, r"/handover-items/[^/]+/tick$"),
)
KNOWN = re.compile("|".join(operation.at for operation in OPERATIONS))
"""Most links of a page are none of these."""


@dataclass(frozen=True)
class Offered:
    """One thing that the page in front of somebody lets them do."""

    operation: Operation
    form: Form | None
    link: str


def offered(page: Page) -> list[Offered]:
    """What the page offers, in its order."""
    forms = [form for form in page.outline.forms if KNOWN.search(form.address)]
    links = [link for link in page.outline.links if KNOWN.search(link)]
    found = []
    for operation in OPERATIONS:
        found += [Offered(operation, form, "") for form in forms if re.search(operation.at, form.address)]
        found += [Offered(operation, None, link) for link in links if re.search(operation.at, link)]
    return found


def choose(chance: random.Random, there: list[Offered]) -> Offered | None:
    """One of them, by weight; or none: where only rare things are offered, people mostly leave."""
    return chance.choices((*there, None), [*(one.operation.weight for one in there), LEAVES])[0]


def reach(chance: random.Random, tab: Tab, wish: Offered, stale: bool) -> Form | None:
    """The form to be sent, opening the page behind a link, or one still open; any of several; None when that page has it not any more."""
    if wish.form:
        return wish.form
    sought = wish.operation.then or wish.operation.at
    there = [form for form in tab.turn_to(wish.link, stale).outline.forms if re.search(sought, form.address)]
    return chance.choice(there) if there else None
