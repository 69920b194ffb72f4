"""What only one may have, as a table: how it comes to be there, the form that twenty send, and what the database counts afterwards.

Of a contract's money a new one is a line: the operations (of `bench.walk.operations`) that lead there, the one that is sent, and
a statement that counts what came of it.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from bench.walk.browser import Form, Line, Tab
from bench.walk.ground import Ground
from bench.walk.market import PASSWORD, Party, new_bid, new_business, new_contract, new_job, new_manager
from bench.walk.operations import CARDS, offered, reach
from marketplace.accounts.commands import passwords
from marketplace.contracts.commands import offers
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.managers import commands as managers

SHOTS = 20
PATIENCE = 40
"""How often a page is looked at again until it offers the next step: webhooks and jobs take their moment."""
_numbers = count(1)
Counted = tuple[str, dict[str, object]]
STEADY = random.Random(1)


class _First(random.Random):
    """Of several forms the first: all of the money, not a part."""

    def choice(self, seq: Any) -> Any:
        return seq[0]


FIRST = _First()
TERMS = {"title": "All of it", "scope": "Posts and the inbox.", "changes_included": 2, "notice_days": 7, "ownership": "business",
         "milestones": [{"title": "All of it", "amount_minor": 100_000, "days": 10}]}  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One of the twenty: in which tab, which form, and what is typed."""

    tab: Tab
    form: Form
    fields: dict[str, str]


Prepare = Callable[[Ground, Line, random.Random], tuple[list[Shot], Counted]]


@dataclass(frozen=True)
class Resource:
    """`prepare` gives the shots of a round, and what to count after it."""

    name: str
    prepare: Prepare


def step(name: str, *, side: str, counted: str, after: str = "") -> Resource:
    """A step of a contract's money, after others (names with commas between them)."""

    def prepare(ground: Ground, line: Line, chance: random.Random) -> tuple[list[Shot], Counted]:
        with ground.app.app_context():
            number = next(_numbers)
            secret = passwords.hashed(PASSWORD)
            deal = new_contract(chance, number, new_business(f"burst-{number}", secret), new_manager(ground, f"burst-{number}", secret))
            db.session.commit()
        for earlier in filter(None, after.split(", ")):
            press(line, deal, earlier)
        tab, form, fields = ready(line, deal, name, side)
        return _twenty(line, tab, form, fields), (counted, {"contract": f"contract:{deal.contract}", "id": deal.contract})

    return Resource(name, prepare)


def press(line: Line, deal: object, name: str) -> None:
    """One step before, by whoever may."""
    side = {"deliver": "manager", "give the money back": "manager", "refuse to give back": "manager"}.get(name, "business")
    tab, form, fields = ready(line, deal, name, side)
    tab.send(form, fields)


def ready(line: Line, deal: object, name: str, side: str) -> tuple[Tab, Form, dict[str, str]]:
    """The form of an operation in front of somebody, as soon as their page offers it."""
    tab = line.tab(deal.party(side))  # type: ignore[attr-defined]
    for _ in range(PATIENCE):
        there = [one for one in offered(tab.open(deal.path)) if one.operation.name == name]  # type: ignore[attr-defined]
        form = reach(FIRST, tab, there[0]) if there else None
        if form:
            return tab, form, _typed(there[0].operation.fill(STEADY, form), name)
        tab.wait()
    raise RuntimeError(f"{deal}: nobody offers {name}")


def _typed(fields: dict[str, str], name: str) -> dict[str, str]:
    """Always a card that pays."""
    if name == "pay":
        return fields | {"card_number": next(iter(CARDS))}
    return {key: value for key, value in fields.items() if "amount" not in key}


def _twenty(line: Line, tab: Tab, form: Form, fields: dict[str, str]) -> list[Shot]:
    return [Shot(line.tab(tab.party), form, fields) for _ in range(SHOTS)]


def on_a_bid(name: str, path: str, side: str, counted: str, offer: bool = False) -> Resource:
    """Something done to one bid or the offer made on it. `path` with `{bid}` or `{offer}`."""

    def prepare(ground: Ground, line: Line, chance: random.Random) -> tuple[list[Shot], Counted]:
        number = next(_numbers)
        with ground.app.app_context():
            secret = passwords.hashed(PASSWORD)
            business, owner = new_business(f"burst-{number}", secret)
            manager = new_manager(None, f"burst-{number}", secret)
            bid = new_bid(new_job(business, owner, 100_000), manager, 100_000)
            ids: dict[str, object] = {"bid": bid.id}
            ids |= {"offer": offers.make_offer(bid, owner, TERMS).id} if offer else {}
            people = {"business": Party(owner.email, "business"), "manager": Party(manager.person.email, "manager")}
            db.session.commit()
        tab = line.tab(people[side])
        form = tab.empty_form(path.format(**ids))
        return _twenty(line, tab, form, {"version": "1"}), (counted, ids)

    return Resource(name, prepare)


