"""Released money that comes back: held for a dispute, taken back by a decision, and given to the business whatever happens."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.notifications.models import Notice
from marketplace.payments import commands, queries
from marketplace.payments.commands import reversals
from marketplace.payments.models import PaymentStatus, RefundStatus, Reversal, ReversalStatus, TransferStatus
from tests import people
from tests.factories.payments import AMOUNT, make_account, make_paid, make_released
from tests.worker import run_jobs, run_sweeps

NET = Money(630000)
NOTHING = Money(0)


@pytest.fixture(autouse=True)
def other_money_at_stripe(stripe_app, world):
    """Somebody else's payment, so that refunds do not wait for funds."""
    make_paid(world)


@pytest.fixture
def released(world):
    """A payment released whole to a manager who can be paid, not yet sent."""
    account, payment = make_account(world), make_paid(world)
    return make_released(payment, account.manager)


@pytest.fixture
def sent(released):
    """The same, sent."""
    run_sweeps()
    assert released.status == TransferStatus.sent
    return released


def take_back(transfer, gross=AMOUNT, fee=None, key="decision:1"):
    payment = transfer.payment
    commands.take_back(subject=transfer.subject, contract=transfer.contract, business=payment.business, manager=transfer.manager,
                       gross=gross, fee=gross.share(1000) if fee is None else fee, key=key)


def rows():
    return db.session.scalars(select(Reversal).order_by(Reversal.id)).all()


def debt(transfer):
    return books.owed_by(f"manager:{transfer.manager_id}")


def payable(transfer):
    return books.payable(f"manager:{transfer.manager_id}")


def refunded(world, transfer):
    return [one["amount"] for one in world.call("GET", "refunds", charge=transfer.payment.stripe_charge_id)["data"]]


def reversed_at_stripe(world, transfer):
    return [one["amount"] for one in world.call("GET", f"transfers/{transfer.stripe_transfer_id}/reversals")["data"]]


def begun(jobs):
    """Those that would send something."""
    return [name for name in jobs if name.endswith(".begin_transfer")]


def pay_out(world):
    """Days pass until Stripe has paid the manager's bank: their balance is empty."""
    world.advance(timedelta(days=4))
    world.advance(timedelta(days=1, seconds=1))


def test_a_disputed_transfer_waits_and_is_let_go(released, world):
    commands.hold_for_dispute(released.subject)
    assert begun(run_sweeps()) == []
    commands.transfers.begin_transfer(str(released.id))
    assert released.status == TransferStatus.due
    commands.let_go(released.subject)
    run_sweeps()
    assert released.status == TransferStatus.sent


def test_what_is_being_sent_is_finished(released, world):
    commands.transfers.begin_transfer(str(released.id))
    commands.hold_for_dispute(released.subject)
    run_jobs()
    assert (released.status, released.disputed) == (TransferStatus.sent, False)


def test_what_was_not_sent_is_taken_first_and_goes_to_the_card(released, world):
    take_back(released, Money(300000))
    assert (released.amount, payable(released)) == (Money(360000), Money(360000))
    assert books.platform("fees") == Money(40000)
    run_jobs()
    assert refunded(world, released) == [300000]
    assert released.payment.status == PaymentStatus.partly_refunded
    run_sweeps()
    assert [one["amount"] for one in world.call("GET", "transfers")["data"]] == [360000]


def test_all_of_what_was_not_sent_leaves_nothing_to_send(released, world):
    take_back(released)
    run_sweeps()
    assert released.status == TransferStatus.reversed
    assert refunded(world, released) == [AMOUNT.minor]
    assert (world.call("GET", "transfers")["data"], payable(released), debt(released)) == ([], NOTHING, NOTHING)


def test_what_was_sent_is_reversed_at_stripe(sent, world):
    take_back(sent, Money(300000))
    run_jobs()
    assert reversed_at_stripe(world, sent) == [270000]
    assert refunded(world, sent) == [300000]
    assert (sent.reversed_minor, debt(sent), payable(sent)) == (270000, NOTHING, NOTHING)
    assert books.arriving(f"manager:{sent.manager_id}") == Money(360000)


