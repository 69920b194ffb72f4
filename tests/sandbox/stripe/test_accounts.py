"""Connected accounts: onboarding by a person, capabilities, payouts to their bank."""

import pytest
import requests
import stripe
from bs4 import BeautifulSoup

from tests.sandbox.stripe.merchant import TIMEOUT, Merchant

DAY = 86_400


def funded(merchant: Merchant, account: str, amount: int = 100_000) -> None:
    """Give the account money it can have paid out."""
    charge = merchant.paid(card="4000000000000077")
    terms = {"amount": amount, "currency": "bdt", "destination": account, "source_transaction": charge.id}
    merchant.api.transfers.create(terms)


def payouts(merchant: Merchant, account: str):
    return merchant.api.payouts.list(options={"stripe_account": account}).data


def test_onboarding_makes_the_account_able_to_receive(merchant: Merchant):
    account = merchant.account()
    assert account.capabilities.transfers == "inactive"
    assert "external_account" in account.requirements.currently_due
    page = merchant.onboarding_page(account.id)
    assert "ben@example.com" in page.text
    typed = {"name": "Ben Khan", "birthday": "1990-12-31", "account_number": "1234 5678"}
    requests.post(page.url, data=typed, allow_redirects=False, timeout=TIMEOUT)
    found = merchant.api.accounts.retrieve(account.id)
    assert (found.capabilities.transfers, found.details_submitted, found.payouts_enabled) == ("active", True, True)
    assert found.external_accounts.data[0].last4 == "5678"
    assert merchant.events(account.id) == ["account.updated", "capability.updated"]
    event = merchant.api.events.list({"type": "account.updated"}, options={"stripe_account": account.id}).data[0]
    assert event.data.previous_attributes.capabilities.transfers == "inactive"


def test_onboarding_may_be_left_unfinished(merchant: Merchant):
    account = merchant.account()
    page = merchant.onboarding_page(account.id)
    answer = requests.post(page.url, data={"later": "yes"}, allow_redirects=False, timeout=TIMEOUT)
    assert answer.headers["Location"] == "https://shop.example/onboarded"
    assert not merchant.api.accounts.retrieve(account.id).details_submitted


def test_what_is_missing_is_said_beside_the_field(merchant: Merchant):
    page = merchant.onboarding_page(merchant.account().id)
    answer = requests.post(page.url, data={"name": "Ben", "birthday": "x", "account_number": "1"}, timeout=TIMEOUT)
    found = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert {error["id"] for error in found(class_="bad")} == {"birthday-error", "account_number-error"}
    assert found.find(attrs={"name": "name"})["value"] == "Ben"


def test_a_link_opens_once_and_not_late(merchant: Merchant):
    urls = {"refresh_url": "https://shop.example/again", "return_url": "https://shop.example/onboarded"}
    terms = {"account": merchant.account().id, "type": "account_onboarding", **urls}
    link = merchant.api.account_links.create(terms)
    assert requests.get(link.url, timeout=TIMEOUT).status_code == 200
    assert requests.get(link.url, allow_redirects=False, timeout=TIMEOUT).headers["Location"] == urls["refresh_url"]
    late = merchant.api.account_links.create(terms)
    merchant.world.advance(301)
    assert requests.get(late.url, allow_redirects=False, timeout=TIMEOUT).headers["Location"] == urls["refresh_url"]


def test_bangladesh_is_for_recipients_only(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError, match="service agreement"):
        merchant.account(tos_acceptance={"service_agreement": "full"})
    with pytest.raises(stripe.InvalidRequestError, match="transfers capability"):
        merchant.account(capabilities={"transfers": {"requested": True}, "card_payments": {"requested": True}})


def test_money_goes_to_the_bank_daily_and_arrives(merchant: Merchant):
    account = merchant.onboarded()
    funded(merchant, account)
    merchant.world.advance(DAY)
    sent = payouts(merchant, account)
    assert [(payout.status, payout.automatic, payout.amount) for payout in sent] == [("in_transit", True, 100_000)]
    assert merchant.available(account) == 0
    merchant.world.advance(DAY + 60)
    assert [payout.status for payout in payouts(merchant, account)] == ["paid"]
    assert merchant.events(account)[-1] == "payout.paid"
    within = merchant.api.balance_transactions.list({"payout": sent[0].id}, options={"stripe_account": account})
    assert sorted(entry.type for entry in within.data) == ["payment", "payout"]


@pytest.mark.parametrize(("number", "code"), [("000111111116", "no_account"), ("000111111113", "account_closed")])
def test_a_bank_may_refuse(merchant: Merchant, number, code):
    account = merchant.onboarded(number)
    funded(merchant, account)
    merchant.world.advance(DAY)
    merchant.world.advance(DAY + 60)
    assert [(payout.status, payout.failure_code) for payout in payouts(merchant, account)] == [("failed", code)]
    assert merchant.available(account) == 100_000
    found = merchant.api.accounts.retrieve(account)
    assert (found.payouts_enabled, found.requirements.currently_due) == (False, ["external_account"])
    merchant.world.advance(3 * DAY)
    assert len(payouts(merchant, account)) == 1, "a bank account that failed is not used again"


def test_a_payout_may_fail_after_it_was_paid(merchant: Merchant):
    account = merchant.onboarded()
    funded(merchant, account)
    merchant.world.advance(DAY)
    merchant.world.advance(DAY + 60)
    payout = payouts(merchant, account)[0]
    merchant.control(f"payouts/{payout.id}/failure", code="could_not_process")
    assert merchant.available(account) == 100_000
    assert [kind for kind in merchant.events(account) if kind.startswith("payout")] == [
        "payout.created", "payout.paid", "payout.failed",
    ]  # fmt: skip
    merchant.control(f"accounts/{account}/onboarding")
    merchant.world.advance(DAY)
    assert payouts(merchant, account)[0].status == "in_transit", "a new bank account is used"


def test_a_payout_by_order_needs_the_balance_and_can_be_called_back(merchant: Merchant):
    account = merchant.onboarded(settings={"payouts": {"schedule": {"interval": "manual"}}})
    funded(merchant, account)
    acting = {"stripe_account": account}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.api.payouts.create({"amount": 100_001, "currency": "bdt"}, options=acting)
    assert refused.value.code == "balance_insufficient"
    payout = merchant.api.payouts.create({"amount": 60_000, "currency": "bdt"}, options=acting)
    assert merchant.available(account) == 40_000
    assert merchant.api.payouts.cancel(payout.id, options=acting).status == "canceled"
    assert merchant.available(account) == 100_000
    merchant.world.advance(3 * DAY)
    assert len(payouts(merchant, account)) == 1, "nothing is paid out by itself"


def test_an_account_with_money_is_not_deleted(merchant: Merchant):
    account = merchant.onboarded()
    funded(merchant, account)
    with pytest.raises(stripe.InvalidRequestError, match="balance"):
        merchant.api.accounts.delete(account)
    empty = merchant.onboarded()
    assert merchant.api.accounts.delete(empty).deleted
    merchant.world.advance(2 * DAY)
    with pytest.raises(stripe.PermissionError):
        merchant.api.balance.retrieve(options={"stripe_account": empty})
