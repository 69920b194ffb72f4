"""Plays with two milestones: people, two tabs at once, cards, webhooks in any order, jobs out of turn, deadlines, faults, the clock."""
from __future__ import annotations

import copy
import functools
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from marketplace.core import clock, pricing
from marketplace.core.money import Money
from tests.contracts.life import places
from tests.contracts.life.model import Life
from tests.contracts.life.scene import ACTS, Scene
from tests.sandbox_program import DECLINED, REFUND_FAILS, REFUND_PENDING, THREE_D_SECURE, VISA

ANY = st.integers(0, 30)
WHICH = st.integers(0, 1)
GOOD_CARDS = st.sampled_from([VISA, THREE_D_SECURE, REFUND_PENDING, REFUND_FAILS])
CARDS = st.sampled_from([VISA, THREE_D_SECURE, REFUND_PENDING, REFUND_FAILS, DECLINED])
BY_PEOPLE = [name for name in ACTS if name not in ("come_back", "silence")]
AT_ONCE = [("approve", "approve"), ("approve", "give_back"), ("approve", "silence"), ("silence", "give_back"), ("give_back", "give_back"),
           ("deliver", "give_back"), ("deliver", "deliver"), ("ask_changes", "approve"), ("ask_changes", "silence"), ("extend", "silence"),
           ("cancel", "come_back"), ("come_back", "come_back"), ("start", "start"), ("cancel", "cancel")]
BEFORE = {"start": "planned", "cancel": "funding", "come_back": "funding", "deliver": "funded",
          **dict.fromkeys(("approve", "silence", "ask_changes", "extend", "give_back"), "delivered")}
FAULTS = st.sampled_from(["drop_before", "drop_after_commit", "status:500", "status:503", "status:429", "status:409"])
CALLS = st.sampled_from([
    {"path": "/v1/transfers$", "parameters": {"transfer_group": "."}}, {"path": "/v1/refunds$", "parameters": {"charge": "."}},
    {"path": "/v1/checkout/sessions$"}, {"path": "/v1/checkout/sessions/[^/]+$"}, {"path": "/expire$"}, {"path": "/v1/events$"},
])
"""What the product asks; the parameters leave our own looks alone."""
PAUSES = st.sampled_from([timedelta(minutes=4), timedelta(minutes=31), timedelta(hours=7), timedelta(hours=25), timedelta(days=3, hours=1),
                          timedelta(days=9)])
ROUNDS = 8


def where(fits: Callable[[MilestonesLife], Any]) -> Callable[[Any], Any]:
    """A step that does not fit does nothing. As a precondition of hypothesis's it would be the outcome of a race that decides what is
    drawn next, and the same draws must always mean the same steps."""
    def decorate(step: Any) -> Any:
        @functools.wraps(step)
        def played(self: MilestonesLife, *args: Any, **drawn: Any) -> None:
            if fits(self):
                step(self, *args, **drawn)
        return played
    return decorate


