"""The dashboard and the controls a person or a test presses."""

import pytest
import requests

from sandbox.app import create_app
from sandbox.world import World
from tests.sandbox.stripe.merchant import TIMEOUT, Merchant


def test_the_dashboard_shows_what_there_is(merchant: Merchant):
    charge, account = merchant.paid(payment_intent_data={"transfer_group": "contract-1"}), merchant.onboarded()
    terms = {"amount": 300_000, "currency": "bdt", "destination": account, "source_transaction": charge.id}
    transfer = merchant.api.transfers.create(terms)
    page = requests.get(f"{merchant.world.base_url}/stripe/", timeout=TIMEOUT).text
    for shown in (charge.id, transfer.id, account, "contract-1", "BDT 3,000.00"):
        assert shown in page


def test_balances_of_every_account_in_one_answer(merchant: Merchant):
    merchant.paid(amount=100_000)
    account = merchant.onboarded()
    found = requests.get(f"{merchant.world.base_url}/stripe/world/balances", timeout=TIMEOUT).json()
    assert [owner["account"] for owner in found] == ["acct_1SandboxPlatform", account]
    assert found[0]["sums"] == {"bdt": 93_500}
    assert found[0]["pending"][0]["amount"] == 93_500


def test_a_button_brings_the_person_back(merchant: Merchant):
    charge = merchant.paid()
    url = f"{merchant.world.base_url}/stripe/world/charges/{charge.id}/dispute"
    answer = requests.post(url, data={"page": "yes"}, allow_redirects=False, timeout=TIMEOUT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/stripe/")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("charges/ch_x/dispute", {}),
        ("settlement", {"rate": "much"}),
        ("settlement", {"rate": "-1", "settled": "usd"}),
    ],
)
def test_controls_refuse_nonsense(merchant: Merchant, path, fields):
    answer = requests.post(f"{merchant.world.base_url}/stripe/world/{path}", data=fields, timeout=TIMEOUT)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["message"]


def test_what_is_due_outlives_the_process(tmp_path):
    key = {"Authorization": "Bearer sk_test_1"}
    form = {
        "mode": "payment", "success_url": "http://shop.example/", "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "bdt", "line_items[0][price_data][unit_amount]": "5000",
        "line_items[0][price_data][product_data][name]": "Milestone",
    }  # fmt: skip
    first = World(tmp_path / "state")
    http = create_app(first, ["stripe"]).test_client()
    session = http.post("/stripe/v1/checkout/sessions", data=form, headers=key).json["id"]
    first.close()
    second = World(tmp_path / "state")
    http = create_app(second, ["stripe"]).test_client()
    second.advance(25 * 3600)
    assert http.get(f"/stripe/v1/checkout/sessions/{session}", headers=key).json["status"] == "expired"
    second.close()
