"""The verbs: each balances, writes once, and takes nobody's money below zero."""
from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.ledger import commands, queries
from marketplace.ledger.commands.books import CHECKPOINT
from marketplace.ledger.models import Checkpoint, Entry, Transaction
from tests.factories.ledger import NOTHING, PARTIES, post_fund, post_release

AMOUNT = Money(700000)
M = "milestone:1"


@pytest.fixture(autouse=True)
def sound(app):
    """After each test the books are as a commit would demand."""
    yield
    db.session.execute(text("set constraints all immediate"))
    assert queries.trial_balance().balanced
    assert queries.discrepancies() == []


def entries(key: str) -> list[tuple]:
    legs = queries.by_key(key).entries
    return [(leg.account.kind.value, leg.account.owner, leg.direction.value, leg.amount_minor) for leg in legs]


def ended(key: str) -> str | None:
    """How a pending posting ended."""
    last = queries.finisher(queries.by_key(key))
    return last and last.key.rpartition("/")[2]


def test_fund_holds_the_amount_and_the_card_cost_beside_it(app):
    commands.fund("a", milestone=M, amount=AMOUNT, card_cost=Money(20300), stripe_id="ch_1", **PARTIES)
    assert entries("a") == [("stripe", "platform", "debit", 720300), ("held", M, "credit", 700000),
                            ("card_costs", "platform", "credit", 20300)]


def test_ad_money_is_held_apart(app):
    commands.fund("a", milestone=M, amount=AMOUNT, card_cost=NOTHING, ad_spend=Money(300000), **PARTIES)
    assert (queries.held(M), queries.ad_spend(M), queries.stripe_clearing()) == (AMOUNT, Money(300000), Money(1000000))
    commands.begin_refund("r", milestone=M, amount=AMOUNT, ad_spend=Money(300000), **PARTIES)
    commands.void_refund("r")
    assert (queries.held(M), queries.ad_spend(M)) == (AMOUNT, Money(300000))


def test_release_gives_the_manager_all_but_the_fee(app):
    post_fund()
    post_release()
    assert entries(f"release:{M}") == [("held", M, "debit", 700000), ("payable", "manager:1", "credit", 630000),
                                       ("fees", "platform", "credit", 70000)]


def test_a_fee_of_nothing_has_no_leg(app):
    post_fund()
    commands.release("a", milestone=M, contract="contract:1", manager="manager:1", gross=AMOUNT, fee=NOTHING)
    assert len(entries("a")) == 2


@pytest.mark.parametrize("verb", [
    lambda: post_release(gross=Money(700001)),
    lambda: commands.begin_refund("x", milestone=M, amount=Money(700001), **PARTIES),
    lambda: commands.begin_refund("x", milestone=M, amount=Money(1), source="payment:other", **PARTIES),
    lambda: commands.begin_refund("x", milestone=M, amount=NOTHING, ad_spend=Money(1), source="payment:other", **PARTIES),
    lambda: commands.draw("x", milestone=M, contract="contract:1", manager="manager:1", amount=Money(1)),
    lambda: commands.begin_transfer("x", manager="manager:1", milestone=M, amount=Money(1)),
    lambda: post_release("milestone:other", gross=Money(1)),
])
def test_other_peoples_money_never_falls_below_zero(app, verb):
    post_fund()
    with pytest.raises(commands.NotEnough):
        verb()
    assert queries.held(M) == AMOUNT


def test_the_same_key_writes_once_and_gives_the_first(app):
    post_fund()
    first = queries.by_key(f"fund:{M}").id
    assert commands.fund(f"fund:{M}", milestone=M, amount=AMOUNT, card_cost=AMOUNT.share(290), stripe_id=f"ch_{M}", **PARTIES) == first
    assert queries.held(M) == AMOUNT
    assert db.session.scalar(select(func.count()).select_from(Transaction)) == 1


@pytest.mark.parametrize("changes", [{"amount": Money(1)}, {"card_cost": NOTHING}, {"stripe_id": "ch_other"}, {"milestone": "milestone:2"}])
def test_a_key_used_for_something_else_is_a_fault(app, changes):
    post_fund()
    with pytest.raises(commands.KeyReused):
        post_fund(key=f"fund:{M}", **changes)
    assert queries.held(M) == AMOUNT


def test_a_pending_transfer_settles_once(app):
    post_fund()
    post_release()
    commands.begin_transfer("t", manager="manager:1", milestone=M, amount=Money(630000))
    assert (queries.payable("manager:1"), queries.sending("manager:1"), ended("t")) == (NOTHING, Money(630000), None)
    commands.settle_transfer("t", stripe_id="tr_1")
    commands.settle_transfer("t", stripe_id="tr_1")
    assert (queries.sending("manager:1"), queries.arriving("manager:1"), ended("t")) == (NOTHING, Money(630000), "settled")
    with pytest.raises(commands.AlreadyFinished):
        commands.void_transfer("t")


