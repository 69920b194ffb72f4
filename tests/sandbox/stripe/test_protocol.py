"""Keys, accounts, parameters, errors, lists, expansion: how Stripe's API is spoken."""

import pytest
import requests
import stripe

from sandbox.stripe.form import decode
from tests.sandbox.stripe.merchant import TIMEOUT, Merchant


def test_nested_parameters_are_decoded():
    pairs = [("a", "1"), ("b[c]", "2"), ("d[0][e]", "3"), ("d[1][e]", "4"), ("f[]", "5"), ("f[]", "6")]
    assert decode(pairs) == {"a": "1", "b": {"c": "2"}, "d": [{"e": "3"}, {"e": "4"}], "f": ["5", "6"]}


@pytest.mark.parametrize("key", ["", "sk_live_1", "pk_test_1", "sk_test_"])
def test_only_test_keys_are_let_in(merchant: Merchant, key):
    answer = requests.get(
        f"{merchant.world.base_url}/stripe/v1/balance", headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT
    )
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_key_may_come_as_the_name_of_basic_authentication(merchant: Merchant):
    url = f"{merchant.world.base_url}/stripe/v1/balance"
    assert requests.get(url, auth=("sk_test_1", ""), timeout=TIMEOUT).status_code == 200


def test_another_version_is_refused(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version: 2020-08-27"):
        merchant.api.balance.retrieve(options={"stripe_version": "2020-08-27"})


def test_an_account_that_is_not_connected_is_refused(merchant: Merchant):
    with pytest.raises(stripe.PermissionError) as refused:
        merchant.api.balance.retrieve(options={"stripe_account": "acct_of_someone_else"})
    assert refused.value.error.code == "account_invalid"


def test_what_is_not_modelled_is_refused(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.session(discounts=[{"coupon": "x"}])
    assert (refused.value.param, refused.value.code) == ("discounts", "parameter_unknown")
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        merchant.api.products.list()


def test_errors_name_the_nested_parameter(merchant: Merchant):
    item = {"quantity": 1, "price_data": {"currency": "bdt", "unit_amount": "much", "product_data": {"name": "x"}}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        merchant.session(line_items=[item])
    assert refused.value.param == "line_items[0][price_data][unit_amount]"
    assert refused.value.code == "parameter_invalid_integer"


def test_missing_and_empty_parameters_are_named(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        merchant.api.transfers.create({"amount": 1, "currency": "bdt"})
    assert (missing.value.code, missing.value.param) == ("parameter_missing", "destination")
    with pytest.raises(stripe.InvalidRequestError) as empty:
        merchant.api.transfers.create({"amount": 1, "currency": "bdt", "destination": ""})
    assert empty.value.code == "parameter_invalid_empty"


def test_unknown_objects_are_404_in_the_path_and_400_in_a_parameter(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError, match="No such charge: 'ch_x'") as in_path:
        merchant.api.charges.retrieve("ch_x")
    with pytest.raises(stripe.InvalidRequestError, match="No such charge: 'ch_x'") as in_parameter:
        merchant.api.refunds.create({"charge": "ch_x"})
    assert (in_path.value.http_status, in_parameter.value.http_status) == (404, 400)
    assert in_path.value.request_id.startswith("req_")


def test_lists_go_from_new_to_old_by_page(merchant: Merchant):
    made = [merchant.api.customers.create({"name": str(number)}).id for number in range(5)]
    first = merchant.api.customers.list({"limit": 2})
    second = merchant.api.customers.list({"limit": 2, "starting_after": first.data[-1].id})
    back = merchant.api.customers.list({"limit": 2, "ending_before": second.data[0].id})
    assert [found.id for found in first.data + second.data] == made[:0:-1]
    assert back.data == first.data
    assert first.has_more
    assert not merchant.api.customers.list({"limit": 5}).has_more
    assert [found.id for found in merchant.api.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]


def test_lists_are_bounded_by_time(merchant: Merchant):
    old = merchant.api.customers.create({"name": "old"})
    merchant.world.advance(1000)
    new = merchant.api.customers.create({"name": "new"})
    found = merchant.api.customers.list({"created": {"gt": old.created}})
    assert [customer.id for customer in found.data] == [new.id]
    with pytest.raises(stripe.InvalidRequestError, match="no more than 100"):
        merchant.api.customers.list({"limit": 101})


def test_expansion_replaces_ids_and_refuses_what_is_no_object(merchant: Merchant):
    charge = merchant.paid()
    found = merchant.api.charges.retrieve(charge.id, {"expand": ["balance_transaction", "payment_intent.latest_charge"]})
    assert found.balance_transaction.source == charge.id
    assert found.payment_intent.latest_charge.id == charge.id
    listed = merchant.api.charges.list({"expand": ["data.balance_transaction"]})
    assert listed.data[0].balance_transaction.net == found.balance_transaction.net
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        merchant.api.charges.retrieve(charge.id, {"expand": ["currency"]})


def test_accounts_do_not_see_each_other(merchant: Merchant):
    charge, account = merchant.paid(), merchant.onboarded()
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        merchant.api.charges.retrieve(charge.id, options={"stripe_account": account})
    assert merchant.api.events.list(options={"stripe_account": account}).data[0].account == account


def test_nothing_of_the_sandboxs_own_is_shown(merchant: Merchant):
    charge = merchant.paid()
    session = merchant.api.checkout.sessions.list().data[0]
    account = merchant.api.accounts.retrieve(merchant.onboarded())
    for thing in (charge, session, account, *merchant.api.events.list({"limit": 100}).data):
        assert '"_' not in str(thing), thing.id
