"""Transfers and reversals: what may be sent, when, and back."""

import pytest
import stripe

from tests.sandbox.stripe.merchant import Merchant


def test_a_smallest_sum_can_be_set_and_ended(merchant):
    account, charge = merchant.onboarded(), merchant.paid()
    terms = {"currency": "bdt", "destination": account, "source_transaction": charge.id}
    merchant.control("transfers/minimum", amount=1_000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        merchant.api.transfers.create(terms | {"amount": 999})
    assert refusal.value.code == "amount_too_small"
    merchant.api.transfers.create(terms | {"amount": 1_000})
    merchant.control("transfers/minimum", amount=0)
    merchant.api.transfers.create(terms | {"amount": 1})


def terms(account: str, amount: int = 300_000, **more) -> dict:
    return {"amount": amount, "currency": "bdt", "destination": account, **more}


def test_a_charge_that_has_not_settled_can_be_passed_on(merchant: Merchant):
    charge = merchant.paid(payment_intent_data={"transfer_group": "contract-1"})
    account = merchant.onboarded()
    transfer = merchant.api.transfers.create(terms(account, source_transaction=charge.id))
    assert transfer.transfer_group == "contract-1"
    assert (merchant.available(account), merchant.pending(account)) == (0, 300_000)
    merchant.control("settling")
    assert (merchant.available(account), merchant.pending(account)) == (300_000, 0)
    payment = merchant.api.charges.retrieve(transfer.destination_payment, options={"stripe_account": account})
    assert payment.source_transfer == transfer.id


def test_not_more_than_the_charge_is_passed_on(merchant: Merchant):
    charge, account = merchant.paid(amount=100_000), merchant.onboarded()
    merchant.api.transfers.create(terms(account, 60_000, source_transaction=charge.id))
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed the source amount"):
        merchant.api.transfers.create(terms(account, 40_001, source_transaction=charge.id))
    assert merchant.api.transfers.create(terms(account, 40_000, source_transaction=charge.id)).amount == 40_000


def test_without_a_source_the_available_balance_must_have_it(merchant: Merchant):
    account = merchant.onboarded()
    merchant.paid()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.api.transfers.create(terms(account))
    assert refused.value.code == "balance_insufficient"
    merchant.paid(card="4000000000000077")
    assert merchant.api.transfers.create(terms(account)).source_transaction is None


def test_only_an_account_that_may_receive_gets_a_transfer(merchant: Merchant):
    charge, account = merchant.paid(), merchant.account()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.api.transfers.create(terms(account.id, source_transaction=charge.id))
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    ready = merchant.onboarded()
    merchant.control(f"accounts/{ready}/restriction")
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.transfers.create(terms(ready, source_transaction=charge.id))
    with pytest.raises(stripe.InvalidRequestError, match="No such destination"):
        merchant.api.transfers.create(terms("acct_nobody", source_transaction=charge.id))


def test_equal_and_different_parts_come_back(merchant: Merchant):
    charge, account = merchant.paid(), merchant.onboarded()
    transfer = merchant.api.transfers.create(terms(account, source_transaction=charge.id))
    before = merchant.pending()
    for amount in (1_000, 1_000, 98_000):
        merchant.api.transfers.reversals.create(transfer.id, {"amount": amount})
    found = merchant.api.transfers.retrieve(transfer.id)
    assert (found.amount_reversed, found.reversed, len(found.reversals.data)) == (100_000, False, 3)
    assert (merchant.pending(account), merchant.pending()) == (200_000, before + 100_000)
    merchant.api.transfers.reversals.create(transfer.id)
    assert merchant.api.transfers.retrieve(transfer.id).reversed
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        merchant.api.transfers.reversals.create(transfer.id)
    assert merchant.events().count("transfer.reversed") == 4


def test_not_more_than_was_sent_comes_back(merchant: Merchant):
    """Also when the account has other money."""
    charge, account = merchant.paid(), merchant.onboarded()
    first, _ = (merchant.api.transfers.create(terms(account, 100_000, source_transaction=charge.id)) for _ in range(2))
    merchant.api.transfers.reversals.create(first.id, {"amount": 40_000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than the unreversed amount"):
        merchant.api.transfers.reversals.create(first.id, {"amount": 60_001})
    assert merchant.pending(account) == 160_000


def test_money_that_was_paid_out_does_not_come_back(merchant: Merchant):
    charge, account = merchant.paid(), merchant.onboarded()
    transfer = merchant.api.transfers.create(terms(account, source_transaction=charge.id))
    merchant.control("settling")
    merchant.control("payouts")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.api.transfers.reversals.create(transfer.id, {"amount": 1_000})
    assert refused.value.code == "balance_insufficient"
    assert merchant.api.transfers.retrieve(transfer.id).amount_reversed == 0


def test_reversed_money_can_be_sent_to_somebody_else(merchant: Merchant):
    charge = merchant.paid(amount=100_000)
    first, second = merchant.onboarded(), merchant.onboarded()
    sent = merchant.api.transfers.create(terms(first, 100_000, source_transaction=charge.id))
    merchant.api.transfers.reversals.create(sent.id, {"amount": 50_000})
    merchant.api.transfers.create(terms(second, 50_000, source_transaction=charge.id))
    assert (merchant.pending(first), merchant.pending(second)) == (50_000, 50_000)


def test_one_group_for_a_charge_and_its_transfers(merchant: Merchant):
    charge, account = merchant.paid(), merchant.onboarded()
    transfer = merchant.api.transfers.create(terms(account, 100, source_transaction=charge.id))
    assert transfer.transfer_group == f"group_{charge.id}"
    with pytest.raises(stripe.InvalidRequestError, match="transfer_group"):
        merchant.api.transfers.create(terms(account, 100, source_transaction=charge.id, transfer_group="another"))


def test_settlement_in_another_currency(merchant: Merchant):
    """The switch: BDT reaches the platform as USD; the manager still receives BDT."""
    merchant.control("settlement", currency="bdt", settled="usd", rate="0.0082")
    charge, account = merchant.paid(amount=1_000_000), merchant.onboarded()
    entry = merchant.api.balance_transactions.retrieve(charge.balance_transaction)
    assert (entry.amount, entry.currency, entry.exchange_rate, entry.fee) == (8_200, "usd", 0.0082, 238 + 30)
    with pytest.raises(stripe.InvalidRequestError, match="balance transaction"):
        merchant.api.transfers.create(terms(account, 900_000, source_transaction=charge.id))
    transfer = merchant.api.transfers.create(terms(account, 7_380, source_transaction=charge.id, currency="usd"))
    assert merchant.pending(account, "bdt") == 900_000
    for amount in (1, 1, 7_378):
        merchant.api.transfers.reversals.create(transfer.id, {"amount": amount})
    assert merchant.pending(account, "bdt") == 0
    for _ in range(3):
        merchant.api.refunds.create({"charge": charge.id, "amount": 333_333})
    merchant.paid(amount=1_000_000)
    merchant.api.refunds.create({"charge": charge.id})
    merchant.world.advance(5)
    assert merchant.pending(currency="usd") == 8_200 - 268 - 268


def test_a_currency_without_minor_units(merchant: Merchant):
    merchant.paid(amount=5_000, currency="jpy")
    assert merchant.pending(currency="jpy") == 5_000 - 145 - 30
