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
from bench.walk.market import (
    PASSWORD,
    Deal,
    Party,
    dollar_rate,
    new_bid,
    new_boosting,
    new_business,
    new_contract,
    new_job,
    new_manager,
)
from bench.walk.operations import CARDS, offered, reach
from marketplace.accounts.commands import passwords
from marketplace.boosts.queries import newest_rate
from marketplace.contracts.commands import offers
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.managers import commands as managers
from marketplace.payments.models import Rail

SHOTS = 20
PATIENCE = 40
"""How often a page is looked at again until it offers the next step: webhooks and jobs take their moment."""
WRONG = 400
LONG_HERE = 12
"""Clean contracts of a manager whose pay does not wait after a release."""
ALL_OF_IT = ("approve", "ask for the money back", "give the money back")
BY_THE_MANAGER = ("deliver", "give the money back", "refuse to give back", "hand in a receipt")
numbers = count(1)
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


Begin = Callable[[random.Random, int, Any, Any], Deal]
Prepare = Callable[[Ground, Line, random.Random], tuple[list[Shot], Counted]]


@dataclass(frozen=True)
class Resource:
    """`prepare` gives the shots of a round, and what to count after it."""

    name: str
    prepare: Prepare


def step(name: str, *, side: str, counted: str, after: str = "", begin: Begin = new_contract) -> Resource:
    """A step of a contract's money, after others (names with commas between them), of a contract that begins so."""

    def prepare(ground: Ground, line: Line, chance: random.Random) -> tuple[list[Shot], Counted]:
        deal = fresh(ground, chance, begin)
        for earlier in filter(None, after.split(", ")):
            press(line, deal, earlier)
        tab, form, fields = ready(line, deal, name, side)
        return twenty(line, tab, form, fields), (counted, {"contract": f"contract:{deal.contract}", "id": deal.contract})

    return Resource(name, prepare)


def fresh(ground: Ground, chance: random.Random, begin: Begin = new_contract, rail: Rail = Rail.stripe_connect) -> Deal:
    """A contract of two who have no other; its manager waits for nothing after a release."""
    with ground.app.app_context():
        number = next(numbers)
        secret = passwords.hashed(PASSWORD)
        hirer = new_business(f"burst-{number}", secret)
        if not newest_rate():
            db.session.add(dollar_rate(hirer[1]))
        deal = begin(chance, number, hirer, new_manager(ground, f"burst-{number}", secret, rail=rail, clean=LONG_HERE))
        db.session.commit()
    return deal


def press(line: Line, deal: Deal, name: str) -> None:
    """One step before, by whoever may."""
    tab, form, fields = ready(line, deal, name, "manager" if name in BY_THE_MANAGER else "business")
    if (page := tab.send(form, fields)).status >= WRONG:
        raise RuntimeError(f"{name}: answered {page.status} to {fields} of {form}")


def ready(line: Line, deal: Deal, name: str, side: str) -> tuple[Tab, Form, dict[str, str]]:
    """The form of an operation in front of somebody, as soon as their page offers it."""
    tab = line.tab(deal.party(side))
    return tab, *found(tab, deal.path, name)


def found(tab: Tab, path: str, name: str) -> tuple[Form, dict[str, str]]:
    """The form of an operation on a page, or on one that it leads to, as soon as it is offered; and what is typed."""
    for _ in range(PATIENCE):
        there = offered(tab.open(path))
        there += [one for way in there if way.operation.look for one in offered(tab.open(way.link))]
        wish = next((one for one in there if one.operation.name == name), None)
        form = reach(FIRST, tab, wish, stale=False) if wish else None
        if wish and form:
            return form, _typed(wish.operation.fill(STEADY, form), name)
        tab.wait()
    raise RuntimeError(f"{path}: nobody offers {name}")


def _typed(fields: dict[str, str], name: str) -> dict[str, str]:
    """Always a card that pays, and all of the money, back to the card."""
    if name == "pay":
        return fields | {"card_number": next(iter(CARDS))}
    return {key: value for key, value in fields.items() if name not in ALL_OF_IT or key not in ("amount", "for_next")}


def twenty(line: Line, tab: Tab, form: Form, fields: dict[str, str]) -> list[Shot]:
    return [Shot(line.tab(tab.party), form, fields) for _ in range(SHOTS)]


def on_a_bid(name: str, path: str, side: str, counted: str, offer: bool = False) -> Resource:
    """Something done to one bid or the offer made on it. `path` with `{bid}` or `{offer}`."""

    def prepare(ground: Ground, line: Line, chance: random.Random) -> tuple[list[Shot], Counted]:
        number = next(numbers)
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
        return twenty(line, tab, form, {"version": "1"}), (counted, ids)

    return Resource(name, prepare)


def last_place(ground: Ground, line: Line, _chance: random.Random) -> tuple[list[Shot], Counted]:
    """Twenty managers write their bid; the job has one place left."""
    number = next(numbers)
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
CHANGES = "select count(*) from change_orders where contract_id = :id"
SPLITS = ("select count(*) from split_proposals p join disputes d on d.id = p.dispute_id join milestones m on m.id = d.milestone_id "
          "where m.contract_id = :id")  # fmt: skip
DRAWS = "select count(*) from ad_draws t join ad_pots p on p.id = t.pot_id where p.contract_id = :id"
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
    step("give a bonus", side="business", after="fund, pay, deliver, approve",
         counted="select count(*) from bonuses where contract_id = :id"),
    step("accept the change", side="manager", after="propose a change", counted=CHANGES + " and status = 'accepted'"),
    step("withdraw the change", side="business", after="propose a change", counted=CHANGES + " and status = 'withdrawn'"),
    step("claim", side="business", after="fund, pay", counted=OF_STEPS.format("disputes")),
    step("accept the claim", side="manager", after="fund, pay, claim", counted=POSTED.format("refund")),
    step("accept the proposal", side="manager", after="fund, pay, claim, propose to divide",
         counted=SPLITS + " and p.status = 'accepted'"),
    step("hand in a receipt", side="manager", after="fund, pay", begin=new_boosting, counted=DRAWS),
    step("repay the receipt", side="business", after="fund, pay, hand in a receipt", begin=new_boosting, counted=POSTED.format("draw")),
    on_a_bid("shortlist a bid", "/bids/{bid}/shortlisting", "business", AUDITED.format("bid.shortlist", "'bid:' || :bid")),
    on_a_bid("take a bid back", "/bids/{bid}/withdrawal", "manager", AUDITED.format("bid.withdraw", "'bid:' || :bid")),
    on_a_bid("accept an offer", "/offers/{offer}/acceptance", "manager", CONTRACTS, offer=True),
    on_a_bid("decline an offer", "/offers/{offer}/refusal", "manager", AUDITED.format("offer.decline", "'offer:' || :offer"), offer=True),
    Resource("the last place for a bid", last_place),
)  # fmt: skip
