"""Refunds: whole, in parts, waiting for money, failing late."""

import pytest
import stripe

from tests.sandbox.stripe.merchant import Merchant


def test_parts_add_up_to_the_charge_and_no_more(merchant: Merchant):
    charge = merchant.paid(amount=100_000)
    merchant.paid(amount=100_000)
    for _ in range(2):
        merchant.api.refunds.create({"charge": charge.id, "amount": 40_000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        merchant.api.refunds.create({"charge": charge.id, "amount": 20_001})
    last = merchant.api.refunds.create({"payment_intent": charge.payment_intent})
    assert (last.amount, last.status) == (20_000, "succeeded")
    found = merchant.api.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (found.amount_refunded, found.refunded, len(found.refunds.data)) == (100_000, True, 3)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.api.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"


def test_stripe_keeps_its_fee(merchant: Merchant):
    merchant.paid(amount=200_000)
    fee = 200_000 - merchant.pending()
    assert fee == 5_800 + 3_600
    charge = merchant.paid(amount=100_000)
    merchant.api.refunds.create({"charge": charge.id})
    assert merchant.pending() == 200_000 - fee - 2_900 - 3_600


def test_the_charge_says_what_it_was_before(merchant: Merchant):
    charge = merchant.paid(amount=100_000)
    merchant.api.refunds.create({"charge": charge.id, "amount": 1_000})
    event = merchant.api.events.list({"type": "charge.refunded"}).data[0]
    assert event.data.object.amount_refunded == 1_000
    assert event.data.previous_attributes.to_dict() == {"amount_refunded": 0}
    assert event.request.id.startswith("req_")


def test_a_refund_waits_for_money_and_then_goes(merchant: Merchant):
    charge = merchant.paid(amount=100_000, card="4000000000000077")
    refund = merchant.api.refunds.create({"charge": charge.id})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert refund.balance_transaction is None
    merchant.paid(amount=900_000, card="4000000000000077")
    merchant.world.advance(60)
    found = merchant.api.refunds.retrieve(refund.id)
    assert found.status == "succeeded"
    assert "pending_reason" not in found
    assert merchant.events()[-1] == "refund.updated"


def test_a_refund_that_the_bank_sends_back_returns_the_money(merchant: Merchant):
    merchant.paid()
    charge = merchant.paid(card="4000000000005126")
    before = merchant.pending()
    refund = merchant.api.refunds.create({"charge": charge.id, "amount": 10_000})
    assert refund.status == "succeeded"
    merchant.world.advance(60)
    failed = merchant.api.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.failure_balance_transaction
    assert merchant.api.charges.retrieve(charge.id).amount_refunded == 0
    assert merchant.pending() == before
    assert "refund.failed" in merchant.events()


def test_a_refund_that_the_bank_takes_its_time_over(merchant: Merchant):
    merchant.paid()
    refund = merchant.api.refunds.create({"charge": merchant.paid(card="4000000000007726").id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    merchant.world.advance(60)
    assert merchant.api.refunds.retrieve(refund.id).status == "succeeded"


def test_a_person_can_make_a_refund_fail(merchant: Merchant):
    merchant.paid()
    refund = merchant.api.refunds.create({"charge": merchant.paid().id})
    assert merchant.control(f"refunds/{refund.id}/failure")["status"] == "failed"


def test_a_failed_charge_has_nothing_to_refund(merchant: Merchant):
    session = merchant.session()
    merchant.type_card(session, "4000000000000002")
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.refunds.create({"charge": merchant.charge_of(session).id})