class MilestonesLife(RuleBasedStateMachine):
    """After every step: what the product did by itself is allowed, and each taka is where the model has it."""

    scenes: ClassVar[Callable[[], Scene]]
    met: ClassVar[Counter[str]] = Counter()
    """How often a whole run came by each thing worth coming by."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = type(self).scenes()
        self.restricted = False
        self.lives = [self._life(amount) for amount in (400_000, 300_000)]

    def _life(self, amount: int) -> Life:
        return Life(amount, fee=amount // 10, card_cost=pricing.card_cost(Money(amount)).minor)

    @initialize(steps=st.tuples(st.integers(0, 4), st.integers(0, 3)), card=GOOD_CARDS, silently=st.booleans())
    def begin_somewhere(self, steps: tuple[int, int], card: str, silently: bool) -> None:
        """Lives that always began at the beginning would seldom get far."""
        for which, times in enumerate(steps):
            for _ in range(times):
                self.go_on(which, card, silently)

    # What people do

    @rule(which=WHICH, name=st.sampled_from(BY_PEOPLE))
    def act(self, which: int, name: str) -> None:
        """Also what the page does not offer any more: an old tab."""
        wanted = self.lives[which].act(name, clock.now())
        assert self.scene.act(name, self.scene.milestones[which]) == wanted
        self.observe()

    @rule(which=WHICH, card=GOOD_CARDS, silently=st.booleans())
    def go_on(self, which: int, card: str, silently: bool) -> None:
        """The next thing that makes sense, so that lives get somewhere."""
        life = self.lives[which]
        if life.status == "funding":
            self.put_in_a_card(which, -1, card)
            self.webhooks_in_order(turned=silently)
            self.all_jobs()
        elif life.status == "delivered" and silently or life.status == "approved":
            moment = life.review_until if life.status == "delivered" else life.send_after
            self.time_passes(max(moment - clock.now(), timedelta()) + timedelta(seconds=1))
            self.sweep_now()
            self.all_jobs()
        else:
            usual = {"planned": "start", "funded": "deliver", "changes_asked": "deliver", "delivered": "approve"}
            self.act(which, usual.get(life.status, "give_back"))

    @rule(number=ANY, card=CARDS)
    @where(lambda self: any(life.pages for life in self.lives))
    def pay(self, number: int, card: str) -> None:
        """On any page that was ever opened: the newest, one that was called off, one that has expired or was paid."""
        pages = [(which, index) for which, life in enumerate(self.lives) for index in range(len(life.pages))]
        self.put_in_a_card(*pages[number % len(pages)], card)

    @rule(card=GOOD_CARDS, early=st.booleans())
    @where(lambda self: any(life.status == "funding" for life in self.lives))
    def call_off(self, card: str, early: bool) -> None:
        """The payment is called off in one tab and made in the other, a moment before or after."""
        which = 0 if self.lives[0].status == "funding" else 1
        if early:
            self.act(which, "cancel")
        self.put_in_a_card(which, -1, card)
        if not early:
            self.act(which, "cancel")

    @rule(number=ANY)
    @where(lambda self: any("held" in life.spot for life in self.lives))
    def give_back(self, number: int) -> None:
        """A milestone's money goes back to its card."""
        held = [which for which, life in enumerate(self.lives) if "held" in life.spot]
        self.act(held[number % len(held)], "give_back")

    @rule()
    @where(lambda self: any(life.status == "funding" for life in self.lives))
    def come_back(self) -> None:
        """The person's browser returns from Stripe's page."""
        for life, key in zip(self.lives, self.scene.milestones, strict=True):
            if life.status == "funding":
                assert self.scene.act("come_back", key)
        self.observe()

    @rule(which=WHICH, number=ANY, others=st.booleans())
    def two_at_once(self, which: int, number: int, others: bool) -> None:
        """Both see the same page. What comes out has to be what one after the other would have given."""
        life = self.lives[which]
        fitting = [pair for pair in AT_ONCE if BEFORE[pair[0]] == life.status] or AT_ONCE
        pair = (AT_ONCE if others else fitting)[number % len(AT_ONCE if others else fitting)]
        if "come_back" in pair and not life.pages:
            return
        allowed = [self._in_turn(life, pair, order) for order in ((0, 1), (1, 0))]
        answers = self.scene.at_once(*pair, milestone=self.scene.milestones[which])
        self.met["two at once, one refused"] += answers.count(False) == 1
        status = places.seen(self.scene)[which].status
        fits = [after for wanted, after in allowed if wanted == answers and self._reaches(after, status)]
        assert fits, f"{pair} from {life.status}: {answers}, then {status}"
        self.lives[which] = fits[0]
        self.observe()

    @staticmethod
    def _in_turn(life: Life, pair: tuple[str, str], order: tuple[int, int]) -> tuple[list[bool], Life]:
        after, answers = copy.deepcopy(life), [False, False]
        for index in order:
            answers[index] = after.act(pair[index], clock.now())
        return answers, after

    @staticmethod
    def _reaches(life: Life, status: str) -> bool:
        probe = copy.deepcopy(life)
        while probe.status != status:
            if probe.follow(clock.now()) is None:
                return False
        return True

    # What Stripe does

    @rule(number=ANY, times=st.integers(1, 3))
    @where(lambda self: self.scene.listen())
    def webhook(self, number: int, times: int) -> None:
        """One of those that wait, whichever came first, perhaps more than once."""
        waiting = self.scene.listen()
        self.scene.deliver([waiting[number % len(waiting)]] * times)

    @rule(turned=st.booleans())
    def webhooks_in_order(self, turned: bool) -> None:
        """All that wait, in their order or the other way round."""
        self.scene.deliver(list(self.scene.listen())[:: -1 if turned else 1])

    @rule(number=ANY)
    @where(lambda self: self.scene.delivered)
    def webhook_again(self, number: int) -> None:
        """Stripe repeats itself, long after."""
        self.scene.deliver([self.scene.delivered[number % len(self.scene.delivered)]])

    @rule()
    @where(lambda self: self.scene.listen())
    def webhooks_are_lost(self) -> None:
        """None of those that wait ever arrives."""
        self.met["webhooks lost"] += 1
        self.scene.undelivered.clear()

    @rule(mode=FAULTS, call=CALLS, times=st.integers(1, 3))
    def fault(self, call: dict[str, Any], mode: str, times: int) -> None:
        """The next calls of a kind go wrong, before or after they had their effect."""
        self.met["faults"] += 1
        self.scene.world.fault(mode, times=times, **call)

    @rule()
    def restrict(self) -> None:
        """Stripe stops paying the manager for now."""
        if not self.restricted:
            self.restricted = True
            self.scene.restrict()

    # What the worker and the clock do

    @rule(number=ANY, dies=st.booleans())
    def one_job(self, number: int, dies: bool) -> None:
        """Any of the queued ones; or it is done, and the worker dies before it can say so."""
        self.scene.work_one(number, dies)
        self.observe()

    @rule(number=st.integers(0, 300))
    def job_again(self, number: int) -> None:
        """One that was done long ago, or that something has overtaken."""
        self.scene.work_again(number)
        self.observe()

    @rule()
    def all_jobs(self) -> None:
        """In order."""
        self.scene.work()
        self.observe()

    @rule()
    def sweep_now(self) -> None:
        """Deadlines are looked at, and lost events looked for."""
        self.scene.sweep()
        self.observe()

    @rule(by=PAUSES)
    def time_passes(self, by: timedelta) -> None:
        """For everybody."""
        self.scene.pass_time(by)

    # What has to hold

    def every_taka_is_where_it_has_to_be(self) -> None:
        """In the books and on the page, and at Stripe; looked at whenever money may have moved."""
        places.check_books(self.scene, self.lives)
        places.check_stripe(self.scene, self.lives)

    @rule()
    def come_to_rest(self) -> None:
        """Nothing goes wrong any more: then everything that has to happen happens, and all books agree."""
        self.scene.restore()
        self.restricted = False
        self.scene.pass_time(timedelta(minutes=6))
        for _ in range(ROUNDS):
            self._catch_up()
            if not (left := places.unfinished(self.scene)):
                break
            self.scene.pass_time(timedelta(hours=25))
        assert not left, f"never comes to rest: {left}"
        assert all(self._reaches(life, life.status) and copy.deepcopy(life).follow(clock.now()) is None for life in self.lives)
        for life in self.lives:
            for page in life.pages:
                page.shut = page is not life.pages[-1] or life.status != "funding"
        places.check_rest(self.scene, self.lives)

    def _catch_up(self) -> None:
        """Everything that can happen now, until nothing more does."""
        for _ in range(ROUNDS):
            self.scene.deliver(list(self.scene.listen()))
            self.scene.sweep()
            done = self.scene.work()
            self.observe()
            if not self.scene.listen() and all(name.startswith("payments.commands.reconciliation") for name in done):
                return

    def teardown(self) -> None:
        """Every life ends at rest."""
        self.come_to_rest()
        self.met["by silence"] += sum(life.silent for life in self.lives)
        self.met["surplus payment returned"] += sum(page.paid and not page.claimed for life in self.lives for page in life.pages)

    # How the model keeps up

    def observe(self) -> None:
        """What the product did by itself meanwhile has to be something that happens by itself at this moment."""
        for life, now in zip(self.lives, places.seen(self.scene), strict=True):
            life.review_until, life.send_after = now.review_until or life.review_until, now.send_after or life.send_after
            for page, deadline in zip(life.pages, now.deadlines, strict=True):
                page.deadline = deadline
            was = life.status
            self.met[now.status] += 1
            while life.status != now.status:
                before = life.status
                assert life.follow(clock.now()), f"{was} became {now.status} by itself, from {before}"
        self.every_taka_is_where_it_has_to_be()

    def put_in_a_card(self, which: int, number: int, card: str) -> None:
        """A page that has ended takes no money, and none takes it twice."""
        page = self.lives[which].pages[number]
        charged = self.scene.pay(self.scene.milestones[which], number, card)
        assert not (charged and (page.shut or page.paid))
        page.paid = page.paid or charged
        self.met[f"card {card}"] += charged
