"""What everybody reads: the list with its search, and one profile."""
from __future__ import annotations

import uuid
from datetime import date
from typing import Any, NamedTuple

from flask import render_template, request, url_for

from marketplace.core import vocabulary
from marketplace.core.authorisation import public, visible
from marketplace.core.forms import clean, latin
from marketplace.core.money import Money
from marketplace.core.pricing import card_cost
from marketplace.managers import queries
from marketplace.managers.models import Kind, Manager, Package
from marketplace.managers.queries import Filters
from marketplace.managers.views.blueprint import pages

MOST_TAKA = 10_000_000
LONGEST_QUERY = 120


class Work(NamedTuple):
    """A piece of work as the profile shows it."""

    file_id: uuid.UUID
    title: str
    text: str


class Offer(NamedTuple):
    """A package as the profile shows it; `by_card` is what a payer pays in all."""

    title: str
    kind: Kind
    price: Money
    by_card: Money
    posts: int
    videos: int
    messages_a_day: int
    description: str


class Shown(NamedTuple):
    """What a profile says, in values: the same values are drawn once."""

    about: str
    sample_question: str
    sample_reply: str
    trades: tuple[str, ...]
    platforms: tuple[str, ...]
    languages: tuple[str, ...]
    items: tuple[Work, ...]
    packages: tuple[Offer, ...]


@pages.get("/managers")
@public
def index() -> str:
    """Managers, found by words and filters; without hits, what was typed goes into a job."""
    filters = _filters()
    found = queries.search(filters, request.args.get("after"))
    return render_template("managers/index.html", filters=filters, found=found, chosen=_chosen(filters),
                           facets=_facets(filters, found),
                           next_url=_address(after=found.page.next) if found.page.next else None,
                           first_url=_address() if request.args.get("after") else None, job_url=_job_url(filters))


@pages.get("/managers/<slug>")
@visible(queries.by_slug)
def show(manager: Manager) -> str:
    """One profile as businesses see it."""
    return render_template("managers/show.html", **everything_of(manager))


def everything_of(manager: Manager) -> dict[str, Any]:
    """What the profile page shows; the preview shows the same."""
    return {"manager": manager, "shown": _shown(manager), "kinds": list(Kind)}


def _shown(manager: Manager) -> Shown:
    return Shown(manager.about, manager.sample_question, manager.sample_reply, tuple(manager.trades), tuple(manager.platforms),
                 tuple(manager.languages), tuple(Work(item.file_id, item.title, item.text) for item in queries.items(manager)),
                 tuple(_offer(package) for package in queries.packages(manager)))


def _offer(package: Package) -> Offer:
    return Offer(package.title, package.kind, package.price, package.price + card_cost(package.price), package.posts, package.videos,
                 package.messages_a_day, package.description)


def _filters() -> Filters:
    """The filters of this address; what cannot be read is left out."""
    args = request.args
    return Filters(text=(clean(args.get("q")) or "")[:LONGEST_QUERY], trades=_codes("trade", vocabulary.TRADES),
                   platforms=_codes("platform", vocabulary.PLATFORMS), districts=_codes("district", vocabulary.DISTRICTS),
                   kinds=_codes("kind", vocabulary.KINDS), price_minor=_price(args.get("price", "")), vetted=bool(args.get("vetted")),
                   free_by=_day(args.get("free", "")))


def _codes(name: str, choices: vocabulary.Choices) -> tuple[str, ...]:
    known = dict(choices)
    return tuple(code for code in dict.fromkeys(request.args.getlist(name)) if code in known)


def _price(text: str) -> int | None:
    digits = latin(text).replace("৳", "").strip()
    return int(digits) * 100 if digits.isascii() and digits.isdigit() and int(digits) <= MOST_TAKA else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _lists(filters: Filters) -> list[tuple[str, vocabulary.Choices, tuple[str, ...]]]:
    """The facets in their order: name, what there is, what is chosen."""
    return [("trade", vocabulary.TRADES, filters.trades), ("platform", vocabulary.PLATFORMS, filters.platforms),
            ("kind", vocabulary.KINDS, filters.kinds), ("district", vocabulary.DISTRICTS, filters.districts)]


def _facets(filters: Filters, found: queries.Found) -> list[tuple[str, tuple[tuple[str, int], ...], tuple[str, ...]]]:
    """Name, (code, count) of those that bring anybody or are chosen, and the chosen."""
    return [(name, tuple((code, count) for code, _ in choices if (count := found.counts.get((name, code), 0)) or code in chosen), chosen)
            for name, choices, chosen in _lists(filters)]


def _chosen(filters: Filters) -> list[tuple[Any, str]]:
    """Each chosen filter's label with the address of the same search without it."""
    return [(vocabulary.label(choices, code), _address(without=(name, code)))
            for name, choices, chosen in _lists(filters) for code in chosen]


def _address(without: tuple[str, str] | None = None, after: str | None = None) -> str:
    pairs = [pair for pair in request.args.items(multi=True) if pair != without and pair[0] != "after" and pair[1]]
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return url_for("managers.index", **grouped, **({"after": after} if after else {}))


def _job_url(filters: Filters) -> str:
    """A job with what was sought already typed in."""
    first = {"title": filters.text, "trade": filters.trades[:1], "district": filters.districts[:1], "platforms": filters.platforms,
             "kind": filters.kinds[:1], "budget": filters.price_minor // 100 if filters.price_minor else None}
    return url_for("jobs.create", **{name: value for name, value in first.items() if value})
