"""The idempotency store: the first answer is the answer."""

import threading

import pytest
import requests
import stripe

from sandbox.stripe.errors import StripeError
from sandbox.stripe.idempotency import Answer, Call, once
from sandbox.stripe.resources import refunds
from sandbox.stripe.store import Request, Store
from tests.sandbox.stripe.merchant import TIMEOUT, Merchant

KEY = {"idempotency_key": "operation-1"}


def test_the_same_request_is_answered_again_and_done_once(merchant: Merchant):
    charge = merchant.paid()
    first = merchant.api.refunds.create({"charge": charge.id, "amount": 100}, options=KEY)
    again = merchant.api.refunds.create({"charge": charge.id, "amount": 100}, options=KEY)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(merchant.api.refunds.list().data) == 1


def test_refusals_that_the_call_came_to_are_answered_again(merchant: Merchant):
    terms = {"amount": 100, "currency": "bdt", "destination": merchant.onboarded()}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            merchant.api.transfers.create(terms, options=KEY)
        assert refused.value.code == "balance_insufficient"
        merchant.paid(card="4000000000000077")
    assert merchant.api.transfers.create(terms, options={"idempotency_key": "operation-2"}).amount == 100


def test_a_parameter_that_was_refused_may_be_mended_under_the_same_key(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.customers.create({"nonsense": "x"}, options=KEY)
    assert merchant.api.customers.create({"name": "Ada"}, options=KEY).name == "Ada"


def test_other_parameters_or_another_path_under_the_same_key_are_an_error(merchant: Merchant):
    merchant.api.customers.create({"name": "Ada"}, options=KEY)
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        merchant.api.customers.create({"name": "Ben"}, options=KEY)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        merchant.api.accounts.create({"email": "ada@example.com"}, options=KEY)


def test_keys_belong_to_an_account(merchant: Merchant):
    charge = merchant.paid(card="4000000000000077")
    accounts = [merchant.onboarded(), merchant.onboarded()]
    for account in accounts:
        merchant.api.transfers.create({"amount": 1_000, "currency": "bdt", "destination": account, "source_transaction": charge.id})
    order = {"amount": 1_000, "currency": "bdt"}
    payouts = [merchant.api.payouts.create(order, options=KEY | {"stripe_account": account}) for account in accounts]
    assert payouts[0].id != payouts[1].id


def test_a_key_is_forgotten_after_a_day(merchant: Merchant):
    first = merchant.api.customers.create({"name": "Ada"}, options=KEY)
    merchant.world.advance(24 * 3600 + 1)
    assert merchant.api.customers.create({"name": "Ada"}, options=KEY).id != first.id


def test_stripes_own_fault_is_the_answer_to_the_key_for_good(merchant: Merchant):
    merchant.world.faults.add({"vendor": "stripe", "path": "/v1/customers$", "mode": "status:500"})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            merchant.api.customers.create({"name": "Ada"}, options=KEY)
    assert merchant.api.customers.list().data == []


def test_a_crash_undoes_everything_and_is_the_answer_to_the_key(merchant: Merchant, monkeypatch):
    charge = merchant.paid()
    with monkeypatch.context() as broken, pytest.raises(stripe.APIError):
        broken.setattr(refunds, "_pay", lambda *_: 1 / 0)
        merchant.api.refunds.create({"charge": charge.id}, options=KEY)
    with pytest.raises(stripe.APIError) as again:
        merchant.api.refunds.create({"charge": charge.id}, options=KEY)
    assert again.value.http_status == 500
    assert merchant.api.charges.retrieve(charge.id).amount_refunded == 0
    assert merchant.api.refunds.list().data == []


@pytest.mark.parametrize(("mode", "error"), [("status:429", stripe.RateLimitError), ("status:409", stripe.APIError)])
def test_other_faults_pass(merchant: Merchant, mode, error):
    merchant.world.faults.add({"vendor": "stripe", "path": "/v1/customers$", "mode": mode})
    with pytest.raises(error):
        merchant.api.customers.create({"name": "Ada"}, options=KEY)
    assert merchant.api.customers.create({"name": "Ada"}, options=KEY).name == "Ada"


def test_a_lost_answer_is_found_again_under_its_key(merchant: Merchant):
    merchant.world.faults.add({"vendor": "stripe", "path": "/v1/customers$", "mode": "drop_after_commit"})
    with pytest.raises(stripe.APIConnectionError):
        merchant.api.customers.create({"name": "Ada"}, options=KEY)
    found = merchant.api.customers.create({"name": "Ada"}, options=KEY)
    assert [customer.id for customer in merchant.api.customers.list().data] == [found.id]


def test_a_second_request_while_the_first_is_under_way_is_told_so(merchant: Merchant):
    """As when two processes send the same operation at once."""
    store = Store(merchant.world, request=Request("req_1", "operation-1"))
    call, inner = Call("/v1/customers", {"name": "Ada"}), []

    def act() -> Answer:
        with pytest.raises(StripeError) as refused:
            once(store, call, lambda: inner.append("acted twice"))
        assert (refused.value.status, refused.value.details["code"]) == (409, "idempotency_key_in_use")
        return Answer(200, {"id": "cus_1"}, "req_1")

    assert once(store, call, act).body == {"id": "cus_1"}
    assert once(store, call, lambda: inner.append("acted again")).body == {"id": "cus_1"}
    assert inner == []


def test_many_at_once_act_once(merchant: Merchant):
    url = f"{merchant.world.base_url}/stripe/v1/customers"
    headers = {"Authorization": "Bearer sk_test_1", "Idempotency-Key": "operation-1"}
    statuses: list[int] = []

    def create():
        statuses.append(requests.post(url, data={"name": "Ada"}, headers=headers, timeout=TIMEOUT).status_code)

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 in statuses
    assert set(statuses) <= {200, 409}
    assert len(merchant.api.customers.list().data) == 1
