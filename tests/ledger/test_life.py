"""Any order of verbs, with repeats and refusals, committed for real: the books stay those of a simple model."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.commands.books import CHECKPOINT

AMOUNTS = st.integers(1, 500)
MILESTONES = st.integers(0, 2)
ZERO = Money(0)


class Life(RuleBasedStateMachine):
    """Three milestones of one business and one manager; `model` holds what each account must have."""

    def __init__(self) -> None:
        super().__init__()
        self.name = uuid.uuid4().hex
        self.business, self.manager = f"business:{self.name}", f"manager:{self.name}"
        self.calls: list[Callable[[], Any]] = []
        self.refunds: list[tuple[str, int, int]] = []
        self.transfers: list[tuple[str, int]] = []
        self.charged: list[tuple[str, str, list[int], int]] = []
        self.sources: list[dict[str, int]] = [{}, {}, {}]
        self.returning: list[tuple[str, str, int]] = []
        self.manager_owes = self.business_owes = 0
        self.payable = self.funded = self.released = self.refunding = self.refunded = self.taken = 0

    def held(self, number: int) -> int:
        return sum(self.sources[number].values())

    def draw(self, number: int, amount: int) -> list[tuple[str, int]]:
        """Take from a milestone's payments, the oldest first."""
        taken = []
        for source, there in self.sources[number].items():
            part = min(there, amount - sum(part for _, part in taken))
            taken.append((source, part))
            self.sources[number][source] -= part
        return taken

    def put(self, number: int, parts: list[tuple[str, int]]) -> None:
        """Give to a milestone; what one posting brings from several payments stands there by the age of those."""
        for source, part in sorted(parts):
            if part or source in self.sources[number]:
                self.sources[number][source] = self.sources[number].get(source, 0) + part

    def milestone(self, number: int) -> dict[str, str]:
        return {"milestone": f"milestone:{self.name}:{number}", "contract": f"contract:{self.name}"}

    def do(self, verb: Callable[..., Any], possible: bool = True, **facts: Any) -> str:
        """Call under a new key and commit; when it is not possible it has to be refused and leave nothing."""
        key = f"{self.name}:{len(self.calls)}"
        try:
            verb(key, **facts)
        except commands.NotEnough:
            db.session.rollback()
            assert not possible
            return ""
        db.session.commit()
        assert possible
        self.calls.append(lambda: verb(key, **facts))
        return key

    @rule(number=MILESTONES, amount=AMOUNTS, cost=st.integers(0, 20))
    def fund(self, number: int, amount: int, cost: int) -> None:
        source = f"payment:{self.name}:{len(self.calls):04}"
        self.do(commands.fund, **self.milestone(number), business=self.business, amount=Money(amount), card_cost=Money(cost), source=source)
        self.put(number, [(source, amount)])
        self.funded += amount

    @rule(number=MILESTONES, amount=AMOUNTS)
    def release(self, number: int, amount: int) -> None:
        fee, possible = amount // 10, amount <= self.held(number)
        self.do(commands.release, possible, **self.milestone(number), manager=self.manager, gross=Money(amount), fee=Money(fee))
        if possible:
            self.draw(number, amount)
            self.released += amount
            self.payable += amount - fee

    @rule(number=MILESTONES, amount=AMOUNTS)
    def begin_refund(self, number: int, amount: int) -> None:
        possible = amount <= self.held(number)
        key = self.do(commands.begin_refund, possible, **self.milestone(number), business=self.business, amount=Money(amount))
        if possible:
            self.refunding += amount
            self.refunds.append((key, number, self.draw(number, amount)))

    @rule(number=MILESTONES, to=MILESTONES, amount=AMOUNTS)
    def roll_over(self, number: int, to: int, amount: int) -> None:
        possible = amount <= self.held(number)
        self.do(commands.roll_over, possible, **self.milestone(number), to=self.milestone(to)["milestone"], business=self.business,
                amount=Money(amount))
        if possible:
            self.put(to, self.draw(number, amount))

    @precondition(lambda self: self.refunds)
    @rule(data=st.data(), settles=st.booleans())
    def finish_refund(self, data: st.DataObject, settles: bool) -> None:
        key, number, parts = self.refunds.pop(data.draw(st.integers(0, len(self.refunds) - 1)))
        amount = sum(part for _, part in parts)
        self.finish(key, settles, commands.settle_refund, commands.void_refund)
        self.refunding -= amount
        if settles:
            self.refunded += amount
        else:
            self.put(number, parts)

    @rule(amount=AMOUNTS)
    def begin_transfer(self, amount: int) -> None:
        possible = amount <= self.payable
        key = self.do(commands.begin_transfer, possible, milestone=f"milestone:{self.name}:0", manager=self.manager, amount=Money(amount))
        if possible:
            self.payable -= amount
            self.transfers.append((key, amount))

    @precondition(lambda self: self.transfers)
    @rule(data=st.data(), settles=st.booleans())
    def finish_transfer(self, data: st.DataObject, settles: bool) -> None:
        key, amount = self.transfers.pop(data.draw(st.integers(0, len(self.transfers) - 1)))
        self.finish(key, settles, commands.settle_transfer, commands.void_transfer)
        self.payable += 0 if settles else amount

    @precondition(lambda self: self.funded)
    @rule(data=st.data(), amount=AMOUNTS)
    def charge_back(self, data: st.DataObject, amount: int) -> None:
        """A bank takes one payment back, wherever its money is held by now."""
        source = data.draw(st.sampled_from(sorted({source for held in self.sources for source in held})))
        key = self.do(commands.charge_back, source=source, subject="milestone:any", contract=f"contract:{self.name}",
                      business=self.business, amount=Money(amount), stripe_id="du_1")
        there = [held.get(source, 0) for held in self.sources]
        taken = self.reduce(source, amount)
        assert sum(taken) == min(amount, sum(there))
        self.taken += sum(taken)
        self.business_owes += amount - sum(taken)
        self.charged.append((key, source, taken, amount))

    def reduce(self, source: str, amount: int) -> list[int]:
        """What the books took from each milestone: the sum is fixed, where from is theirs to choose."""
        now = [dict(queries.sources_of(self.milestone(number)["milestone"])).get(source, ZERO).minor for number in range(3)]
        taken = [held.get(source, 0) - left for held, left in zip(self.sources, now, strict=True)]
        for number, part in enumerate(taken):
            self.put(number, [(source, -part)])
        return taken

    @precondition(lambda self: self.charged)
    @rule()
    def win_back(self) -> None:
        key, source, taken, amount = self.charged.pop()
        self.do(commands.win_back, charged_back=key, stripe_id="du_1")
        for number, part in enumerate(taken):
            self.put(number, [(source, part)])
        self.taken -= sum(taken)
        self.business_owes -= amount - sum(taken)

    @precondition(lambda self: self.released)
    @rule(amount=AMOUNTS, fee=st.integers(0, 50), owed=st.integers(0, 500))
    def take_back(self, amount: int, fee: int, owed: int) -> None:
        """A decision: from what is owed to the manager, the rest as their debt, into a name of its own."""
        possible, number = amount <= self.payable, len(self.calls)
        holder, source = f"reversal:{self.name}:{number}", f"payment:{self.name}:taken:{number}"
        self.do(commands.take_back, possible, holder=holder, source=source, subject="milestone:any", contract=f"contract:{self.name}",
                business=self.business, manager=self.manager, paid=Money(amount), owed=Money(owed), fee=Money(fee))
        if possible:
            self.payable -= amount
            self.manager_owes += owed
            self.returning.append((holder, source, amount + owed + fee))

    @rule(amount=AMOUNTS)
    def withhold(self, amount: int) -> None:
        """Pay that is kept for a debt; what it may be is decided above the books, that it is there below."""
        possible = amount <= self.payable
        self.do(commands.withhold, possible, subject="milestone:any", contract=f"contract:{self.name}", manager=self.manager,
                amount=Money(amount))
        if possible:
            self.payable -= amount
            self.manager_owes -= amount

    @precondition(lambda self: self.returning)
    @rule(amount=AMOUNTS)
    def pay_debt(self, amount: int) -> None:
        """What was taken back is set against what the business owes, and may be returned again."""
        holder, source, there = self.returning.pop()
        possible = amount <= there
        key = self.do(commands.pay_debt, possible, holder=holder, source=source, business=self.business, amount=Money(amount))
        self.returning.append((holder, source, there - amount if possible else there))
        self.business_owes -= amount if key else 0

    @precondition(lambda self: self.returning)
    @rule(amount=AMOUNTS)
    def return_payment(self, amount: int) -> None:
        holder, source, there = self.returning.pop()
        self.do(commands.return_payment, holder=holder, source=source, business=self.business, amount=Money(amount))
        self.returning.append((holder, source, there + amount))
        self.business_owes += amount

    @rule(amount=AMOUNTS)
    def find_fault(self, amount: int) -> None:
        self.do(commands.find_fault, subject="milestone:any", contract=f"contract:{self.name}", business=self.business,
                manager=self.manager, amount=Money(amount))
        self.manager_owes += amount
        self.business_owes -= amount

    @rule(amount=AMOUNTS, of_manager=st.booleans(), good=st.booleans())
    def write_off(self, amount: int, of_manager: bool, good: bool) -> None:
        """A debt becomes a loss, or a loss a debt again."""
        verb, change = (commands.make_good, amount) if good else (commands.write_off, -amount)
        self.do(verb, debtor=self.manager if of_manager else self.business, amount=Money(amount))
        self.manager_owes += change if of_manager else 0
        self.business_owes += 0 if of_manager else change

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def the_same_again(self, data: st.DataObject) -> None:
        """A repeated delivery, a second tab, a job run twice: nothing happens."""
        data.draw(st.sampled_from(self.calls))()
        db.session.commit()

    def finish(self, key: str, settles: bool, settle: Callable[..., Any], void: Callable[..., Any]) -> None:
        """End a pending posting once; the other end must be refused."""
        settle(key, stripe_id="x") if settles else void(key)
        db.session.commit()
        try:
            void(key) if settles else settle(key, stripe_id="x")
        except commands.AlreadyFinished:
            db.session.rollback()
        else:
            raise AssertionError("finished twice")
        self.calls.append(lambda: settle(key, stripe_id="x") if settles else void(key))

    @invariant()
    def the_books_are_the_models(self) -> None:
        held = [queries.held(self.milestone(number)["milestone"]).minor for number in range(3)]
        assert held == [self.held(number) for number in range(3)]
        for number in range(3):
            left = {source: money.minor for source, money in queries.sources_of(self.milestone(number)["milestone"])}
            assert left == {source: part for source, part in self.sources[number].items() if part}
        assert queries.payable(self.manager).minor == self.payable
        assert sum(held) == self.funded - self.released - self.refunding - self.refunded - self.taken
        assert min(held) >= 0
        assert [queries.held(holder).minor for holder, _source, _there in self.returning] == [there for _, _, there in self.returning]
        assert queries.owed_by(self.manager).minor == self.manager_owes
        assert queries.owed_by(self.business).minor == self.business_owes

    @invariant()
    def the_trial_balance_is_zero(self) -> None:
        assert queries.trial_balance().balanced

    def teardown(self) -> None:
        assert queries.discrepancies() == []
        db.session.execute(CHECKPOINT, {"at": clock.now()})
        assert queries.trial_balance().balanced
        db.session.commit()


def test_any_life_of_held_money(committed):
    quick = settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Life, settings=quick)
