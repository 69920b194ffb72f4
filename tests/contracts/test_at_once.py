"""Two people, or a person and Stripe, act on one milestone at the same moment: one wins, the other is told, nobody waits in a ring."""
from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from marketplace.contracts import queries
from marketplace.contracts.commands import bonuses, change_orders, contracts, holds, prorating, refunds, retainers
from marketplace.contracts.models import ChangeOrder, Milestone, MilestoneStatus, MonthProposal
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.commands import cards, transfers
from marketplace.payments.commands.refunds import send_refund
from marketplace.payments.models import Payment, Refund, Transfer
from tests import people
from tests.conftest import OneContextARequest
from tests.contracts.life.scene import ACTS
from tests.factories.changes import make_change
from tests.factories.contracts import make_approved, make_contract, make_milestone
from tests.factories.payments import make_account, make_paid
from tests.factories.retainers import make_next_month, make_retainer, make_saved_card
from tests.payments.conftest import committed_stripe, sandbox_program, world
from tests.payments.test_events import together
from tests.people import sign_in

__all__ = ["committed_stripe", "sandbox_program", "world"]
S = MilestoneStatus
RANKS = {name: rank for rank, names in enumerate((
    ("stripe_events",), ("disputes",), ("payments",), ("refunds", "transfers", "payouts", "chargebacks", "cards"),
    ("milestones",), ("refund_requests", "month_proposals"), ("contracts",),
    ("change_orders", "bonuses", "handover_items", "managers", "retainers", "retainer_months"), ("ledger_try",))) for name in names}
"""The one order of locks, docs/money.md: money comes from below, the books are last."""
LOCKING = re.compile(r"FROM (\w+)[^;]*FOR (?:NO KEY )?UPDATE|^UPDATE (\w+) SET|(ledger_try)\(", re.DOTALL)


def sync(milestone: Milestone) -> None:
    """As webhooks of its refunds do."""
    payments.sync_refunds(newest(milestone))


def send(milestone: Milestone) -> None:
    """As the job of its refund does."""
    for key in db.session.scalars(select(Refund.id).where(Refund.payment_id == newest(milestone).id)):
        send_refund(str(key))


def pay_out(milestone: Milestone) -> None:
    """As the jobs of its transfer do."""
    [key] = db.session.scalars(select(Transfer.id).where(Transfer.subject == f"milestone:{milestone.id}"))
    transfers.begin_transfer(str(key))
    db.session.commit()
    transfers.carry_out_transfer(str(key))


def newest(milestone: Milestone) -> Payment:
    return db.session.scalars(select(Payment).where(Payment.subject == f"milestone:{milestone.id}").order_by(Payment.id.desc())).first()


def proposed(milestone: Milestone) -> ChangeOrder:
    """The change to it, also when somebody else's verb has just overtaken it."""
    return db.session.scalars(select(ChangeOrder).where(ChangeOrder.contract_id == milestone.contract_id)).one()


VERBS: dict[str, Callable[[Milestone], object]] = {
    **ACTS, "come_back": lambda row: payments.look(newest(row)), "sync": sync, "send": send, "pay_out": pay_out,
    "end": lambda row: contracts.end_contract(row.contract, people.ben(), Side.manager, "Over."),
    "propose": lambda row: make_change(kind="split", milestone=row),
    "accept": lambda row: change_orders.accept(proposed(row), people.ada(), Side.business),
    "ask_back": lambda row: refunds.ask_refund(row, people.ada(), "Late."),
}
PAID = ("start", "come_back")
CASES = [
    # how far it went, what happens at once, where it may end
    (("start",), ("come_back", "come_back", "cancel"), {S.funded, S.planned}),
    (("start",), ("come_back", "end", "come_back"), {S.funded, S.planned}),
    (PAID, ("deliver", "give_back", "come_back"), {S.refunded, S.delivered}),
    (PAID, ("give_back", "ask_back", "sync"), {S.refunded}),
    ((*PAID, "deliver"), ("approve", "approve", "give_back"), {S.approved, S.refunded}),
    ((*PAID, "deliver"), ("approve", "ask_changes", "sync"), {S.approved, S.changes_asked}),
    ((*PAID, "deliver", "ask_back"), ("approve", "give_back", "ask_changes"), {S.approved, S.refunded, S.changes_asked}),
    ((*PAID, "give_back"), ("send", "sync", "end"), {S.refunded}),
    ((*PAID, "deliver", "approve"), ("pay_out", "pay_out", "end"), {S.released}),
    (("propose",), ("accept", "start", "end"), {S.planned, S.funding}),
]


