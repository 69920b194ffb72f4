"""What postings meant for one party, moment by moment, in the currency that is asked for and in no other."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.models import AccountKind
from marketplace.ledger.queries import movements
from tests.factories.ledger import post_fund, post_release

STEP, NEXT, BUSINESS, MANAGER = "milestone:1", "milestone:2", "business:1", "manager:1"
BOTH, WORK = {"contract": "contract:1", "business": BUSINESS}, {"contract": "contract:1", "manager": MANAGER}


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_life() -> None:
    """Paid in with ads, released, sent and arrived; refunded; fined; a bank takes the rest; one posting is reversed."""
    post_fund(source="payment:taka")
    commands.fund("f", milestone=STEP, amount=usd(1000), card_cost=usd(30), ad_spend=usd(200), source="payment:1", stripe_id="ch_1", **BOTH)
    commands.release("e", milestone=STEP, gross=usd(600), fee=usd(60), **WORK)
    commands.begin_transfer("t", manager=MANAGER, milestone=STEP, amount=usd(300))
    commands.settle_transfer("t", stripe_id="tr_1")
    commands.pay_out("p", manager=MANAGER, amount=usd(100))
    commands.roll_over("ro", milestone=STEP, to=NEXT, amount=usd(70), **BOTH)
    commands.begin_refund("r", milestone=STEP, amount=usd(50), source="payment:1", **BOTH)
    commands.settle_refund("r", stripe_id="re_1")
    commands.find_fault("ff", subject=STEP, amount=usd(8), business=BUSINESS, **WORK)
    commands.charge_back("cb", source="payment:1", subject=STEP, amount=usd(500), stripe_id="du_1", **BOTH)
    commands.reverse("rev", of="cb")


def told(party: str, since: datetime, until: datetime, currency: str = "USD") -> list[str]:
    """A line a posting: its verb, what it undoes, whom it is about, then change, cost and size in minor units."""
    return [" ".join([one.verb, one.undoes or "-", one.subject or "-", one.contract or "-",
                      *(f"{money.minor}{money.currency}" for money in (one.change, one.cost, one.size))])
            for one in movements.movements(party, currency, since, until)]


def test_what_each_posting_was_for_a_business(app):
    """Oldest first, also where the database groups by hashing, as it does with many rows."""
    db.session.execute(text("set local enable_sort = off"))
    before = clock.now()
    a_life()
    commands.fund("other", milestone="milestone:3", contract="contract:2", business="business:2", amount=usd(9), card_cost=usd(1))
    assert told(BUSINESS, before, clock.now()) == [
        "fund - milestone:1 contract:1 1200USD 30USD 0USD", "release - milestone:1 contract:1 -600USD 0USD 600USD",
        "roll_over - milestone:1 contract:1 0USD 0USD 70USD", "refund - milestone:1 contract:1 0USD 0USD 50USD",
        "refund_settled - milestone:1 contract:1 -50USD 0USD 50USD", "find_fault - milestone:1 contract:1 8USD 0USD 0USD",
        "charge_back - milestone:1 contract:1 -500USD 0USD 500USD", "reverse charge_back milestone:1 contract:1 500USD 0USD 0USD"]
    assert told(BUSINESS, before, clock.now(), "BDT") == ["fund - milestone:1 contract:1 700000BDT 20300BDT 0BDT"]
    assert told("business:2", before, clock.now()) == ["fund - milestone:3 contract:2 9USD 1USD 0USD"]


def test_what_each_posting_was_for_a_manager(app):
    before = clock.now()
    a_life()
    assert told(MANAGER, before, clock.now()) == [
        "release - milestone:1 contract:1 540USD 60USD 0USD", "transfer - milestone:1 - 0USD 0USD 300USD",
        "transfer_settled - milestone:1 - 0USD 0USD 300USD", "pay_out - manager:1 - -100USD 0USD 100USD",
        "find_fault - milestone:1 contract:1 -8USD 0USD 8USD"]


def test_a_time_begins_with_its_first_moment_and_ends_before_its_last(app):
    a_life()
    funded, released = (queries.by_key(key) for key in ("f", "e"))
    [one] = movements.movements(BUSINESS, "USD", funded.created_at, released.created_at)
    assert (one.id, one.at, one.verb) == (funded.id, funded.created_at, "fund")
    assert movements.parties_moved(funded.created_at, released.created_at) == [(BUSINESS, "USD")]
    assert movements.own_money(BUSINESS, "USD", funded.created_at) == {}
    assert movements.own_money(BUSINESS, "USD", released.created_at) == {AccountKind.held: usd(1000), AccountKind.ad_spend: usd(200)}


def test_whose_money_moved_in_a_time(app):
    a_life()
    begun = clock.now()
    commands.fund("other", milestone="milestone:3", contract="contract:2", business="business:2", amount=usd(9), card_cost=usd(1))
    assert movements.parties_moved(begun, clock.now()) == [("business:2", "USD")]
    fault, charge_back = (queries.by_key(key).created_at for key in ("ff", "cb"))
    assert movements.parties_moved(fault, charge_back) == [(BUSINESS, "USD"), (MANAGER, "USD")], "what they owe"
    assert movements.parties_moved(charge_back, begun) == [(BUSINESS, "USD")]


def test_whose_money_it_is_by_where_it_lies(app):
    before = clock.now()
    assert movements.begun_at() is None
    a_life()
    assert movements.own_money(BUSINESS, "USD", clock.now()) == {
        AccountKind.held: usd(350), AccountKind.ad_spend: usd(200), AccountKind.refunding: usd(0), AccountKind.receivable: usd(8)}
    assert movements.own_money(BUSINESS, "BDT", clock.now()) == {AccountKind.held: Money(700000)}
    assert movements.own_money(MANAGER, "USD", clock.now()) == {
        AccountKind.payable: usd(240), AccountKind.sending: usd(0), AccountKind.arriving: usd(200), AccountKind.receivable: usd(-8)}
    assert movements.parties_moved(before, clock.now()) == [(BUSINESS, "BDT"), (BUSINESS, "USD"), (MANAGER, "USD")]
    assert (movements.currencies_of(BUSINESS), movements.currencies_of(MANAGER)) == (["BDT", "USD"], ["USD"])
    assert movements.begun_at() == queries.by_key("fund:milestone:1").created_at


def test_how_what_was_held_for_a_step_went(app):
    a_life()
    assert movements.course_of(STEP, "USD") == {
        "fund": usd(1000), "release": usd(-600), "roll_over": usd(-70), "refund": usd(-50), "charge_back": usd(-280), "reverse": usd(280)}
    assert movements.course_of(NEXT, "USD") == {"roll_over": usd(70), "charge_back": usd(-20), "reverse": usd(20)}
    [drawn] = [entry.id for entry in queries.by_key("e").entries if entry.account.kind == AccountKind.held]
    assert movements.course_of(STEP, "USD", until=drawn) == {"fund": usd(1000), "release": usd(-600)}
    assert movements.course_of(STEP, "USD", until=drawn - 1) == {"fund": usd(1000)}


def test_a_release_from_two_payments_is_one(app):
    post_fund(amount=Money(300), source="payment:1")
    post_fund(amount=Money(500), source="payment:2", key="second")
    post_release(gross=Money(700))
    posting = queries.by_key("release:milestone:1")
    release = movements.release_of(posting.id)
    assert (release.at, release.subject, release.contract, release.manager) == (posting.created_at, STEP, "contract:1", MANAGER)
    assert (release.gross, release.fee, release.net) == (Money(700), Money(70), Money(630))
    assert release.entry_id == max(entry.id for entry in posting.entries)


def test_what_left_for_a_card_is_known_once_it_has_left(app):
    a_life()
    commands.begin_refund("r2", milestone=STEP, amount=usd(20), source="payment:1", **BOTH)
    assert (movements.refunded_under("r"), movements.refunded_under("r2")) == (usd(50), None)
    assert movements.refunded_under("t") is None, "that went to a manager"
