"""What each act on money that goes to managers, or back to the card, leaves behind, to the last column."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.managers.commands import begin
from marketplace.payments import commands
from marketplace.payments.commands import receipts, refunds, transfers
from marketplace.payments.models import Receipt, TransferStatus
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import (
    CANCEL,
    CONTRACT,
    RETURN,
    make_account,
    make_business_debt,
    make_debt,
    make_paid,
    make_payment,
    make_released,
    make_row,
)
from tests.factories.payouts import make_owed
from tests.sandbox_program import REFUND_FAILS
from tests.trail import trail


@pytest.fixture
def sent(stripe_app, world):
    """Pay that Stripe has in the manager's name."""
    transfer = make_released(make_paid(world), make_account(world).manager)
    send(transfer)
    assert transfer.status == TransferStatus.sent
    return transfer


def send(transfer):
    """Have Stripe send it."""
    transfers.begin_transfer(str(transfer.id))
    transfers.carry_out_transfer(str(transfer.id))


def test_pay_on_its_way_to_stripe(stripe_app, world):
    account, payment = make_account(world), make_paid(world)
    with trail("transfer_released"):
        transfer = make_released(payment, account.manager)
    with trail("transfer_begun"):
        transfers.begin_transfer(str(transfer.id))
    with trail("transfer_sent", world):
        transfers.carry_out_transfer(str(transfer.id))


def test_pay_that_reaches_the_bank_and_comes_back(sent, world):
    world.advance(timedelta(days=4))
    world.advance(timedelta(days=1, seconds=1))
    [payout] = world.call("GET", "payouts", account=sent.account.stripe_account_id)["data"]
    with trail("payout_arrived"):
        commands.sync_payout(sent.account, payout["id"])
    world.do(f"payouts/{payout['id']}/failure", code="account_closed")
    with trail("payout_failed"):
        commands.sync_payout(sent.account, payout["id"])


def test_pay_that_stripe_refuses_and_finance_tries_again(stripe_app, world):
    transfer = make_released(make_paid(world), make_account(world).manager)
    transfers.begin_transfer(str(transfer.id))
    sam = people.sam()
    world.do(f"accounts/{transfer.account.stripe_account_id}/restriction")
    with trail("transfer_refused", world):
        transfers.carry_out_transfer(str(transfer.id))
    with trail("transfer_tried_again"):
        commands.retry_transfer(transfer, sam)


def test_pay_that_waits(app):
    """For an account, for finance, for a dispute, and for the team."""
    sam = people.sam()
    manager = begin(people.ben())
    doubted = make_owed(manager, check_reason="cash_out")
    transfer = make_owed(manager)
    with trail("transfer_held"):
        transfers.begin_transfer(str(transfer.id))
    with trail("transfer_passed"):
        transfers.pass_check(doubted, sam, "They sent their drafts by post.")
    with trail("transfer_disputed"):
        commands.hold_for_dispute(transfer.subject)
    with trail("contract_held"):
        commands.hold_contract(manager, transfer.contract, "page_lost")
    with trail("contract_let_go"):
        commands.let_contract_go(manager, transfer.contract, "page_lost")


def forget_jobs():
    """As if they had been done."""
    db.session.execute(text("delete from procrastinate_jobs"))


def two_payments():
    """The second carries on in the place of the first; both have their money there."""
    first, second = make_row(people.ada(), Money(100_000)), make_row(people.ada(), Money(300_000))
    ledger.roll_over("rest", milestone=second.subject, to=first.subject, contract=CONTRACT, business=f"business:{second.business_id}",
                     amount=Money(300_000))
    return first, second


def test_pay_from_two_payments_to_a_manager_who_owes(app):
    manager, payment = begin(people.ben()), two_payments()[0]
    make_debt(people.ben(), Money(50_000))
    act = {"manager": manager, "subject": payment.subject, "contract": CONTRACT, "gross": Money(400_000), "fee": Money(40_000),
           "send_after": clock.now(), "key": "settlement:1", "check_reason": "cash_out"}
    with trail("transfers_released_to_a_debtor"):
        made = commands.release(**act)
    assert commands.release(**act) == made
    assert transfers._by_operation("settlement_1") == [], "a sign that stands for any other is only itself"


def test_money_of_two_payments_back_to_their_cards(app):
    payment, _second = two_payments()
    with trail("refunds_of_two_payments"):
        made = commands.refund(subject=payment.subject, amount=Money(250_000), key="refund:1")
    assert commands.refund(subject=payment.subject, amount=Money(250_000), key="refund:1") == made
    assert refunds._by_operation("refund_1") == [], "a sign that stands for any other is only itself"


def test_ad_money_back_to_the_card(stripe_app, world):
    """More of it than is held for work."""
    payment = make_paid(world, amount=Money(10_000), ad_spend=Money(40_000))
    with trail("ads_refunded"):
        commands.refund(subject=payment.subject, amount=Money(30_000), key="refund:1", ads=True)


def test_ads_that_a_manager_paid_for(stripe_app, world):
    payment, manager = make_paid(world, ad_spend=Money(40_000)), begin(people.ben())
    with trail("ads_reimbursed"):
        commands.reimburse(manager=manager, milestone=payment.subject, contract=payment.contract, amount=Money(30_000),
                           subject="ad_spend:1", send_after=clock.now())


def test_money_back_to_the_card(stripe_app, world):
    _other_money_at_stripe, payment = make_paid(world), make_paid(world)
    with trail("refund_begun"):
        [refund] = commands.refund(subject=payment.subject, amount=Money(350_000), key="refund:1")
    with trail("refund_sent", world):
        refunds.send_refund(str(refund.id))
    world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=100_000)
    with trail("refund_from_stripes_pages"):
        commands.sync_refunds(payment)


def test_money_back_that_is_refused_and_finance_tries_again(stripe_app, world):
    sam = people.sam()
    [refund] = commands.refund(subject=make_paid(world).subject, amount=Money(350_000), key="refund:1")
    world.fault("status:402", "/v1/refunds$", method="POST")
    with trail("refund_refused"):
        refunds.send_refund(str(refund.id))
    forget_jobs()
    with trail("refund_tried_again"):
        commands.retry_refund(refund, by=sam)


@pytest.mark.parametrize("outside", [False, True])
def test_money_back_that_the_bank_sends_back(stripe_app, world, outside):
    """Asked for by us, or on Stripe's own pages."""
    people.sam()
    _other_money_at_stripe, payment = make_paid(world), make_paid(world, card=REFUND_FAILS)
    if outside:
        world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=350_000)
    else:
        refunds.send_refund(str(commands.refund(subject=payment.subject, amount=Money(350_000), key="refund:1")[0].id))
    commands.sync_refunds(payment)
    world.advance(timedelta(seconds=31))
    with trail("refund_came_back_to_stripes_pages" if outside else "refund_came_back"):
        commands.sync_refunds(payment)


def test_money_that_nothing_waited_for(stripe_app, world):
    payment = make_payment(subject=make_paid(world).subject)
    world.pay(payment.checkout_url)
    with trail("payment_given_back"):
        commands.look(payment)


def test_a_debt_that_is_paid_by_card(stripe_app, world):
    business = make_business(people.ada())
    make_business_debt(business)
    with trail("debt_repaid", world):
        commands.repay(business, people.ada(), RETURN, CANCEL)


def test_a_receipt(stripe_app, world):
    make_paid(world)
    with trail("receipt_drawn"):
        receipts.draw_receipt(str(db.session.scalars(select(Receipt.id)).one()))
