"""Money to managers: after its day, once, from the payment that brought it, and never lost on the way."""
from __future__ import annotations

import re
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.core import clock, tasks
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.notifications.models import Notice
from marketplace.payments import commands, signals
from marketplace.payments.models import Transfer, TransferStatus
from marketplace.payments.queries import troubled
from tests import people
from tests.factories.payments import make_account, make_paid, make_released, make_row
from tests.worker import run_jobs, run_sweeps

NET = Money(630000)


@pytest.fixture
def sent():
    """Transfers announced, by what happened."""
    told = []
    kinds = {"sent": signals.transfer_sent, "arrived": signals.transfer_arrived}
    receivers = [(signal, lambda transfer, name=name: told.append(name)) for name, signal in kinds.items()]
    for signal, receiver in receivers:
        signal.connect(receiver, weak=False)
    yield told
    for signal, receiver in receivers:
        signal.disconnect(receiver)


def at_stripe(world):
    return world.call("GET", "transfers")["data"]


def test_it_is_sent_after_its_day_from_the_payment_that_brought_it(stripe_app, world, sent):
    """MONEY.md case 13: the payment has not settled at Stripe, the transfer goes through all the same."""
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager, send_after=clock.now() + timedelta(days=3))
    run_sweeps()
    assert (transfer.status, at_stripe(world)) == (TransferStatus.due, [])
    world.advance(timedelta(days=3, seconds=1))
    run_sweeps()
    assert transfer.status == TransferStatus.sent
    [made] = at_stripe(world)
    assert (made["amount"], made["destination"]) == (NET.minor, account.stripe_account_id)
    assert made["source_transaction"] == payment.stripe_charge_id
    assert made["transfer_group"] == payment.contract
    assert sent == ["sent"]
    assert books.payable(f"manager:{account.manager_id}") == Money(0)
    assert books.arriving(f"manager:{account.manager_id}") == NET


def test_sweeping_again_sends_nothing_more(stripe_app, world, sent):
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    run_sweeps()
    commands.transfers.begin_transfer(str(transfer.id))
    commands.transfers.carry_out_transfer(str(transfer.id))
    assert len(at_stripe(world)) == 1
    assert sent == ["sent"]


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before", "status:500", "status:429", "status:409"])
def test_no_answer_is_looked_up_before_trying_again(stripe_app, world, sent, fault):
    """MONEY.md case 19: the answer was lost after Stripe had acted, or before."""
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    world.fault(fault, "/v1/transfers$", method="POST")
    run_sweeps()
    assert transfer.status == TransferStatus.sending
    assert books.sending(f"manager:{account.manager_id}") == NET
    if fault == "status:500":  # replayed under the same key until Stripe has forgotten it
        world.advance(timedelta(days=1, seconds=1))
    commands.transfers.carry_out_transfer(str(transfer.id))
    assert transfer.status == TransferStatus.sent
    assert len(at_stripe(world)) == 1
    assert sent == ["sent"]


def test_a_manager_without_an_account_is_told_once_and_paid_when_there_is_one(stripe_app, world, sent):
    """MONEY.md case 17: held, told, and it goes by itself as soon as it can."""
    manager, payment = begin(people.ben()), make_paid(world)
    transfer = make_released(payment, manager)
    run_sweeps()
    assert not [name for name in run_sweeps() if name.endswith(".begin_transfer")]
    commands.transfers.begin_transfer(str(transfer.id))
    assert transfer.status == TransferStatus.held
    assert [notice.title for notice in db.session.scalars(select(Notice))] == ["Your pay waits for you: tell us where to send it"]
    assert books.payable(f"manager:{manager.id}") == NET
    make_account(world, manager)
    run_sweeps()
    assert transfer.status == TransferStatus.sent


def test_an_account_that_stripe_restricted_keeps_the_money_owed(stripe_app, world, client, sent):
    """MONEY.md case 17: restricted after onboarding; nothing is dropped, it is tried again and goes."""
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    world.do(f"accounts/{account.stripe_account_id}/restriction")
    run_sweeps()
    assert transfer.status == TransferStatus.failed
    assert "capabilities" in transfer.failure
    assert "Your pay could not be sent yet" in [notice.title for notice in db.session.scalars(select(Notice))]
    assert transfer in troubled()[1], "finance sees it"
    assert books.payable(f"manager:{account.manager_id}") == NET
    world.deliver(client)
    run_jobs()
    assert not account.transfers_active
    world.do(f"accounts/{account.stripe_account_id}/onboarding")
    world.deliver(client)
    run_jobs()
    world.advance(timedelta(hours=6, seconds=1))
    run_sweeps()
    assert transfer.status == TransferStatus.sent
    assert sent == ["sent"]
    assert [one["metadata"]["operation"] for one in at_stripe(world)] == [f"transfer:{transfer.id}:2"]


def test_it_arrives_in_the_bank(stripe_app, world, client, sent):
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    pay_out(world, client)
    assert transfer.status == TransferStatus.arrived
    assert sent == ["sent", "arrived"]
    assert books.arriving(f"manager:{account.manager_id}") == Money(0)