@pytest.mark.parametrize("second", [Money(200000), Money(100000)])
def test_two_equal_and_two_different_reversals_both_succeed(sent, world, second):
    """MONEY.md case 18."""
    take_back(sent, Money(100000), key="a")
    take_back(sent, second, key="b")
    run_jobs()
    assert sorted(reversed_at_stripe(world, sent)) == [90000, second.minor * 9 // 10]
    assert sorted(refunded(world, sent)) == [100000, second.minor]
    assert debt(sent) == NOTHING


def test_the_same_decision_takes_back_once(sent, world):
    take_back(sent, Money(100000))
    take_back(sent, Money(100000))
    run_sweeps()
    reversals.begin_reversal(str(rows()[0].id))
    reversals.carry_out_reversal(str(rows()[0].id))
    reversals.give_back(str(rows()[0].id))
    assert reversed_at_stripe(world, sent) == [90000]
    assert refunded(world, sent) == [100000]


def test_more_than_was_released_is_refused(sent):
    take_back(sent, Money(600000), key="a")
    with pytest.raises(ledger.NotEnough):
        take_back(sent, Money(200000), key="b")
    with pytest.raises(ledger.NotEnough):
        take_back(sent, NOTHING, key="c")


def test_what_has_left_for_the_bank_becomes_a_debt_and_the_business_is_paid_now(sent, world):
    pay_out(world)
    take_back(sent, Money(300000))
    run_jobs()
    assert reversed_at_stripe(world, sent) == []
    assert refunded(world, sent) == [300000]
    assert debt(sent) == Money(270000)
    [notice] = db.session.scalars(select(Notice).where(Notice.person_id == sent.manager.person_id)
                                  .where(Notice.title.contains("By a decision")))
    assert notice.title == "By a decision you owe us ৳2,700 of your pay"


@pytest.mark.parametrize(("settled", "reached"), [(True, [90000]), (False, [])])
def test_what_is_left_on_the_balance_is_reversed_and_the_rest_owed(sent, world, settled, reached):
    """Only as far as the balance goes: what is still on its way there cannot be had, and is asked for once."""
    pay_out(world)
    make_released(make_paid(world), sent.manager, gross=Money(100000))
    run_sweeps()
    if settled:
        world.do("settling")
    take_back(sent, Money(300000))
    run_jobs()
    assert reversed_at_stripe(world, sent) == reached
    assert len(world.calls("POST", "/reversals$")) == 1
    assert debt(sent) == Money(270000 - sum(reached))
    assert refunded(world, sent) == [300000]


def test_refused_what_is_still_on_its_way_there_the_second_question_is_for_what_is_there(sent, world):
    pay_out(world)
    for settles in (True, False):
        make_released(make_paid(world), sent.manager, gross=Money(100000))
        run_sweeps()
        if settles:
            world.do("settling")
    take_back(sent, Money(300000))
    run_jobs()
    assert (reversed_at_stripe(world, sent), len(world.calls("POST", "/reversals$"))) == ([90000], 2)
    assert debt(sent) == Money(180000)
    assert refunded(world, sent) == [300000]


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before", "status:500", "status:429"])
def test_no_answer_leads_to_one_reversal(sent, world, fault):
    """MONEY.md case 10 and 19: look before trying again, also after Stripe has forgotten the key."""
    take_back(sent, Money(300000))
    world.fault(fault, "/reversals$", method="POST")
    run_jobs()
    assert rows()[0].status == ReversalStatus.asking
    world.advance(timedelta(days=1, seconds=1))
    run_sweeps()
    assert reversed_at_stripe(world, sent) == [270000]
    assert refunded(world, sent) == [300000]


def test_no_answer_about_the_balance_waits(sent, world):
    take_back(sent, Money(300000))
    world.fault("status:500", "/v1/balance$", method="GET", times=2)
    run_jobs()
    assert rows()[0].status == ReversalStatus.due
    run_sweeps()
    assert reversed_at_stripe(world, sent) == [270000]


def test_refused_twice_it_is_owed_and_never_asked_again(sent, world):
    """MONEY.md case 10: the reversal fails, the refund works; no retry loop."""
    take_back(sent, Money(300000))
    world.do("settling")
    world.fault("status:402", "/reversals$", method="POST", times=0)
    run_jobs()
    assert len(world.calls("POST", "/reversals$")) == 2
    assert debt(sent) == Money(270000)
    assert refunded(world, sent) == [300000]
    run_sweeps()
    assert len(world.calls("POST", "/reversals$")) == 2


def test_the_reversal_works_and_the_refund_fails(sent, world):
    """MONEY.md case 10, the other way round: the money is held, finance is told, and trying again gives it back once."""
    people.sam()
    take_back(sent, Money(300000))
    world.fault("status:402", "/v1/refunds$", method="POST")
    run_jobs()
    [refund] = queries.refunds_of(sent.payment)
    assert refund.status == RefundStatus.failed
    assert books.held(rows()[0].subject) == Money(300000)
    assert "A refund failed" in [notice.title for notice in db.session.scalars(select(Notice))]
    commands.retry_refund(refund)
    run_jobs()
    assert refunded(world, sent) == [300000]
    assert (books.held(rows()[0].subject), debt(sent)) == (NOTHING, NOTHING)
    assert reversed_at_stripe(world, sent) == [270000]


def test_a_webhook_that_is_quicker_than_the_answer_books_once(sent, world, client):
    take_back(sent, Money(300000))
    world.fault("drop_after_commit", "/reversals$", method="POST")
    run_jobs()
    world.deliver(client)
    run_sweeps()
    db.session.expire_all()
    assert sent.reversed_minor == 270000
    assert refunded(world, sent) == [300000]
    assert payable(sent) == NOTHING


def test_one_that_is_being_sent_is_finished_first(released, world):
    commands.transfers.begin_transfer(str(released.id))
    take_back(released, Money(300000))
    world.fault("drop_before", "/v1/transfers$", method="POST")
    run_jobs()
    assert rows()[0].status == ReversalStatus.due
    run_sweeps()
    run_sweeps()
    assert reversed_at_stripe(world, released) == [270000]


def test_one_that_could_not_be_sent_is_taken_unsent(released, world):
    commands.transfers.begin_transfer(str(released.id))
    take_back(released, Money(300000))
    world.fault("status:402", "/v1/transfers$", method="POST")
    run_jobs()
    run_jobs()
    assert released.status == TransferStatus.failed
    run_sweeps()
    assert (released.amount, payable(released)) == (Money(360000), Money(360000))
    assert refunded(world, released) == [300000]


@pytest.mark.parametrize(("currency", "rate"), [("usd", "0.0082"), ("jpy", "0.0125")])
def test_where_stripe_keeps_another_currency_the_reversal_is_in_the_transfers_own(world, currency, rate):
    """MONEY.md case 16, with cents and with a currency that has none: every part is booked to the poisha."""
    world.do("settlement", currency="bdt", settled=currency, rate=rate)
    account, payment = make_account(world), make_paid(world)
    transfer = make_released(payment, account.manager)
    run_sweeps()
    for key in ("a", "b", "c"):
        take_back(transfer, Money(233333), fee=Money(23333), key=key)
        run_jobs()
    assert transfer.status == TransferStatus.reversed
    made = world.call("GET", f"transfers/{transfer.stripe_transfer_id}")
    assert (made["currency"], made["amount_reversed"]) == (currency, made["amount"])
    kept = world.call("GET", "balance")
    assert books.stripe_clearing(currency.upper()).minor == sum(part["amount"] for kind in ("available", "pending")
                                                                for part in kept[kind] if part["currency"] == currency)
    assert (debt(transfer), payable(transfer)) == (NOTHING, NOTHING)


def test_parts_that_are_asked_for_at_the_same_time_sum_to_the_whole_in_its_own_currency(world):
    """MONEY.md cases 16 and 18: each part is rounded as if it came after those that Stripe is asked for already."""
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    transfer = make_released(make_paid(world), make_account(world).manager)
    run_sweeps()
    for key, gross, fee in (("a", 100001, 10000), ("b", 250002, 25000), ("c", 349997, 35000)):
        take_back(transfer, Money(gross), fee=Money(fee), key=key)
    run_jobs()
    made = world.call("GET", f"transfers/{transfer.stripe_transfer_id}")
    assert (transfer.status, made["amount_reversed"]) == (TransferStatus.reversed, made["amount"])


def test_reversals_in_the_dashboard_beside_ours_are_told_apart(sent, world, client):
    """Another's reversal is booked by its share, the last one takes what rounding left."""
    take_back(sent, Money(300000))
    run_jobs()
    world.call("POST", f"transfers/{sent.stripe_transfer_id}/reversals", amount=360000)
    world.deliver(client)
    run_jobs()
    db.session.expire_all()
    assert (sent.reversed_minor, sent.status) == (NET.minor, TransferStatus.reversed)
    assert payable(sent) == Money(360000)


def test_a_reversal_too_small_for_our_own_money_is_booked_with_the_next_one(world, client):
    """A unit of a currency worth less than a poisha: nothing can be booked of it until more is taken back."""
    world.do("settlement", currency="bdt", settled="inr", rate="2.5")
    transfer = make_released(make_paid(world), make_account(world).manager)
    run_sweeps()
    whole = world.call("GET", f"transfers/{transfer.stripe_transfer_id}")["amount"]
    for amount, reversed_minor in ((1, 0), (whole - 1, transfer.amount_minor)):
        world.call("POST", f"transfers/{transfer.stripe_transfer_id}/reversals", amount=amount)
        world.deliver(client)
        run_jobs()
        db.session.expire_all()
        assert transfer.reversed_minor == reversed_minor
    assert (transfer.status, payable(transfer)) == (TransferStatus.reversed, transfer.amount)


def test_a_manager_paid_by_hand_owes_it(world):
    manager, payment = begin(people.ben()), make_paid(world)
    transfer = make_released(payment, manager)
    transfer.status = TransferStatus.arrived  # as when finance has paid it
    ledger.begin_transfer("t", manager=f"manager:{manager.id}", milestone=transfer.subject, amount=NET)
    take_back(transfer, Money(300000))
    run_jobs()
    assert debt(transfer) == Money(270000)
    assert refunded(world, transfer) == [300000]


def test_while_the_bank_looks_at_the_payment_it_waits_and_then_goes_on(sent, world, client):
    """MONEY.md case 11: no refund beside a charge-back; won, it goes to the card."""
    people.sam()
    dispute = world.do(f"charges/{sent.payment.stripe_charge_id}/dispute")["id"]
    world.deliver(client)
    run_jobs()
    take_back(sent, Money(300000))
    run_jobs()
    [row] = rows()
    assert (row.status, books.held(row.subject)) == (ReversalStatus.recovered, Money(300000))
    assert "Money taken back waits for a bank" in [notice.title for notice in db.session.scalars(select(Notice))]
    world.do(f"disputes/{dispute}/decision", outcome="won")
    world.deliver(client)
    run_jobs()
    assert row.status == ReversalStatus.returned
    assert refunded(world, sent) == [300000]


def test_when_the_bank_keeps_the_payment_it_lessens_what_the_business_owes(sent, world, client):
    """MONEY.md case 11: the business has its money from the bank already, so nothing goes to the card."""
    dispute = world.do(f"charges/{sent.payment.stripe_charge_id}/dispute")["id"]
    world.deliver(client)
    run_jobs()
    take_back(sent, Money(300000))
    run_jobs()
    world.do(f"disputes/{dispute}/decision", outcome="lost")
    world.deliver(client)
    run_jobs()
    [row] = rows()
    assert (row.status, books.held(row.subject)) == (ReversalStatus.returned, NOTHING)
    assert books.owed_by(f"business:{sent.payment.business_id}") == sent.payment.total - Money(300000)
    assert refunded(world, sent) == []