def test_a_voided_transfer_is_owed_again_and_cannot_settle(app):
    post_fund()
    post_release()
    commands.begin_transfer("t", manager="manager:1", milestone=M, amount=Money(630000))
    commands.void_transfer("t")
    assert (queries.payable("manager:1"), ended("t")) == (Money(630000), "voided")
    with pytest.raises(commands.AlreadyFinished):
        commands.settle_transfer("t", stripe_id="tr_1")


def test_what_is_not_pending_cannot_be_finished(app):
    post_fund()
    with pytest.raises(commands.KeyReused):
        commands.void_refund(f"fund:{M}")


def test_a_refund_settled_and_returned_is_held_again(app):
    post_fund()
    commands.begin_refund("r", milestone=M, amount=AMOUNT, **PARTIES)
    commands.settle_refund("r", stripe_id="re_1")
    assert queries.held(M) == NOTHING
    commands.return_refund("r", stripe_id="re_1")
    commands.return_refund("r", stripe_id="re_1")
    assert queries.held(M) == AMOUNT


def test_a_charge_back_takes_what_is_held_and_the_business_owes_the_rest(app):
    post_fund(source="payment:1")
    post_release(gross=Money(500000))
    commands.charge_back("c", source="payment:1", subject=M, amount=Money(720300), stripe_id="du_1", **PARTIES)
    assert (queries.held(M), queries.owed_by("business:1")) == (NOTHING, Money(520300))
    commands.win_back("w", charged_back="c", stripe_id="du_1")
    assert (queries.held(M), queries.owed_by("business:1")) == (Money(200000), NOTHING)
    with pytest.raises(commands.AlreadyFinished):
        commands.win_back("w2", charged_back="c", stripe_id="du_1")


def test_what_is_held_from_two_payments_is_taken_oldest_first(app):
    post_fund(source="payment:1", amount=Money(300000))
    post_fund(source="payment:2", amount=Money(400000), key="second")
    first, again = (post_release(gross=Money(500000)) for _ in range(2))
    assert first.drawn == again.drawn == [("payment:1", Money(300000)), ("payment:2", Money(200000))]
    assert (first.fresh, again.fresh) == (True, False)
    assert queries.sources_of(M) == [("payment:2", Money(200000))]
    with pytest.raises(commands.NotEnough):
        commands.begin_refund("r", milestone=M, amount=Money(100), source="payment:1", **PARTIES)


def test_money_that_rolls_over_stays_money_of_its_payment(app):
    post_fund(source="payment:1")
    commands.roll_over("o", milestone=M, to="milestone:2", amount=Money(300000), **PARTIES)
    commands.roll_over("o", milestone=M, to="milestone:2", amount=Money(300000), **PARTIES)
    assert (queries.held(M), queries.sources_of("milestone:2")) == (Money(400000), [("payment:1", Money(300000))])
    commands.charge_back("c", source="payment:1", subject=M, amount=AMOUNT, stripe_id="du_1", **PARTIES)
    assert (queries.held(M), queries.held("milestone:2"), queries.owed_by("business:1")) == (NOTHING, NOTHING, NOTHING)


def test_more_than_is_held_does_not_roll_over(app):
    post_fund()
    with pytest.raises(commands.NotEnough):
        commands.roll_over("o", milestone=M, to="milestone:2", amount=Money(700001), **PARTIES)
    assert queries.held(M) == AMOUNT


def test_a_returned_transfer_is_owed_to_the_manager(app):
    post_fund()
    post_release()
    commands.begin_transfer("t", manager="manager:1", milestone=M, amount=Money(630000))
    commands.settle_transfer("t", stripe_id="tr_1")
    commands.return_transfer("b", manager="manager:1", milestone=M, contract=None, amount=Money(130000), stripe_id="trr_1")
    assert (queries.payable("manager:1"), queries.arriving("manager:1")) == (Money(130000), Money(500000))


def test_a_payout_and_its_return(app):
    commands.pay_out("p", manager="manager:1", amount=Money(5))
    commands.reverse("p/failed", of="p")
    commands.reverse("p/failed", of="p")
    assert queries.arriving("manager:1") == NOTHING


def test_money_in_another_currency_balances_in_both(app):
    commands.fund("a", milestone=M, amount=AMOUNT, card_cost=NOTHING, stripe_id="ch_1", settled=Money(5740, "USD"), **PARTIES)
    assert (queries.held(M), queries.stripe_clearing("BDT"), queries.stripe_clearing("USD")) == (AMOUNT, NOTHING, Money(5740, "USD"))
    assert queries.trial_balance().currencies() == ["BDT", "USD"]