@pytest.mark.parametrize(("before", "at_once", "ends"), CASES)
def test_whoever_meets_on_a_milestone_one_wins_and_none_waits_in_a_ring(committed_stripe, world, before, at_once, ends):
    key = prepared(world, before)
    answers = meet(committed_stripe, key, at_once)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    db.session.rollback()
    milestone = db.session.get_one(Milestone, key)
    assert milestone.status in ends
    assert answers.count(True) >= 1
    held, owed = books.held(f"milestone:{key}").minor, books.payable(f"manager:{milestone.contract.manager_id}").minor
    assert (held, owed) == {S.funded: (400_000, 0), S.delivered: (400_000, 0), S.changes_asked: (400_000, 0),
                            S.approved: (0, 360_000)}.get(milestone.status, (0, 0))


@pytest.mark.parametrize(("before", "verb"), [
    ((), "start"), (("start",), "come_back"), (("start",), "cancel"), (PAID, "deliver"), (PAID, "ask_back"), (PAID, "give_back"),
    (PAID, "end"), (("start",), "end"),
    ((*PAID, "deliver"), "approve"), ((*PAID, "deliver"), "ask_changes"), ((*PAID, "deliver", "ask_back"), "approve"),
    ((*PAID, "deliver", "ask_back"), "give_back"), ((*PAID, "give_back"), "send"), ((*PAID, "give_back"), "sync"),
    ((*PAID, "deliver", "approve"), "pay_out"), ((*PAID, "end", "give_back"), "send"), ((*PAID, "end", "deliver", "approve"), "pay_out"),
])
def test_every_verb_takes_its_locks_in_the_one_order(committed_stripe, world, before, verb):
    key = prepared(world, before, about_to=verb)
    with locks() as transactions:
        VERBS[verb](db.session.get_one(Milestone, key))
        db.session.commit()
    orders = [list(dict.fromkeys(taken)) for taken in transactions if taken]
    assert orders
    for order in orders:
        assert order == sorted(order, key=RANKS.__getitem__)


def test_a_bonus_is_paid_and_released_in_the_one_order(committed_stripe, world):
    contract = make_approved().contract
    db.session.commit()
    with locks() as transactions:
        payment = bonuses.give_bonus(contract, people.ada(), Money(100_000), "", "https://dayitto.example/a", "https://dayitto.example/b")
        db.session.commit()
        world.pay(payment.checkout_url)
        payments.look(payment)
        db.session.commit()
        bonuses.release_bonus(payment.subject.partition(":")[2])
        db.session.commit()
    orders = [list(dict.fromkeys(taken)) for taken in transactions if taken]
    assert [order[-1] for order in orders] == ["contracts", "ledger_try", "ledger_try"]
    for order in orders:
        assert order == sorted(order, key=RANKS.__getitem__)


def test_a_monthly_contract_goes_its_way_in_the_one_order(committed_stripe, world):
    contract, ada, ben = make_retainer(), people.ada(), people.ben()
    card = make_saved_card(contract.business)
    month = make_next_month(contract)
    first, retainer = queries.months_of(contract)[0].milestone, queries.retainer_of(contract)
    db.session.commit()

    def proposal() -> MonthProposal:
        return prorating.propose(first, ben, Side.manager, [30, 1])

    acts: list[tuple[str, Callable[[], object]]] = [
        ("retainers", lambda: retainers.consent(retainer, card, ada)),
        ("contracts", lambda: contracts.pause_contract(contract, ada, Side.business, "Eid.")),
        ("retainer_months", lambda: contracts.resume_contract(contract, ada)),
        ("retainer_months", lambda: moved(month.charge_at) or retainers.tell_month(str(month.id))),
        ("retainer_months", lambda: moved(month.charge_at) or retainers.charge_month(str(month.id))),
        ("cards", lambda: cards.remove_card(card, ada)),
        ("contracts", lambda: contracts.end_contract(contract, ada, Side.business, "Over.")),
        ("milestones", proposal),
        ("month_proposals", lambda: prorating.remind_of_proposal(str(queries.open_proposal(first).id))),
        ("month_proposals", lambda: prorating.decline(queries.open_proposal(first), ada, Side.business)),
        ("milestones", proposal),
        ("month_proposals", lambda: prorating.lapse_proposal(str(queries.open_proposal(first).id))),
        ("ledger_try", lambda: prorating.agree(proposal(), ada, Side.business))]
    for reached, act in acts:
        with locks() as transactions:
            act()
            db.session.commit()
        for order in [list(dict.fromkeys(taken)) for taken in transactions]:
            assert order == sorted(order, key=RANKS.__getitem__)
        assert reached in {name for taken in transactions for name in taken}


