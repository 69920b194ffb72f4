"""Sums too small to be sent alone: MONEY.md case 16, the destination's minimum."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.managers.models import Manager
from marketplace.payments import commands, signals
from marketplace.payments.commands.gathering import _room, gather, gathered_in
from marketplace.payments.models import Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_account, make_failed_transfer, make_paid, make_released, make_row
from tests.factories.payouts import make_queued
from tests.worker import run_jobs, run_sweeps

LEAST = Money(1000)


def tiny(world, manager: Manager, gross: int = 500) -> Transfer:
    """A little of a payment, released: under the minimum."""
    return make_released(make_paid(world), manager, gross=Money(gross), fee=Money(0))


def at_stripe(world):
    return [one["amount"] for one in world.call("GET", "transfers")["data"]]


def test_too_little_waits_and_goes_with_the_next_transfer(stripe_app, world):
    """Stripe, which would refuse it, is never asked for so little."""
    world.do("transfers/minimum", amount=LEAST.minor)
    account = make_account(world)
    small, heard = tiny(world, account.manager), []
    run_sweeps()
    assert (small.status, world.calls("POST", "/v1/transfers$")) == (TransferStatus.due, [])
    large = make_released(make_paid(world), account.manager)

    def on_sent(transfer):
        heard.append(str(transfer.id))

    with signals.transfer_sent.connected_to(on_sent):
        commands.transfers.begin_transfer(str(large.id))
        run_jobs()
    assert (small.status, large.status, at_stripe(world)) == (TransferStatus.gathered, TransferStatus.sent, [630500])
    assert sorted(heard) == sorted([str(large.id), str(small.id)])
    assert books.payable(f"manager:{account.manager_id}") == Money(0)
    world.advance(timedelta(days=4))
    world.advance(timedelta(days=1, seconds=1))
    [payout] = world.call("GET", "payouts", account=account.stripe_account_id)["data"]
    heard.clear()
    with signals.transfer_arrived.connected_to(on_sent):
        commands.sync_payout(account, payout["id"])
    assert sorted(heard) == sorted([str(large.id), str(small.id)])
    assert (large.status, books.arriving(f"manager:{account.manager_id}")) == (TransferStatus.arrived, Money(0))


def test_too_little_is_looked_at_once_a_day(stripe_app, world):
    account = make_account(world)
    first = tiny(world, account.manager, 300)
    assert "payments.commands.transfers.begin_transfer" in run_sweeps()
    assert "payments.commands.transfers.begin_transfer" not in run_sweeps()
    world.advance(timedelta(days=1, minutes=1))
    assert "payments.commands.transfers.begin_transfer" in run_sweeps()
    assert first.status == TransferStatus.due


def test_several_small_ones_are_enough_together(stripe_app, world):
    account = make_account(world)
    for _number in range(2):
        tiny(world, account.manager)
    run_sweeps()
    assert at_stripe(world) == [1000]


def test_what_the_payment_did_not_bring_waits_for_another(stripe_app, world):
    """A transfer carries no more than its payment: Stripe would refuse the whole."""
    account = make_account(world)
    full = make_paid(world)
    large = make_released(full, account.manager, fee=Money(0))
    rest = full.total.minor - full.amount.minor
    first, second = tiny(world, account.manager, 999), tiny(world, account.manager, 998)
    assert rest > 999
    large.amount_minor += rest - 999  # as if it carried others already
    assert gather(large, LEAST)
    assert (first.status, second.status) == (TransferStatus.gathered, TransferStatus.due)


def test_one_without_a_payment_carries_nothing(stripe_app, world):
    account = make_account(world)
    alone = make_failed_transfer(account.manager.person)
    tiny(world, account.manager)
    assert not gather(alone, LEAST)
    assert _room(alone) == 0


def test_what_was_carried_is_not_taken_back_twice(stripe_app, world):
    """The carrier gives what it released; the small one's part, wherever it went, is owed."""
    account = make_account(world)
    make_paid(world)
    small = tiny(world, account.manager)
    large = make_released(make_paid(world), account.manager)
    commands.transfers.begin_transfer(str(large.id))
    run_jobs()
    facts = {"business": small.payment.business, "manager": account.manager, "contract": small.contract}
    commands.take_back(subject=large.subject, gross=Money(700000), fee=Money(70000), key="a", **facts)
    commands.take_back(subject=small.subject, gross=Money(500), fee=Money(0), key="b", **facts)
    run_jobs()
    assert books.owed_by(f"manager:{account.manager_id}") == Money(500)
    assert (large.reversed_minor, large.status) == (630000, TransferStatus.sent)


