"""Every route, driven by the real SDK; every request it sends and every answer held to Stripe's published OpenAPI.

This proves shape, not that Stripe behaves like the sandbox. The specification (2026-05-27.dahlia) is five months older
than the SDK (2026-10-28.endive): `differences.py` lists what differs and why.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest
import stripe
from werkzeug.wrappers import Request

from sandbox.stripe.blueprint import ROUTES
from sandbox.stripe.form import decode
from sandbox.world import World
from tests.sandbox.stripe import openapi
from tests.sandbox.stripe.differences import DIFFERENCES, OBJECT_DIFFERENCES
from tests.sandbox.stripe.merchant import Merchant


@dataclass
class Exchange:
    """One API call as it was on the wire."""

    method: str
    path: str
    parameters: dict
    status: int
    answer: dict

    def faults(self) -> list[str]:
        template, said = openapi.operation(self.method, self.path)
        name = f"{self.method} {template}"
        asked = [f"{name} request {fault}" for fault in openapi.request_faults(said, self.method, self.parameters)]
        return asked + [f"{name} answer {fault}" for fault in openapi.answer_faults(said, self.status, self.answer)]


@pytest.fixture
def wire(world: World, monkeypatch) -> Iterator[list[Exchange]]:
    """What goes over the wire, as the HTTP client below the SDK sends and receives it."""
    exchanges: list[Exchange] = []
    send = stripe.RequestsClient.request

    def request(self, method, url, headers, post_data=None):
        answer = send(self, method, url, headers, post_data)
        exchanges.append(_exchange(method, url, headers, post_data, answer))
        return answer

    monkeypatch.setattr(stripe.RequestsClient, "request", request)
    yield exchanges


def _exchange(method: str, url: str, headers: dict, post_data, answer) -> Exchange:
    path, _, query = url.partition("?")
    path = path.partition("/stripe")[2]
    pairs = parse_qsl(query, keep_blank_values=True) if method.upper() == "GET" else _body_pairs(headers, post_data)
    return Exchange(method.upper(), path, decode(pairs), answer[1], json.loads(answer[0]))


def _body_pairs(headers: dict, post_data) -> list[tuple[str, str]]:
    if "multipart" not in headers.get("Content-Type", ""):
        return parse_qsl(post_data or "", keep_blank_values=True)
    with Request.from_values(method="POST", data=post_data, content_type=headers["Content-Type"]) as sent:
        return [*sent.form.items(multi=True), *((name, "a file") for name in sent.files)]


def test_every_request_and_answer_fits_the_specification(merchant: Merchant, wire: list[Exchange]):
    use_everything(merchant)
    faults = {_general(fault) for exchange in wire for fault in exchange.faults()}
    assert sorted(faults - set(DIFFERENCES)) == []
    assert sorted(set(DIFFERENCES) - faults) == [], "differences that are none any more"
    assert {route_of(exchange) for exchange in wire if exchange.status == 200} == {(m, _blank(p)) for m, p, _ in ROUTES}


def test_every_event_fits_the_specification(merchant: Merchant):
    use_everything(merchant)
    everyone = [account.id for account in merchant.api.accounts.list().data]
    events = [event for account in (None, *everyone) for event in _events(merchant, account)]
    faults = {f"{e['type']} {_general(fault)}" for e in events for fault in openapi.object_faults(e["data"]["object"])}
    assert sorted(fault for fault in faults if fault.partition(" ")[2] not in OBJECT_DIFFERENCES) == []
    assert {event["type"] for event in events} >= EXPECTED_EVENTS


def test_the_specification_notices_what_is_wrong():
    _, said = openapi.operation("POST", "/v1/refunds")
    assert openapi.request_faults(said, "POST", {"charge": "ch_1", "amount": "12"}) == []
    assert openapi.request_faults(said, "POST", {"charge": "ch_1", "amount": "much"}) != []
    assert openapi.request_faults(said, "POST", {"nothing": "real"}) != []
    assert openapi.answer_faults(said, 200, {"object": "refund", "id": "re_1"}) != []
    with pytest.raises(LookupError):
        openapi.operation("POST", "/v1/nothing")


EXPECTED_EVENTS = {
    "checkout.session.completed", "checkout.session.expired", "payment_intent.succeeded", "payment_intent.created",
    "payment_intent.payment_failed", "payment_intent.canceled", "charge.refunded", "refund.created", "refund.updated",
    "refund.failed", "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
    "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "transfer.created", "transfer.updated",
    "transfer.reversed", "account.updated", "capability.updated", "payout.paid", "payout.failed", "payout.canceled",
    "payout.updated", "payment_method.attached", "payment_method.detached",
}  # fmt: skip


def use_everything(merchant: Merchant) -> None:
    """A merchant's whole life: each route at least once, declines, waits and failures included."""
    for part in (_take_payments, _sell_by_intent, _give_back, _pay_managers, _answer_disputes, _look_around):
        part(merchant)


