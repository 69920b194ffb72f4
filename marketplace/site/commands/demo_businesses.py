"""Invented shops: one job each, read by the team, with questions, bids and offers."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marketplace.accounts.models import Intention, Person
from marketplace.bids import commands as bids
from marketplace.bids.models import Bid
from marketplace.businesses import commands, queries
from marketplace.businesses.models import Business
from marketplace.contracts.commands import offers
from marketplace.contracts.models import Contract, Offer
from marketplace.contracts.models.offer import Side
from marketplace.jobs import commands as jobs
from marketplace.jobs.models import Job
from marketplace.jobs.queries import lines
from marketplace.managers.models import Kind
from marketplace.managers.queries import manager_of
from marketplace.site.commands.demo_people import ago, read
from marketplace.site.commands.demo_people import join as join_person

DEFAULTS = {"videos_a_month": None, "messages_a_day": None, "lives_a_month": None, "reply_from": "", "reply_until": "", "reply_minutes": "",
            "holiday_hours": "", "orders_where": "", "interests": "", "auto_message": "", "starts_on": None}
NOT_VALUES = {"kind", "stage", "days_ago", "bids", "asked", "reasons", "note", "budget", "dollars", "rate"}
"""What a row says besides the values of the listing form."""


@dataclass(frozen=True)
class Shop:
    """A business with its owner and its job."""

    owner: Person
    business: Business
    job: Job


def join(staff: dict[str, Person], managers: dict[str, Person]) -> dict[str, Shop]:
    """All shops, by key; their jobs in the order in which they were written."""
    shops: dict[str, Shop] = {}
    for row in sorted(read("businesses")["business"], key=lambda row: -row["job"]["days_ago"]):
        shops[row["key"]] = _join(row, staff["tareq"], managers)
    return shops


def _join(row: dict[str, Any], moderator: Person, managers: dict[str, Person]) -> Shop:
    days = row["job"]["days_ago"] + 0.3
    owner, business = open_shop(row, days + 1)
    job = ago(days, lambda: write_job(business, owner, row["job"], row["guide"]))
    shop = Shop(owner, business, job)
    ago(max(days - 0.2, 0), lambda: _moderate(shop, row["job"], moderator))
    ago(max(days - 0.8, 0.05), lambda: _answer(shop, row["job"], managers))
    return shop


def open_shop(row: dict[str, Any], days_ago: float) -> tuple[Person, Business]:
    """An owner who signed up so many days ago, with a business."""
    owner = join_person(row["key"], row["owner"], Intention.business, days_ago)
    return owner, ago(days_ago, lambda: commands.create(owner, **{name: row[name] for name in ("name", "trade", "district", "about")}))


def write_job(business: Business, owner: Person, row: dict[str, Any], guide: str) -> Job:
    """A listing as it reaches the team."""
    job = jobs.create_draft(business, Kind(row["kind"]), owner)
    jobs.save_draft(job, _values(row) | {"brand_id": queries.brands(business)[0].id, "guide": guide, "trade": business.trade,
                                         "district": business.district})
    jobs.submit(job, owner, keep=True)
    return job


def _values(row: dict[str, Any]) -> dict[str, Any]:
    """The listing form's values, money in minor units."""
    values = DEFAULTS | {name: value for name, value in row.items() if name not in NOT_VALUES} | {"budget_minor": row["budget"] * 100}
    if row["kind"] == Kind.boosting:
        return values | {"dollars_minor": row["dollars"] * 100, "rate_minor": row["rate"] * 100}
    return values | {"days": 30}


def _moderate(shop: Shop, row: dict[str, Any], moderator: Person) -> None:
    if row["stage"] == "open":
        jobs.approve(shop.job, moderator)
    elif row["stage"] == "sent_back":
        jobs.send_back(shop.job, moderator, row["reasons"], row["note"])


def _answer(shop: Shop, row: dict[str, Any], managers: dict[str, Person]) -> None:
    """What managers ask and bid, and what the shop makes of it."""
    for asked in row.get("asked", []):
        jobs.answer(jobs.ask(shop.job, managers[asked["by"]], asked["text"]), asked["answer"], shop.owner)
    for wanted in row.get("bids", []):
        _consider(shop, wanted, bid_on(shop.job, wanted, managers[wanted["by"]]))


def bid_on(job: Job, row: dict[str, Any], person: Person) -> Bid:
    """A manager's bid, its price in equal steps."""
    price = row["price"] * 100
    values = {"price_minor": price, "days": row["days"], "posts_a_week": job.details.get("posts_a_week"),
              "covers": [code for code, _label in lines(job)], "strategy": row["strategy"], "competing_pages": row.get("competing", ""),
              "answers": [{"question": question, "answer": text} for question, text in zip(job.questions, row["answers"], strict=True)],
              "milestones": _steps(row["steps"], price)}
    return bids.submit_bid(job, manager_of(person), values, person)


def _steps(rows: list[list[Any]], price: int) -> list[dict[str, Any]]:
    """The price in equal parts, what is left over in the last."""
    part = price // len(rows)
    amounts = [part] * (len(rows) - 1) + [price - part * (len(rows) - 1)]
    return [{"title": title, "amount_minor": amount, "days": days} for (title, days), amount in zip(rows, amounts, strict=True)]


def _consider(shop: Shop, row: dict[str, Any], bid: Bid) -> None:
    if row.get("shortlisted"):
        bids.shortlist(bid, shop.owner)
    if "offer" in row:
        offer = make_offer(bid, shop.owner)
        if row["offer"] == "accepted":
            accept(offer)


def make_offer(bid: Bid, owner: Person, otherwise: Mapping[str, Any] = MappingProxyType({})) -> Offer:
    """The bid's own steps as terms, `otherwise` where they differ."""
    terms = {"title": bid.job.title, "scope": bid.job.description, "notice_days": 7, "changes_included": 2, "ownership": "business",
             "milestones": [{"title": step.title, "amount_minor": step.amount_minor, "days": step.days} for step in bid.milestones]}
    return offers.make_offer(bid, owner, terms | otherwise, "আপনার পরিকল্পনা ভালো লেগেছে। এই শর্তে শুরু করি?")


def accept(offer: Offer) -> Contract:
    """The manager takes it as it is."""
    return offers.accept_offer(offer, offer.manager.person, Side.manager, 1)
