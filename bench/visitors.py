"""What visitors and signed-in people ask of Dayitto and of the floor; one scenario is the same work for both."""

import itertools
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from bench import floor
from bench.load import Ask
from bench.market import Bench
from marketplace.core import search
from marketplace.jobs.models import Job
from marketplace.jobs.queries import lines

CSRF = "0123456789abcdef0123456789abcdef01234567"
STRATEGY = "প্রথম সপ্তাহে ছয়টি পোস্ট আর একটি লাইভ; ইনবক্সের উত্তর এক ঘণ্টার মধ্যে। Each week I write down what people asked."
SOUGHT = {"bn": "বুটিক পেজ", "en": "boutique page"}
LIST_TARGET, DETAIL_TARGET, WRITE_TARGET, SIGNED_IN_TARGET, DASHBOARD_MS = 1.5, 3.0, 2.5, 1.3, 40.0


@dataclass(frozen=True)
class Scenario:
    """A page in one language. `floor` is None where there is none, then `over` names the scenario it is compared with.

    `target` is the most CPU, as a multiple of what it is compared with; `budget_ms` the most CPU in milliseconds.
    """

    name: str
    app: Callable[[], Ask]
    floor: Callable[[], Ask] | None = None
    over: str = ""
    target: float | None = None
    budget_ms: float | None = None
    writes: bool = False


@dataclass
class Visitors:
    """Makes scenarios for a filled database. Writes use each manager and job once."""

    bench: Bench
    app: Flask
    bids: Iterator[int] = field(default_factory=lambda: itertools.count())

    def scenarios(self, languages: tuple[str, ...]) -> list[Scenario]:
        """All of them, language by language."""
        return [
            scenario
            for language in languages
            for scenario in (*self._lists(language), *self._details(language), *self._own(language), self._bid(language))
        ]

    def headers(self, language: str, token: str = "") -> dict[str, str]:
        """A visitor's, or those of whoever the session's token signs in."""
        return headers(self.app, language, token)

    def _lists(self, language: str) -> Iterator[Scenario]:
        words = SOUGHT[language]
        for kind in ("managers", "jobs"):
            yield self._list(f"{kind} list {language}", language, kind, {}, {})
            chosen = {"trade": "boutique", "platform": "facebook"}
            yield self._list(f"{kind} filtered {language}", language, kind, chosen, chosen)
            yield self._list(f"{kind} search {language}", language, kind, {"q": words}, {"q": search.fold(words)})

    def _list(self, name: str, language: str, kind: str, asked: Mapping[str, str], of_floor: Mapping[str, str]) -> Scenario:
        headers = self.headers(language)
        return Scenario(name, always(_path(kind, asked), headers), always(_path(kind, of_floor), {}), target=LIST_TARGET)

    def _details(self, language: str) -> Iterator[Scenario]:
        for kind, key in (("managers", self.bench.slug(7)), ("jobs", str(self.bench.job(7)))):
            path = f"/{kind}/{key}"
            yield Scenario(f"{kind} detail {language}", always(path, self.headers(language)), always(path, {}), target=DETAIL_TARGET)

    def _own(self, language: str) -> Iterator[Scenario]:
        """The same pages signed in, and those only the signed-in see. People's own language is kept with them: bn here."""
        if language != "bn":
            return
        manager, owner = self.headers(language, self.bench.manager_token(3)), self.headers(language, self.bench.owner_token)
        for kind in ("managers", "jobs"):
            yield Scenario(
                f"{kind} list signed in {language}", always(f"/{kind}", manager), over=f"{kind} list {language}", target=SIGNED_IN_TARGET
            )
        for path, person in (("/home", manager), ("/home", owner), ("/jobs/mine", owner), ("/bids", manager), ("/contracts", manager)):
            who = "manager" if person is manager else "business"
            yield Scenario(f"{path} as {who} {language}", always(path, person), budget_ms=DASHBOARD_MS)
        yield Scenario(f"job draft saved {language}", self._draft(owner), writes=True)

    def _draft(self, headers: Mapping[str, str]) -> Callable[[], Ask]:
        form = {
            "title": "Run the page of a saree boutique",
            "description": STRATEGY,
            "trade": "boutique",
            "district": "dhaka",
            "platforms": ["facebook", "instagram"],
            "goal": "regular",
            "posts_a_week": 6,
            "budget_minor": "7000",
            "csrf_token": self._csrf(),
        }
        return always(f"/jobs/{self.bench.draft}/draft", headers, form)

    def _bid(self, language: str) -> Scenario:
        """A bid of two steps. Each goes from another manager to another job, because a manager bids once on a job."""
        job = self.app.extensions["sqlalchemy"].session.get(Job, self.bench.job(0))
        form = {
            "price_minor": "8000",
            "price": 8000_00,
            "days": 30,
            "posts_a_week": 6,
            "strategy": STRATEGY,
            "answers-0": "Two shops, since 2020.",
            "covers": [code for code, _ in lines(job)],
            "milestones-0-title": "First half",
            "milestones-0-amount_minor": "4000",
            "milestones-0-days": 15,
            "milestones-1-title": "Second half",
            "milestones-1-amount_minor": "4000",
            "milestones-1-days": 15,
            "title": ["First half", "Second half"],
            "amount": [4000_00, 4000_00],
            "csrf_token": self._csrf(),
        }
        return Scenario(
            f"bid written {language}",
            lambda: self._next_bid(language, form),
            lambda: self._floor_bid(form),
            target=WRITE_TARGET,
            writes=True,
        )

    def _next_bid(self, language: str, form: Mapping[str, Any]) -> Ask:
        number = next(self.bids)
        manager, job = number % self.bench.signed_in, number * 4 % self.bench.rows + number // self.bench.signed_in
        return Ask(f"/jobs/{self.bench.job(job)}/bid", self.headers(language, self.bench.manager_token(manager)), form)

    def _floor_bid(self, form: Mapping[str, Any]) -> Ask:
        number = next(self.bids)
        person = floor.sign(f"manager-{number}", self.app.secret_key)
        return Ask(f"/jobs/{self.bench.job(number * 4 % self.bench.rows)}/bid", {"Cookie": f"person={person}"}, form)

    def _csrf(self) -> str:
        return csrf(self.app)


def headers(app: Flask, language: str, token: str = "") -> dict[str, str]:
    """A visitor's, or those of whoever the session's token signs in."""
    cookies = [f"__Host-language={language}"]
    if token:
        cookies.append(f"__Host-session={_session(app, token)}")
    return {"Cookie": "; ".join(cookies)}


def csrf(app: Flask) -> str:
    """What the forms of those sessions carry."""
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(CSRF)


def _session(app: Flask, token: str) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return serializer.dumps({"_user_id": token, "csrf_token": CSRF})


def always(path: str, headers: Mapping[str, str], form: Mapping[str, Any] | None = None) -> Callable[[], Ask]:
    """The same request each time."""
    ask = Ask(path, headers, form)
    return lambda: ask


def _path(kind: str, asked: Mapping[str, str]) -> str:
    return f"/{kind}" + (f"?{urllib.parse.urlencode(asked)}" if asked else "")