def _take_payments(merchant: Merchant) -> None:
    sessions = merchant.api.checkout.sessions
    session = merchant.session(
        expires_at=int(merchant.world.now().timestamp()) + 3600, locale="auto", client_reference_id="payment-1",
        metadata={"payment": "1"}, allowed_payment_method_types=["card"],
        payment_intent_data={
            "transfer_group": "contract-1", "description": "Milestone 1", "metadata": {"milestone": "1"},
            "statement_descriptor_suffix": "DAYITTO",
        },
    )  # fmt: skip
    merchant.type_card(session, "4000000000000002")
    merchant.answer_challenge(merchant.type_card(session, "4000002760003184"), "fail")
    merchant.answer_challenge(merchant.type_card(session, "4000002760003184"), "complete")
    sessions.retrieve(session.id, {"expand": ["line_items", "payment_intent.latest_charge.balance_transaction"]})
    sessions.line_items.list(session.id)
    abandoned = merchant.session()
    merchant.type_card(abandoned, "4000000000009995")
    sessions.expire(abandoned.id)
    sessions.list({"status": "complete", "limit": 3})


def _sell_by_intent(merchant: Merchant) -> None:
    api = merchant.api
    customer = api.customers.create({"email": "ada@example.com", "name": "Ada", "metadata": {"business": "1"}})
    api.customers.update(customer.id, {"phone": "+8801700000000"})
    merchant.paid(customer=customer.id, payment_intent_data={"setup_future_usage": "off_session"}, customer_email=None)
    saved = api.customers.payment_methods.list(customer.id).data[0]
    api.payment_methods.retrieve(saved.id)
    terms = {"amount": 90_000, "currency": "bdt", "customer": customer.id}
    api.payment_intents.create(terms | {"payment_method": saved.id, "off_session": True, "confirm": True})
    intent = api.payment_intents.create(terms | {"payment_method": "pm_card_visa"})
    api.payment_intents.confirm(intent.id)
    api.payment_intents.retrieve(intent.id, {"expand": ["latest_charge", "payment_method", "customer"]})
    with pytest.raises(stripe.CardError):
        api.payment_intents.create(terms | {"payment_method": "pm_card_visa_chargeDeclined", "confirm": True})
    api.payment_methods.detach(saved.id)
    open_intent = api.payment_intents.create(terms)
    api.payment_intents.cancel(open_intent.id, {"cancellation_reason": "abandoned"})
    api.payment_intents.list({"customer": customer.id})
    api.customers.list({"email": "ada@example.com"})
    api.customers.retrieve(customer.id)


def _give_back(merchant: Merchant) -> None:
    refunds = merchant.api.refunds
    charge = merchant.paid()
    part = refunds.create({"charge": charge.id, "amount": 1_000, "reason": "requested_by_customer", "metadata": {"r": "1"}})
    refunds.retrieve(part.id, {"expand": ["charge", "balance_transaction"]})
    refunds.list({"charge": charge.id})
    failing, slow = merchant.paid(card="4000000000005126"), merchant.paid(card="4000000000007726")
    refunds.create({"payment_intent": failing.payment_intent})
    refunds.create({"charge": slow.id})
    merchant.world.advance(60)
    with pytest.raises(stripe.InvalidRequestError):
        refunds.create({"charge": slow.id})
    merchant.api.charges.retrieve(charge.id, {"expand": ["refunds", "balance_transaction"]})


