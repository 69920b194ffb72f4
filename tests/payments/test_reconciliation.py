"""Stripe's list against the books: each difference has a kind and a row, is told once, and ends when it is gone."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.notifications.models import Notice
from marketplace.payments import commands
from marketplace.payments.commands import reconciliation
from marketplace.payments.models import BalanceTransaction, Mismatch, Reconciliation
from tests import people
from tests.factories.payments import AMOUNT, compared, make_account, make_paid, make_payment, make_released
from tests.worker import body, letters, run_jobs, run_sweeps

POSTED = {"contract": "contract:1", "business": "business:1", "milestone": "milestone:x"}
DAY = timedelta(days=1)


def found(status: str = "open") -> list[tuple]:
    rows = db.session.scalars(select(Mismatch).where(Mismatch.status == status).order_by(Mismatch.kind, Mismatch.stripe_id))
    return [(row.kind.value, row.stripe_id, row.theirs_minor, row.ours_minor) for row in rows]


def alerts() -> list[str]:
    return [notice.title for notice in db.session.scalars(select(Notice).where(Notice.subject.like("reconciliation:%")))]


def refunded_at_stripe(world, payment, amount: int = 1000) -> dict:
    return world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=amount)


def test_a_whole_life_agrees_to_the_last_poisha(stripe_app, world, client):
    account, payment = make_account(world), make_paid(world)
    make_paid(world)
    make_released(payment, account.manager, gross=Money(500000))
    run_sweeps()
    commands.refund(subject=payment.subject, amount=Money(200000), key="a")
    run_jobs()
    other = make_paid(world)
    world.do(f"charges/{other.stripe_charge_id}/dispute")
    world.deliver(client)
    run_jobs()
    run = compared(world)
    assert (found(), run.agrees, alerts()) == ([], True, [])
    assert run.checked == 6
    assert all(one["stripe"] == one["books"] == one["listed"] for one in run.balances)


def test_what_moved_a_moment_ago_is_left_alone(stripe_app, world):
    refunded_at_stripe(world, make_paid(world))
    commands.reconcile()
    run_jobs()
    assert found() == []
    compared(world)
    assert [kind for kind, *_ in found()] == ["refund_unknown"]


def test_a_thing_that_still_moves_is_left_alone_with_all_it_moved_before(stripe_app, world, client):
    """A charge-back of last week that was won a moment ago: half of it would look like a difference."""
    identifier = world.do(f"charges/{make_paid(world).stripe_charge_id}/dispute")["id"]
    world.deliver(client)
    run_jobs()
    assert compared(world).agrees
    world.advance(timedelta(minutes=9))
    world.do(f"disputes/{identifier}/decision", outcome="won")
    commands.reconcile(whole=True)
    run_jobs()
    assert found() == []
    compared(world)
    assert [(kind, stripe_id) for kind, stripe_id, *_ in found()] == [("amount", identifier)]


def test_a_difference_of_what_moves_again_is_open_until_it_rests(stripe_app, world, client):
    identifier = world.do(f"charges/{make_paid(world).stripe_charge_id}/dispute")["id"]
    compared(world)
    world.do(f"disputes/{identifier}/decision", outcome="won")
    commands.reconcile()
    run_jobs()
    assert [stripe_id for _kind, stripe_id, *_ in found()] == [identifier]


def test_a_difference_is_told_once_and_gone_when_the_message_comes(stripe_app, world, client):
    payment = make_paid(world)
    refund = refunded_at_stripe(world, payment)
    people.sam()
    compared(world)
    assert found() == [("refund_unknown", refund["id"], -1000, None)]
    compared(world)
    assert alerts() == ["Stripe and the ledger do not agree"]
    world.deliver(client)
    run_jobs()
    assert compared(world).agrees
    assert (found(), found("gone")) == ([], [("refund_unknown", refund["id"], -1000, None)])


def test_each_type_of_movement_has_its_name(stripe_app, world):
    """What the books know nothing of is called by what it is at Stripe, in the letter to finance on a line of its own."""
    people.sam()
    account, payment = make_account(world), make_paid(world)
    other, third = make_paid(world), make_paid(world)
    transfer = make_released(payment, account.manager, gross=Money(500000))
    run_sweeps()
    world.do("settling")
    world.call("POST", f"transfers/{transfer.stripe_transfer_id}/reversals", amount=1000)
    world.call("POST", "transfers", amount=100, currency="bdt", destination=account.stripe_account_id)
    refunded_at_stripe(world, other)
    world.do(f"charges/{third.stripe_charge_id}/dispute")
    world.call("POST", "payouts", amount=5000, currency="bdt")
    compared(world)
    assert sorted(kind for kind, *_ in found()) == ["dispute_unknown", "payout_unknown", "refund_unknown", "reversal_unknown",
                                                    "transfer_unknown"]
    told = body(letters("sam@example.com")[-1]).splitlines()
    assert len([line for line in told if line.startswith("- ")]) == 5


def test_a_payment_whose_answer_never_came_is_missing(stripe_app, world):
    payment = make_payment()
    world.pay(payment.checkout_url)
    compared(world)
    [(kind, stripe_id, theirs, ours)] = found()
    assert (kind, stripe_id[:3], theirs > 0, ours) == ("missing", "ch_", True, None)


def test_what_only_the_books_have_is_extra(stripe_app, world):
    ledger.fund("forged", amount=AMOUNT, card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    ledger.pay_fee("nameless", subject="milestone:x", contract=None, fee=Money(3), stripe_id=None)
    compared(world)
    assert found() == [("extra", "ch_forged", None, AMOUNT.minor), ("extra", "nameless", None, -3)]


def test_twice_the_same_is_a_duplicate_and_a_missing_fee_a_fee(stripe_app, world):
    payment, other = make_paid(world), make_paid(world)
    for key in ("again", "and again"):
        ledger.fund(key, amount=payment.amount, card_cost=payment.card_cost, stripe_id=payment.stripe_charge_id, **POSTED)
    ledger.pay_fee("too much", subject="milestone:x", contract=None, fee=Money(7), stripe_id=other.stripe_charge_id)
    ledger.reverse("undone", of="again", stripe_id=payment.stripe_charge_id)
    compared(world)
    assert [(kind, stripe_id) for kind, stripe_id, *_ in found()] == [
        ("duplicate", payment.stripe_charge_id), ("fee", other.stripe_charge_id)]


def test_another_amount_and_another_currency_are_named(stripe_app, world):
    payment = make_paid(world)
    ledger.fund("again", amount=Money(5), card_cost=Money(0), stripe_id=payment.stripe_charge_id, **POSTED)
    ledger.fund("dollars", amount=Money(7, "USD"), card_cost=Money(0, "USD"), stripe_id=payment.stripe_charge_id, **POSTED)
    run = compared(world)
    net = world.call("GET", "balance_transactions")["data"][0]["net"]
    assert found() == [("amount", payment.stripe_charge_id, net, net + 5), ("currency", payment.stripe_charge_id, None, 7)]
    assert {one["currency"]: one["books"] - one["stripe"] for one in run.balances} == {"BDT": 5, "USD": 7}


def test_booked_in_taka_what_stripe_keeps_in_dollars_is_one_difference(stripe_app, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    refund = refunded_at_stripe(world, make_paid(world))
    ledger.book_adjustment("wrong", account="losses", amount=Money(-1000), subject="milestone:x", stripe_id=refund["id"])
    compared(world)
    [row] = db.session.scalars(select(Mismatch))
    assert (row.kind, row.currency, row.ours_minor, row.their_currency) == ("currency", "BDT", -1000, "USD")


def test_booked_a_day_later_is_late(stripe_app, world, client):
    refunded_at_stripe(world, make_paid(world))
    world.advance(DAY + timedelta(minutes=1))
    world.deliver(client, [])
    commands.fetch_now()
    run_jobs()
    compared(world)
    assert [kind for kind, *_ in found()] == ["late"]


def test_a_comparison_is_made_once(stripe_app, world):
    run = compared(world)
    refunded_at_stripe(world, make_paid(world))
    world.advance(timedelta(minutes=11))
    reconciliation.compare(str(run.id))
    assert (found(), run.checked, run.agrees) == ([], 0, True)


def test_in_dollars_it_agrees_too(stripe_app, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    account, payment = make_account(world), make_paid(world)
    make_released(payment, account.manager, gross=Money(500000))
    run_sweeps()
    commands.refund(subject=payment.subject, amount=Money(100000), key="a")
    run_jobs()
    assert compared(world).agrees
    assert found() == []


def test_only_what_is_new_is_compared_and_read(stripe_app, world):
    make_paid(world)
    assert compared(world).checked == 1
    world.advance(3 * DAY)
    make_paid(world)
    assert compared(world).checked == 1
    commands.reconcile(whole=True)
    run_jobs()
    assert db.session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc())).first().checked == 2


def test_each_comparison_goes_on_from_the_newest(stripe_app, world):
    for _ in range(3):
        make_paid(world)
        assert compared(world).checked == 1
        world.advance(3 * DAY)


def test_what_moved_in_the_very_moment_a_comparison_looks_up_to_is_looked_at(stripe_app, world):
    make_paid(world)
    compared(world)
    [moment] = db.session.scalars(select(BalanceTransaction.happened_at))
    assert [len(ids) for ids in reconciliation._touched(None, moment)] == [1]


def test_once_a_day_by_itself(stripe_app, world):
    run_sweeps()
    run_sweeps()
    assert len(db.session.scalars(select(Reconciliation)).all()) == 1
    clock.move(timedelta(days=1, seconds=1))
    run_sweeps()
    assert len(db.session.scalars(select(Reconciliation)).all()) == 2


@pytest.mark.parametrize("minutes", [59, 61])
def test_finance_hears_once_that_events_are_not_read(stripe_app, world, minutes):
    """Not at the first look after an hour without workers: then the list is only about to be read."""
    people.sam()
    commands.fetch_now()
    run_jobs()
    world.fault("status:500", "/v1/events", times=1000)
    told = []
    for step in (minutes, 6, 6):
        clock.move(timedelta(minutes=step))
        run_sweeps()
        titles = db.session.scalars(select(Notice.title)).all()
        told.append(titles.count("Stripe has not been read for long"))
    assert (told[0], told[-1]) == (0, 1)
