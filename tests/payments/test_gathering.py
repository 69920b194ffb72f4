"""Sums too small to be sent alone: MONEY.md case 16, the destination's minimum."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.managers.models import Manager
from marketplace.payments import commands, signals
from marketplace.payments.commands.gathering import gather
from marketplace.payments.models import Transfer, TransferStatus
from tests import people
from tests.factories.payments import make_account, make_failed_transfer, make_paid, make_released, make_row
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
    commands.sync_payout(account, payout["id"])
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