def _pay_managers(merchant: Merchant) -> None:
    api, charge = merchant.api, merchant.paid(payment_intent_data={"transfer_group": "contract-2"})
    account = merchant.onboarded()
    api.accounts.update(account, {"metadata": {"manager": "1"}})
    terms = {"currency": "bdt", "destination": account, "source_transaction": charge.id}
    transfer = api.transfers.create(terms | {"amount": 300_000, "description": "Milestone 1", "metadata": {"t": "1"}})
    api.transfers.update(transfer.id, {"metadata": {"t": "2"}})
    reversal = api.transfers.reversals.create(transfer.id, {"amount": 1_000, "metadata": {"why": "decision"}})
    api.transfers.reversals.retrieve(transfer.id, reversal.id)
    api.transfers.reversals.list(transfer.id)
    api.transfers.retrieve(transfer.id, {"expand": ["source_transaction", "destination"]})
    api.transfers.list({"transfer_group": "contract-2"})
    api.charges.retrieve(transfer.destination_payment, options={"stripe_account": account})
    _pay_out(merchant, account)
    api.accounts.retrieve_current(options={"stripe_account": account})
    api.accounts.capabilities.list(account)
    api.accounts.capabilities.retrieve(account, "transfers")
    api.accounts.delete(merchant.account().id)


def _pay_out(merchant: Merchant, account: str) -> None:
    api, acting = merchant.api, {"stripe_account": account}
    merchant.control("settling")
    by_order = {"amount": 10_000, "currency": "bdt"}
    kept = api.payouts.create(by_order | {"description": "early", "metadata": {"p": "1"}}, options=acting)
    dropped = api.payouts.create(by_order, options=acting)
    api.payouts.cancel(dropped.id, options=acting)
    merchant.world.advance(3 * 86_400)
    merchant.world.advance(3 * 86_400)
    paid = next(payout for payout in api.payouts.list(options=acting).data if payout.status == "paid")
    merchant.control(f"payouts/{paid.id}/failure", code="account_closed")
    api.payouts.retrieve(kept.id, {"expand": ["balance_transaction", "destination"]}, options=acting)
    api.balance.retrieve(options=acting)
    api.balance_transactions.list({"payout": kept.id}, options=acting)


def _answer_disputes(merchant: Merchant) -> None:
    disputes = merchant.api.disputes
    merchant.paid(card="4000000000000259")
    merchant.paid(card="4000000000002685")
    merchant.world.advance(5)
    given_up, fought = (dispute.id for dispute in disputes.list({"limit": 2}).data)
    disputes.close(given_up)
    receipt = io.BytesIO(b"%PDF-1.7 receipt")
    receipt.name = "receipt.pdf"
    file = merchant.api.files.create({"purpose": "dispute_evidence", "file": receipt})
    merchant.api.files.retrieve(file.id)
    evidence = {"product_description": "Page management", "receipt": file.id, "uncategorized_text": "winning_evidence"}
    disputes.update(fought, {"evidence": evidence | {"uncategorized_text": "draft"}, "submit": False})
    disputes.update(fought, {"evidence": evidence, "submit": True})
    disputes.retrieve(fought, {"expand": ["charge"]})


def _look_around(merchant: Merchant) -> None:
    api = merchant.api
    entry = api.balance_transactions.list({"type": "charge", "limit": 1}).data[0]
    api.balance_transactions.retrieve(entry.id, {"expand": ["source"]})
    api.balance.retrieve()
    api.charges.list({"limit": 100, "created": {"gte": 1}})
    event = api.events.list({"types": ["refund.created", "refund.failed"], "limit": 1}).data[0]
    api.events.retrieve(event.id)
    api.accounts.list({"limit": 2})
    api.accounts.retrieve(api.accounts.list().data[0].id)
    api.accounts.retrieve_current()


def route_of(exchange: Exchange) -> tuple[str, str]:
    return exchange.method, _blank(openapi.operation(exchange.method, exchange.path)[0])


def _blank(path: str) -> str:
    return re.sub(r"<\w+>|\{\w+\}", "{}", path)


def _general(fault: str) -> str:
    """Without positions in lists, and without what was in the value."""
    return re.sub(r"(?<=[.\s])\d+(?=[.:])", "n", fault)


def _events(merchant: Merchant, account: str | None) -> Iterator[dict]:
    options = {"stripe_account": account} if account else {}
    for event in merchant.api.events.list({"limit": 100}, options=options).auto_paging_iter():
        yield event.to_dict()