def moved(moment: datetime) -> None:
    clock.move(moment - clock.now() + timedelta(minutes=1))


@contextmanager
def locks() -> Iterator[list[list[str]]]:
    """By transaction, the tables whose rows are locked, and the books. Nobody waits for a row that is new."""
    transactions: list[list[str]] = [[]]
    new: set[str] = set()

    def note(_connection, _cursor, statement, *_rest):
        new.update(re.findall(r"^INSERT INTO (\w+)", statement))
        found = {name for groups in LOCKING.findall(statement) for name in groups} & RANKS.keys() - new
        transactions[-1].extend(found)

    def ended(_connection):
        transactions.append([])
        new.clear()

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", ended)
    try:
        yield transactions
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        event.remove(db.engine, "commit", ended)


def test_who_waits_too_long_for_another_is_told_to_try_again(committed_stripe, world):
    """Nothing is changed, and it is no failure of ours."""
    key = prepared(world, (*PAID, "deliver"))
    people.ada().language = "en"
    committed_stripe.test_client_class = OneContextARequest
    browser = sign_in(committed_stripe.test_client(), people.ada())
    db.session.commit()
    with impatient(), db.engine.connect() as other:
        other.execute(text("select from milestones where id = :key for update"), {"key": key})
        answer = browser.post(f"/milestones/{key}/changes", data={"note": "Brighter."})
        assert answer.status_code == 409
        assert "Nothing was changed; try again." in answer.text
        other.rollback()
    db.session.rollback()
    assert db.session.get_one(Milestone, key).status == S.delivered
    assert browser.post(f"/milestones/{key}/changes", data={"note": "Brighter."}).status_code == 303


@contextmanager
def impatient():
    """Nobody waits long for a lock; the engine is that of all tests, so only here."""
    def hurry(connection):
        connection.exec_driver_sql("set local lock_timeout = '100ms'")

    event.listen(db.engine, "begin", hurry)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", hurry)


def prepared(world, before, about_to="") -> uuid.UUID:
    """A milestone with this behind it; whoever is about to come back from Stripe's page has paid there."""
    contract = make_contract()
    contract.manager.clean_contracts = holds.HOLD_NONE_AFTER
    make_account(world, contract.manager)
    make_paid(world)  # so that our balance at Stripe bears the card fees of what goes back
    key = make_milestone(contract).id
    db.session.commit()
    for name in before:
        if name == "come_back":
            world.pay(newest(db.session.get_one(Milestone, key)).checkout_url)
        VERBS[name](db.session.get_one(Milestone, key))
        db.session.commit()
    if before == ("start",) and about_to != "cancel":
        world.pay(newest(db.session.get_one(Milestone, key)).checkout_url)
    return key


def meet(app, key: uuid.UUID, names) -> list[object]:
    """Each in a connection of its own: True when it was done, False when refused, else what went wrong."""
    answers: list[object] = []

    def begin(name: str) -> None:
        with app.app_context():
            try:
                VERBS[name](db.session.get_one(Milestone, key))
                db.session.commit()
                answers.append(True)
            except DomainError:
                db.session.rollback()
                answers.append(False)
            except Exception as error:
                db.session.rollback()
                answers.append(error)

    together(*[lambda name=name: begin(name) for name in names])
    return answers