def test_currencies_are_not_mixed(app):
    with pytest.raises(CurrencyMismatch):
        commands.fund("a", milestone=M, amount=AMOUNT, card_cost=Money(1, "USD"), **PARTIES)


def test_entries_keep_the_balance_after_them_except_on_hot_accounts(app):
    post_fund("milestone:1")
    post_release("milestone:1", gross=Money(200000))
    after = {(entry.account.kind.value, entry.transaction.verb): entry.balance_after_minor
             for entry in db.session.scalars(select(Entry).order_by(Entry.id))}
    assert after["held", "fund"] == 700000
    assert after["held", "release"] == 500000
    assert after["payable", "release"] == 180000
    assert after["stripe", "fund"] is after["fees", "release"] is None


def test_empty_books_have_no_entry_since_a_checkpoint(app):
    assert queries.entries_since_checkpoint() == 0


def test_a_checkpoint_changes_no_balance_and_is_not_repeated(app):
    for number in range(3):
        post_fund(f"milestone:{number}")
    before, balance = queries.stripe_clearing(), queries.trial_balance()
    newest = db.session.scalar(select(func.max(Entry.id)))
    assert queries.entries_since_checkpoint() == newest
    db.session.execute(CHECKPOINT, {"at": clock.now()})
    assert queries.entries_since_checkpoint() == newest - db.session.scalar(select(func.max(Checkpoint.entry_id))) <= 1
    assert (queries.stripe_clearing(), queries.trial_balance()) == (before, balance)
    post_fund("milestone:9")
    assert queries.stripe_clearing() == before + Money(720300)
    assert db.session.execute(CHECKPOINT, {"at": clock.now()}).scalar_one() == 2


def test_twenty_releases_at_once_of_the_same_money_are_one(committed):
    """Held once, asked for twenty times under twenty keys."""
    post_fund()
    db.session.commit()
    outcomes, barrier = [], threading.Barrier(20)

    def release(number):
        with committed.app_context():
            barrier.wait()
            try:
                post_release(key=f"release:{number}")
                db.session.commit()
                outcomes.append("released")
            except commands.NotEnough:
                db.session.rollback()
                outcomes.append("refused")

    run_all(release, range(20))
    assert sorted(outcomes) == ["refused"] * 19 + ["released"]
    assert (queries.held(M), queries.payable("manager:1")) == (NOTHING, Money(630000))


def test_twenty_times_the_same_key_at_once_is_one_posting(committed):
    ids, barrier = set(), threading.Barrier(20)

    def fund(_number):
        with committed.app_context():
            barrier.wait()
            ids.add(commands.fund("fund:1", milestone=M, amount=AMOUNT, card_cost=NOTHING, **PARTIES))
            db.session.commit()

    run_all(fund, range(20))
    assert len(ids) == 1
    assert queries.held(M) == AMOUNT


def test_crossing_postings_do_not_deadlock(committed):
    """Settling goes from connected to arriving, a payout the other way: both lock in one order."""
    post_fund(amount=Money(10_000))
    post_release(gross=Money(10_000))
    for number in range(40):
        commands.begin_transfer(f"t{number}", manager="manager:1", milestone=M, amount=Money(100))
    db.session.commit()
    errors = []

    def cross(number):
        with committed.app_context():
            try:
                for step in range(number, 40, 8):
                    commands.settle_transfer(f"t{step}", stripe_id=f"tr_{step}")
                    db.session.commit()
                    commands.pay_out(f"p{step}", manager="manager:1", amount=Money(100))
                    db.session.commit()
            except Exception as error:
                errors.append(error)

    run_all(cross, range(8))
    assert errors == []
    assert (queries.sending("manager:1"), queries.arriving("manager:1")) == (NOTHING, NOTHING)


def run_all(work, numbers):
    threads = [threading.Thread(target=work, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_fee_of_nothing_is_not_posted(app):
    assert commands.pay_fee("f", subject=M, contract=None, fee=NOTHING, stripe_id="ch_1") is None
    assert queries.find("f") is None


def test_the_same_refund_by_stripe_is_absorbed_once(app):
    post_fund(source="payment:1")
    facts = {"source": "payment:1", "subject": M, "amount": Money(100000), "stripe_id": "re_1", **PARTIES}
    assert commands.absorb_refund("a", **facts) == commands.absorb_refund("a", **facts)
    assert queries.held(M) == Money(600000)


def test_what_the_database_refuses_for_another_reason_stays_what_it_is(app):
    with pytest.raises(IntegrityError, match="positive"):
        commands.write_off("w", debtor="business:1", amount=Money(-5))
    db.session.rollback()