def test_paid_and_then_failed_puts_it_back_once(stripe_app, world, client, sent):
    """MONEY.md case 15, with every event delivered twice."""
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    pay_out(world, client)
    assert transfer.status == TransferStatus.arrived
    [payout] = world.call("GET", "payouts", account=account.stripe_account_id)["data"]
    world.do(f"payouts/{payout['id']}/failure", code="account_closed")
    failures = world.webhooks()
    world.deliver(client, failures + failures)
    run_jobs()
    commands.sync_payout(account, payout["id"])
    assert transfer.status == TransferStatus.sent
    assert books.arriving(f"manager:{account.manager_id}") == NET


def test_failed_heard_before_paid_ends_as_failed(stripe_app, world, client):
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    world.advance(timedelta(days=4))
    world.advance(timedelta(days=1, seconds=1))
    [payout] = world.call("GET", "payouts", account=account.stripe_account_id)["data"]
    world.do(f"payouts/{payout['id']}/failure", code="account_closed")
    heard = world.webhooks()[::-1]
    kinds = [re.search(rb'"type": "(payout\.\w+)"', one.body) for one in heard]
    assert [kind[1] for kind in kinds if kind][:2] == [b"payout.failed", b"payout.paid"]
    world.deliver(client, heard)
    run_jobs()
    assert transfer.status == TransferStatus.sent
    assert books.arriving(f"manager:{account.manager_id}") == NET


def test_reversals_in_the_dashboard_are_booked_each_once(stripe_app, world, client):
    """MONEY.md case 18, as far as books go: two different and two equal partial reversals."""
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    for amount in (100000, 100000, 50000):
        world.call("POST", f"transfers/{transfer.stripe_transfer_id}/reversals", amount=amount)
    world.deliver(client)
    run_jobs()
    commands.sync_reversals(transfer)
    assert transfer.reversed_minor == 250000
    assert books.payable(f"manager:{account.manager_id}") == Money(250000)
    assert transfer.status == TransferStatus.sent


def test_where_stripe_keeps_dollars_the_transfer_is_in_dollars(stripe_app, world):
    """MONEY.md case 16: the source's settlement currency; the books carry both sides."""
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    assert transfer.status == TransferStatus.sent
    [made] = at_stripe(world)
    assert (made["currency"], made["amount"]) == ("usd", payment.settled(NET).minor)
    usd = sum(part["amount"] for part in world.call("GET", "balance")["pending"] if part["currency"] == "usd")
    assert books.stripe_clearing("USD").minor == usd


def pay_out(world, client):
    """Days pass until Stripe has paid the manager's bank, and said so."""
    world.advance(timedelta(days=4))
    world.advance(timedelta(days=1, seconds=1))
    world.deliver(client)
    run_jobs()


def test_a_payment_that_brought_next_to_nothing_gives_no_transfer_of_nothing(app):
    """A poisha less the fee is no poisha: nobody could send it, and its posting would have no legs."""
    small, large = make_row(people.ada(), Money(1)), make_row(people.ada(), Money(999))
    ledger.roll_over("rest", milestone=large.subject, to=small.subject, contract=large.contract, business="business:1",
                     amount=Money(999))
    transfers = commands.release(manager=begin(people.ben()), subject=small.subject, contract=small.contract, gross=Money(1000),
                                 fee=Money(100), send_after=clock.now())
    assert [(transfer.payment_id, transfer.amount_minor) for transfer in transfers] == [(large.id, 900)]


def test_a_worker_that_died_before_asking_stripe_is_taken_up(stripe_app, world, sent):
    """MONEY.md case 19: the intent is committed, its job is gone; the next sweep finds it."""
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    commands.transfers.begin_transfer(str(transfer.id))
    db.session.execute(text("delete from procrastinate_jobs"))
    assert (transfer.status, at_stripe(world)) == (TransferStatus.sending, [])
    run_sweeps()
    assert transfer.status == TransferStatus.sent
    assert len(at_stripe(world)) == 1


def test_a_worker_that_died_after_stripe_acted_sends_nothing_twice(committed_stripe, world, sent):
    """MONEY.md case 19: Stripe has it, our books were rolled back; looking finds it, even after the key is forgotten."""
    account, payment = make_account(world), make_paid(world)
    transfer_id = str(make_released(payment, account.manager).id)
    commands.transfers.begin_transfer(transfer_id)
    db.session.commit()

    def power_cut(_transfer):
        raise KeyboardInterrupt

    with signals.transfer_sent.connected_to(power_cut), committed_stripe.app_context(), pytest.raises(KeyboardInterrupt):
        tasks.perform(commands.transfers.carry_out_transfer, {"transfer_id": transfer_id})
    assert len(at_stripe(world)) == 1
    world.advance(timedelta(days=2))
    with committed_stripe.app_context():
        tasks.perform(commands.transfers.carry_out_transfer, {"transfer_id": transfer_id})
        assert db.session.get(Transfer, uuid.UUID(transfer_id)).status == TransferStatus.sent
    assert len(at_stripe(world)) == 1


def test_ten_workers_at_once_send_one_transfer(committed_stripe, world, sent):
    account, payment = make_account(world), make_paid(world)
    transfer_id = str(make_released(payment, account.manager).id)
    commands.transfers.begin_transfer(transfer_id)
    db.session.commit()
    barrier = threading.Barrier(10)

    def work():
        with committed_stripe.app_context():
            barrier.wait()
            tasks.perform(commands.transfers.carry_out_transfer, {"transfer_id": transfer_id})

    threads = [threading.Thread(target=work) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(at_stripe(world)) == 1
    assert sent == ["sent"]