def last_place(ground: Ground, line: Line, _chance: random.Random) -> tuple[list[Shot], Counted]:
    """Twenty managers write their bid; the job has one place left."""
    number = next(_numbers)
    with ground.app.app_context():
        secret = passwords.hashed(PASSWORD)
        business, owner = new_business(f"burst-{number}", secret)
        job = new_job(business, owner, 100_000)
        for other in range(BIDS_A_JOB - 1):
            new_bid(job, new_manager(None, f"burst-{number}-had-{other}", secret), 100_000)
        hopeful = [new_manager(None, f"burst-{number}-wants-{other}", secret) for other in range(SHOTS)]
        for manager in hopeful:
            managers.mark_vetted(manager, "management", clock.now() + timedelta(days=100), ["identity", "past_work", "interview"])
        job.bid_count, parties, key = BIDS_A_JOB - 1, [Party(manager.person.email, "manager") for manager in hopeful], job.id
        db.session.commit()
    return [_bid_written(line, party, key) for party in parties], (
        "select count(*) - :had from bids where job_id = :job and status = 'submitted'", {"job": key, "had": BIDS_A_JOB - 1})  # fmt: skip


def _bid_written(line: Line, party: Party, job: uuid.UUID) -> Shot:
    tab = line.tab(party)
    form = next(form for form in tab.open(f"/jobs/{job}/bid").outline.forms if form.address.endswith("/bid"))
    return Shot(tab, form, {
        "price_minor": "1000", "days": "10", "posts_a_week": "5", "strategy": "Every evening one post, the inbox until eleven.",
        "milestones-0-title": "All of it", "milestones-0-amount_minor": "1000", "milestones-0-days": "10",
    })  # fmt: skip


BIDS_A_JOB = 15
AUDITED = "select count(*) from audit_entries where action = '{0}' and subject = {1}"
POSTED = "select count(*) from ledger_transactions where contract = :contract and verb = '{0}'"
OF_STEPS = "select count(*) from {0} t join milestones m on m.id = t.milestone_id where m.contract_id = :id"
PAYMENTS = "select count(*) from payments where contract = :contract"
CONTRACTS = "select count(*) from contracts where offer_id = :offer"
RESOURCES = (
    step("fund", side="business", counted=PAYMENTS),
    step("call the payment off", side="business", after="fund", counted=PAYMENTS + " and status = 'cancelled'"),
    step("deliver", side="manager", after="fund, pay", counted=OF_STEPS.format("deliveries")),
    step("ask for changes", side="business", after="fund, pay, deliver", counted=OF_STEPS.format("change_requests")),
    step("approve", side="business", after="fund, pay, deliver", counted=POSTED.format("release")),
    step("ask for the money back", side="business", after="fund, pay", counted=OF_STEPS.format("refund_requests")),
    step("give the money back", side="manager", after="fund, pay", counted=POSTED.format("refund")),
    step("agree to give back", side="manager", after="fund, pay, ask for the money back", counted=POSTED.format("refund")),
    step("refuse to give back", side="manager", after="fund, pay, ask for the money back",
         counted=OF_STEPS.format("refund_requests") + " and t.status = 'declined'"),
    step("pause", side="business", counted=AUDITED.format("contract.pause", ":contract")),
    step("go on", side="business", after="pause", counted=AUDITED.format("contract.resume", ":contract")),
    step("end", side="business", counted=AUDITED.format("contract.end", ":contract")),
    on_a_bid("shortlist a bid", "/bids/{bid}/shortlisting", "business", AUDITED.format("bid.shortlist", "'bid:' || :bid")),
    on_a_bid("take a bid back", "/bids/{bid}/withdrawal", "manager", AUDITED.format("bid.withdraw", "'bid:' || :bid")),
    on_a_bid("accept an offer", "/offers/{offer}/acceptance", "manager", CONTRACTS, offer=True),
    on_a_bid("decline an offer", "/offers/{offer}/refusal", "manager", AUDITED.format("offer.decline", "'offer:' || :offer"), offer=True),
    Resource("the last place for a bid", last_place),
)  # fmt: skip
