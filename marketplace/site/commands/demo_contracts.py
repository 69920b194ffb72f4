"""Invented contracts with money in them: paid, handed in, released, sent, given back, ended and reviewed.

Stripe has its own clock and books, so these are lived through in the sandbox's time, from the first day to today.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from marketplace.accounts.models import Person
from marketplace.boosts import commands as boosts
from marketplace.businesses.models import Business
from marketplace.contracts.commands import bonuses, change_orders, contracts, funding, milestones, refunds, retainers
from marketplace.contracts.models import ChangeKind, Contract, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import MONTHLY
from marketplace.contracts.queries import handover_of, milestones_of, months_of
from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.disputes import commands as disputes
from marketplace.jobs import commands as jobs
from marketplace.managers.queries import manager_of
from marketplace.payments import commands as payments
from marketplace.payments import queries
from marketplace.payments.commands import transfers
from marketplace.reviews import commands as reviews
from marketplace.reviews.models import CRITERIA
from marketplace.reviews.queries import pair
from marketplace.site.commands.demo_businesses import accept, bid_on, make_offer, open_shop, write_job
from marketplace.site.commands.demo_people import read
from marketplace.site.commands.demo_sandbox import Sandbox

JOINED_DAYS_AGO = 57
AFTERWARDS = "/contracts"
"""Where Stripe would send them back to; nobody follows."""


def live(sandbox: Sandbox, managers: dict[str, Person], moderator: Person, finance: Person) -> list[Person]:
    """Everything of `demo/contracts.toml`, in the order in which it happened; who opened a shop for it."""
    told = read("contracts")
    shops = {row["key"]: open_shop(row, JOINED_DAYS_AGO) for row in told["business"]}
    lives = [Life(row, *shops[row["business"]], managers[row["manager"]], moderator, sandbox) for row in told["contract"]]
    rates = [(row["days_ago"], partial(_enter_rate, finance, row)) for row in told["rate"]]
    acts = sorted([*rates, *(act for life in lives for act in life.acts())], key=lambda act: -act[0])
    with _history(sandbox) as go_to:
        go_to(JOINED_DAYS_AGO)
        for name in {row["manager"] for row in told["contract"]}:
            _be_payable(managers[name], sandbox)
        for days_ago, act in acts:
            go_to(days_ago)
            act()
            db.session.flush()
    return [owner for owner, _business in shops.values()]


@contextmanager
def _history(sandbox: Sandbox) -> Iterator[Callable[[float], None]]:
    """What is yielded goes to so many days ago; afterwards both clocks are as they were."""
    apart = clock.now() - sandbox.now()
    try:
        yield sandbox.go_to
    finally:
        sandbox.go_to(0)
        clock.move(apart)


def _enter_rate(finance: Person, row: dict[str, Any]) -> None:
    boosts.enter_rate(finance, row["poisha"], clock.today().date(), row["source"], row["link"])


def _be_payable(person: Person, sandbox: Sandbox) -> None:
    manager = manager_of(person)
    payments.onboard(manager)
    account = queries.payout_account(manager.id)
    sandbox.give_bank(account.stripe_account_id)
    payments.sync_account(account)


@dataclass
class Life:
    """One contract, from the listing to where it is today."""

    row: dict[str, Any]
    owner: Person
    business: Business
    manager: Person
    moderator: Person
    sandbox: Sandbox
    contract: Contract = field(init=False)

    def acts(self) -> Iterator[tuple[float, Callable[[], Any]]]:
        """What happened so many days ago."""
        yield self.row["started"], self._start
        for number, step in enumerate(self.row["steps"]):
            for verb in ("pay", "deliver", "ask_changes", "approve", "send", "give_back", "dispute"):
                if verb in step:
                    yield step[verb], partial(getattr(self, f"_{verb}"), number)
        if "told" in self.row:
            yield self.row["told"], self._tell
        if "ended" in self.row:
            yield self.row["ended"], self._end
        for change in self.row.get("changes", []):
            yield change["days_ago"], partial(self._change, change)
        for bonus in self.row.get("bonuses", []):
            yield bonus["days_ago"], partial(self._bonus, bonus)
        for review in self.row.get("reviews", []):
            yield review["days_ago"], partial(self._review, review)

    def _start(self) -> None:
        job = write_job(self.business, self.owner, self.row["job"], "")
        jobs.approve(job, self.moderator)
        bid = self.row["bid"] | {"steps": [[step["title"], step["days"]] for step in self.row["steps"]]}
        self.contract = accept(make_offer(bid_on(job, bid, self.manager), self.owner, self._months()))

    def _months(self) -> dict[str, Any]:
        """The terms of a contract that is paid month by month; nothing of another."""
        if "lines" not in self.row:
            return {}
        price = self.row["bid"]["price"] * 100
        return {"billing": MONTHLY, "price_minor": price, "starts_on": clock.today().date().isoformat(), "lines": self.row["lines"],
                "milestones": [{"title": "1", "amount_minor": price, "days": 30}]}

    def _step(self, number: int) -> Milestone:
        return milestones_of(self.contract)[number]

    def _pay(self, number: int) -> None:
        with i18n.speaking(self.owner.language):
            payment = funding.start_funding(self._step(number), self.owner, AFTERWARDS, AFTERWARDS)
        self.sandbox.pay(str(payment.checkout_url), self.owner.email)
        payments.look(payment)

    def _deliver(self, number: int) -> None:
        step = self.row["steps"][number]
        milestones.deliver(self._step(number), self.manager, step["note"], step.get("links", []))

    def _ask_changes(self, number: int) -> None:
        milestones.ask_changes(self._step(number), self.owner, self.row["steps"][number]["changes"])

    def _approve(self, number: int) -> None:
        milestones.approve(self._step(number), self.owner)

    def _send(self, number: int) -> None:
        """What the worker does when the hold is over."""
        transfer = queries.transfers_for(f"milestone:{self._step(number).id}")[0]
        transfers.begin_transfer(str(transfer.id))
        transfers.carry_out_transfer(str(transfer.id))

    def _give_back(self, number: int) -> None:
        refunds.give_back(self._step(number), self.manager, self.row["steps"][number]["why"])

    def _dispute(self, number: int) -> None:
        claim = self.row["steps"][number]["claim"]
        disputes.open_dispute(self._step(number), self.owner, Side.business, amount=Money(claim["taka"] * 100), reason=claim["reason"],
                              text=claim["text"])

    def _change(self, row: dict[str, Any]) -> None:
        """The manager asks for further work; the client has still to answer."""
        wish = {"title": row["title"], "amount_minor": row["taka"] * 100, "days": row["days"]}
        change_orders.propose(self.contract, self.manager, Side.manager, ChangeKind.add, wish, row["why"])

    def _bonus(self, row: dict[str, Any]) -> None:
        with i18n.speaking(self.owner.language):
            payment = bonuses.give_bonus(self.contract, self.owner, Money(row["taka"] * 100), row["note"], AFTERWARDS, AFTERWARDS)
        self.sandbox.pay(str(payment.checkout_url), self.owner.email)
        payments.look(payment)

    def _tell(self) -> None:
        """What the worker does some days before the next month is paid in."""
        retainers.tell_month(str(months_of(self.contract)[-1].id))

    def _end(self) -> None:
        contracts.end_contract(self.contract, self.owner, Side.business, self.row["reason"])
        for item in handover_of(self.contract):
            contracts.tick_handover(item, self.owner)

    def _review(self, row: dict[str, Any]) -> None:
        side = Side(row["by"])
        marks = dict(zip([code for code, _label in CRITERIA[side]], row["marks"], strict=True))
        reviews.write(pair(self.contract.id)[side], self.owner if side is Side.business else self.manager, marks, row["text"])