@pytest.mark.parametrize("changes", [
    {"disputed": True}, {"check_reason": "Paid in by a new card."}, {"send_after": clock.now() + timedelta(days=9)}, {"currency": "USD"},
    {"status": TransferStatus.sending}, {"amount_minor": LEAST.minor}])
def test_only_what_is_small_and_may_go_goes_along(app, changes):
    manager = begin(people.ben())
    other, large = (make_released(make_row(people.ada()), manager, Money(gross), fee=Money(0)) for gross in (500, 5000))
    for name, value in changes.items():
        setattr(other, name, value)
    assert gather(large, LEAST)
    assert (other.gathered_into_id, large.amount_minor) == (None, 5000)


def test_what_is_another_managers_does_not_go_along(app):
    other = make_released(make_row(people.ada()), begin(people.eve()), Money(500), fee=Money(0))
    large = make_released(make_row(people.ada()), begin(people.ben()), Money(5000), fee=Money(0))
    assert gather(large, LEAST)
    assert (other.status, large.amount_minor) == (TransferStatus.due, 5000)


def row_and_transfer(manager: Manager, minor: int) -> Transfer:
    return make_released(make_row(people.ada()), manager, Money(minor), fee=Money(0))


@pytest.mark.parametrize(("minor", "fits"), [(20_300, True), (20_301, False)])
def test_what_fits_goes_along_to_the_last_poisha(app, minor, fits):
    """The payment brought 5,000 and the card's cost of 20,300."""
    manager = begin(people.ben())
    small = make_released(make_row(people.ada(), Money(minor)), manager, Money(minor), fee=Money(0))
    large = make_released(make_row(people.ada(), Money(5000)), manager, Money(5000), fee=Money(0))
    assert gather(large, Money(25_300)) == fits
    assert (small.status == TransferStatus.gathered, large.amount_minor) == (fits, 25_300 if fits else 5000)


def test_what_was_taken_back_or_carried_by_another_leaves_room(app):
    manager = begin(people.ben())
    payment = make_row(people.ada(), Money(5000))
    first, large = (make_released(payment, manager, Money(gross), fee=Money(0), key=key) for gross, key in ((2000, "a"), (3000, "b")))
    first.status = TransferStatus.sent
    assert _room(large) == 20_300
    first.reversed_minor = 100
    assert _room(large) == 20_400
    first.status = TransferStatus.gathered
    assert _room(large) == 22_300
    row_and_transfer(manager, 700)
    assert _room(large) == 22_300


def touch(transfer: Transfer) -> None:
    """PostgreSQL puts a changed row behind the others."""
    transfer.failure += "."
    db.session.flush()


def test_the_oldest_go_along_first_and_are_told_in_their_order(app):
    manager = begin(people.ben())
    small = [row_and_transfer(manager, 500) for _number in range(3)]
    large = make_released(make_row(people.ada(), Money(5000)), manager, Money(5000), fee=Money(0))
    large.amount_minor += 19_300
    touch(small[0])
    assert gather(large, LEAST)
    touch(small[0])
    assert (gathered_in(large), gathered_in(small[0])) == (small[:2], [])
    assert small[2].status == TransferStatus.due


def test_what_finance_pays_by_hand_does_not_go_along(app):
    payout = make_queued(people.ben(), 500)
    other, large = db.session.query(Transfer).one(), row_and_transfer(payout.manager, 5000)
    other.status = TransferStatus.due
    assert gather(large, LEAST)
    assert (other.gathered_into_id, large.amount_minor) == (None, 5000)


def test_what_the_team_has_stopped_does_not_go_along(app):
    manager = begin(people.ben())
    small, large = row_and_transfer(manager, 500), row_and_transfer(manager, 5000)
    small.contract = "contract:stopped"

    def on_payout_asked(contract):
        return "The team looks at it." if contract == "contract:stopped" else None

    with signals.payout_asked.connected_to(on_payout_asked):
        assert gather(large, LEAST)
    assert (small.status, large.amount_minor) == (TransferStatus.due, 5000)


@pytest.mark.parametrize(("gross", "enough"), [(500, True), (499, False)])
def test_together_they_reach_the_least_or_wait(app, gross, enough):
    manager = begin(people.ben())
    one, other = row_and_transfer(manager, 500), row_and_transfer(manager, gross)
    assert gather(other, LEAST) == enough
    assert (one.status == TransferStatus.gathered) == enough
