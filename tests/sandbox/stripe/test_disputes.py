"""Disputes: the bank takes the money back, until somebody decides."""

import io

import pytest
import stripe

from tests.sandbox.stripe.merchant import Merchant

FEE = 180_000


def disputed(merchant: Merchant, card: str = "4000000000000259"):
    """The dispute that comes with a test card."""
    merchant.paid(card=card)
    merchant.world.advance(5)
    return merchant.api.disputes.list().data[0]


def test_a_card_that_is_disputed(merchant: Merchant):
    dispute = disputed(merchant)
    charge = merchant.api.charges.retrieve(dispute.charge)
    assert (dispute.status, dispute.reason, dispute.amount, charge.disputed) == ("needs_response", "fraudulent", 500_000, True)
    assert merchant.available() == -500_000 - FEE
    assert dispute.balance_transactions[0].fee == FEE
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.api.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_disputed"
    assert merchant.events()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_evidence_is_kept_sent_and_wins(merchant: Merchant):
    dispute = disputed(merchant, "4000000000002685")
    receipt = io.BytesIO(b"%PDF-1.7")
    receipt.name = "receipt.pdf"
    file = merchant.api.files.create({"purpose": "dispute_evidence", "file": receipt})
    update = merchant.api.disputes.update
    kept = update(dispute.id, {"evidence": {"receipt": file.id}, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence, kept.evidence_details.submission_count) == ("needs_response", True, 0)
    won = update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True})
    assert (won.status, won.evidence.receipt) == ("won", file.id)
    assert merchant.available() == -FEE, "the fee is gone whoever wins"
    assert merchant.events()[-3:] == [
        "charge.dispute.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed",
    ]  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError):
        update(dispute.id, {"evidence": {"uncategorized_text": "more"}})


@pytest.mark.parametrize(("outcome", "money"), [("won", -FEE), ("lost", -500_000 - FEE)])
def test_the_bank_decides_by_control(merchant: Merchant, outcome, money):
    charge = merchant.paid()
    dispute = merchant.control(f"charges/{charge.id}/dispute", reason="product_not_received")
    merchant.api.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": "see diary"}})
    assert merchant.api.disputes.retrieve(dispute["id"]).status == "under_review"
    assert merchant.control(f"disputes/{dispute['id']}/decision", outcome=outcome)["status"] == outcome
    assert merchant.available() == money


def test_silence_loses(merchant: Merchant):
    dispute = disputed(merchant)
    merchant.world.advance(10 * 86_400)
    found = merchant.api.disputes.retrieve(dispute.id)
    assert (found.status, found.evidence_details.past_due) == ("lost", True)


def test_only_what_was_not_refunded_is_disputed(merchant: Merchant):
    merchant.paid()
    charge = merchant.paid(amount=100_000)
    merchant.api.refunds.create({"charge": charge.id, "amount": 30_000})
    assert merchant.control(f"charges/{charge.id}/dispute")["amount"] == 70_000


def test_a_charge_is_refundable_again_after_a_win(merchant: Merchant):
    merchant.paid()
    charge = merchant.paid(amount=100_000)
    dispute = merchant.control(f"charges/{charge.id}/dispute")
    merchant.control(f"disputes/{dispute['id']}/decision", outcome="won")
    assert merchant.api.refunds.create({"charge": charge.id}).status == "succeeded"
