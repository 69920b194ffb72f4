"""The users at work: several at once, each choosing by a seed what the page in front of them offers."""

import random
import sys
import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from bench.walk import faults, outside
from bench.walk.browser import TIMEOUT, Form, Line, Page, Tab
from bench.walk.ground import Ground
from bench.walk.market import Deal, Desk, Party
from bench.walk.operations import Offered, choose, offered, reach

STAY = 16
"""Most operations of one visit."""
TEAM = 0.08
"""How many visits are those of the team's people."""
STALE, ROAMS = 0.75, 0.2
"""How often somebody goes on in a tab that is still open, with what it offered then; and with a contract that another walker is at."""
TWICE, LATE, HASTY = 0.12, 0.25, 0.02
"""How often a form is sent in two tabs at once; sent again from a tab left open; and nobody waits for the answer."""
REMEMBERED, IDLE_SECONDS, TOLD_AFTER = 400, 60.0, 100


@dataclass
class Journal:
    """What was done, refused and broken, and the last of it line by line."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, number: int, who: str, what: str, where: str, status: int) -> None:
        with self._lock:
            (self.done if 200 <= status < 400 else self.refused)[what] += 1
            self.last.append(f"{number} {time.strftime('%H:%M:%S')} {who}: {what} {where} → {status or 'no answer'}")
            if number % TOLD_AFTER == 0:
                print(f"{time.strftime('%H:%M:%S')} {number} operations", file=sys.stderr, flush=True)

    def fault(self, number: int, name: str) -> None:
        with self._lock:
            self.faults[name] += 1
            self.last.append(f"{number} {time.strftime('%H:%M:%S')} ** {name}")


class Budget:
    """How many operations are left, when the next fault is due, and when time is up."""

    def __init__(self, ops: int, most_faults: int, seconds: float) -> None:
        self.ops, self.most_faults = ops, most_faults
        self.until = time.monotonic() + seconds
        self.spent = self.struck = 0
        self._last = time.monotonic()
        self._lock = threading.Lock()

    @property
    def over(self) -> bool:
        """Whether all is spent, or time is up, or nobody has found anything to do for long."""
        now = time.monotonic()
        return self.spent >= self.ops or now > self.until or now > self._last + IDLE_SECONDS

    def end(self) -> None:
        """Nobody begins anything any more."""
        self.until = 0

    def take(self) -> int:
        """The number of the next operation; 0 when there is none left."""
        with self._lock:
            if self.over:
                return 0
            self._last = time.monotonic()
            self.spent += 1
            return self.spent

    def fault_due(self) -> int:
        """The number of the fault whose turn it is; 0 when it is nobody's. They are spread evenly over the operations."""
        with self._lock:
            if self.struck >= self.most_faults or self.spent * self.most_faults < (self.struck + 0.5) * self.ops:
                return 0
            self.struck += 1
            return self.struck


class Walkers:
    """So many at once, in one market."""

    def __init__(self, ground: Ground, deals: list[Deal], seed: int, budget: Budget, desks: list[list[Desk]] | None = None) -> None:
        self.ground, self.deals, self.seed, self.budget = ground, deals, seed, budget
        self.desks = desks or []
        self.line, self.journal = Line(ground.stage.site_url), Journal()
        self.fault_chance, self._fault_turn = random.Random(f"{seed} faults"), threading.Lock()

    def walk(self, clients: int) -> None:
        """Until the budget is spent. What a walker raises is raised here."""
        with ThreadPoolExecutor(clients) as threads:
            try:
                for done in [threads.submit(self._walk, number, clients) for number in range(clients)]:
                    done.result()
            finally:
                self.budget.end()

    def _walk(self, number: int, clients: int) -> None:
        chance, tabs = random.Random(f"{self.seed} {number}"), dict[Party, Tab]()
        left_open: deque[tuple[Tab, Form, dict[str, str], str]] = deque(maxlen=20)
        own = self.deals[number % len(self.deals)::clients]
        while not self.budget.over:
            deal = self._place(chance, own)
            party = deal.party(chance.choices(("business", "manager"), (3, 2))[0])
            if party not in tabs:
                tabs[party] = self.line.tab(party)
            self._visit(chance, tabs[party], deal.path, left_open)

    def _place(self, chance: random.Random, own: list[Deal]) -> Deal | Desk:
        if self.desks and chance.random() < TEAM:
            return chance.choice(chance.choice(self.desks))
        return chance.choice(self.deals if chance.random() < ROAMS else own)

    def _visit(self, chance: random.Random, tab: Tab, path: str, left_open: deque) -> None:
        """Do what a contract's page offers, now and then look at what came of it, go on."""
        there = offered(tab.turn_to(path, chance.random() < STALE))
        for _ in range(chance.randint(1, STAY)):
            self._maybe_a_fault()
            wish = choose(chance, there)
            if wish and wish.operation.look:
                there = offered(tab.turn_to(wish.link, chance.random() < STALE))
                continue
            form = reach(chance, tab, wish, chance.random() < STALE) if wish else None
            if wish is None or form is None:
                break
            if event := outside.happens(chance):
                self._let_happen(chance, event)
            page = self._act(chance, tab, wish, form, left_open)
            there = offered(page) if page.html else [one for one in there if one != wish]

    def _act(self, chance: random.Random, tab: Tab, wish: Offered, form: Form, left_open: deque) -> Page:
        name, fields = wish.operation.name, wish.operation.fill(chance, form)
        looks = chance.random() < wish.operation.watched
        if left_open and chance.random() < LATE:
            other, old, typed, called = left_open.popleft()
            self._send(other, old, typed, f"{called} (left open)")
        left_open.append((tab, form, fields, name))
        if chance.random() < HASTY:
            self._send(tab, form, fields, f"{name} (not waited for)", patience=0.02)
        if chance.random() < TWICE:
            return self._twice(tab, form, fields, name)
        return self._send(tab, form, fields, name, looks)

    def _twice(self, tab: Tab, form: Form, fields: dict[str, str], name: str) -> Page:
        twin = self.line.tab(tab.party)
        with ThreadPoolExecutor(1) as other:
            second = other.submit(self._send, twin, form, fields, f"{name} (two tabs)")
            page = self._send(tab, form, fields, f"{name} (two tabs)", looks=True)
            second.result()
        return page

    def _send(self, tab: Tab, form: Form, fields: dict[str, str], name: str, looks: bool = False, patience: float = TIMEOUT) -> Page:
        """Send a form; the page it leads to, or an empty one for who does not look."""
        number = self.budget.take()
        if not number:
            return Page(form.address, 0, "")
        page = tab.send(form, fields, patience, looks)
        self.journal.note(number, tab.party.email, name, form.address.removeprefix(self.line.site), page.status)
        return page

    def _let_happen(self, chance: random.Random, event: outside.Event) -> None:
        number = self.budget.take()
        if not number:
            return
        try:
            status = event.happen(self.ground, chance)
        except requests.RequestException:  # a fault struck Stripe's own people, too
            status = 0
        self.journal.note(number, "outside", event.name, "", status)

    def _maybe_a_fault(self) -> None:
        if number := self.budget.fault_due():
            with self._fault_turn:
                self.journal.fault(self.budget.spent, faults.strike(self.ground, self.fault_chance, number))
