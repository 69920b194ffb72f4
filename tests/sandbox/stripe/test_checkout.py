"""The hosted payment page: test cards, challenges, retries, expiry."""

import pytest
import requests
import stripe
from bs4 import BeautifulSoup

from tests.sandbox.stripe.merchant import TIMEOUT, Merchant


def alert(answer: requests.Response) -> str:
    return BeautifulSoup(answer.text, "html.parser").find(role="alert").get_text()


def test_a_card_pays(merchant: Merchant):
    session = merchant.session(
        metadata={"payment": "7"}, payment_intent_data={"metadata": {"milestone": "1"}, "transfer_group": "contract-1"}
    )
    assert session.payment_intent is None
    page = requests.get(session.url, timeout=TIMEOUT)
    assert "BDT 5,000.00" in page.text
    assert "Milestone 1" in page.text
    answer = merchant.type_card(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://shop.example/done?session={session.id}"
    paid = merchant.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.payment_intent.metadata.to_dict() == {"milestone": "1"}
    charge = merchant.charge_of(session)
    assert (charge.transfer_group, charge.amount, charge.paid) == ("contract-1", 500_000, True)
    assert merchant.events() == [
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "decline_code", "message"),
    [
        ("4000000000000002", "generic_decline", "Your card was declined."),
        ("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
    ],
)
def test_a_refused_card_leaves_the_page_open_for_another(merchant: Merchant, number, decline_code, message):
    session = merchant.session()
    answer = merchant.type_card(session, number)
    assert answer.status_code == 402
    assert alert(answer) == message
    failed = merchant.charge_of(session)
    assert (failed.status, failed.outcome.reason) == ("failed", decline_code)
    assert failed.balance_transaction is None
    assert merchant.type_card(session).status_code == 303
    assert merchant.charge_of(session).status == "succeeded"
    assert merchant.events().count("payment_intent.payment_failed") == 1


def test_the_bank_asks_and_the_person_answers(merchant: Merchant):
    session = merchant.session()
    challenge = merchant.type_card(session, "4000002760003184")
    intent_id = merchant.api.checkout.sessions.retrieve(session.id).payment_intent
    assert merchant.api.payment_intents.retrieve(intent_id).status == "requires_action"
    page = requests.get(challenge.headers["Location"], timeout=TIMEOUT)
    assert {button["name"] for button in BeautifulSoup(page.text, "html.parser")("button")} == {"complete", "fail"}
    refused = merchant.answer_challenge(challenge, "fail")
    assert "unable to authenticate" in alert(requests.get(session.url, timeout=TIMEOUT))
    assert refused.status_code == 303
    assert merchant.api.payment_intents.retrieve(intent_id).status == "requires_payment_method"
    answer = merchant.answer_challenge(merchant.type_card(session, "4000002760003184"), "complete")
    assert answer.headers["Location"].endswith(session.id)
    assert merchant.charge_of(session).payment_method_details.card.three_d_secure.result == "authenticated"


def test_a_challenge_may_still_end_in_a_refusal(merchant: Merchant):
    session = merchant.session()
    merchant.answer_challenge(merchant.type_card(session, "4000008400001629"), "complete")
    assert alert(requests.get(session.url, timeout=TIMEOUT)) == "Your card was declined."


def test_a_challenge_can_be_asked_for(merchant: Merchant):
    session = merchant.session(payment_method_options={"card": {"request_three_d_secure": "any"}})
    assert "/challenges/" in merchant.type_card(session).headers["Location"]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(merchant: Merchant):
    session = merchant.session()
    answer = merchant.type_card(session, "4242424242424241", expiry="12/20", cvc="1")
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert {found["id"] for found in page(class_="bad")} == {"card_number-error", "expiry-error", "cvc-error"}
    assert page.find(attrs={"name": "name"})["value"] == "Ada Begum"
    assert merchant.api.checkout.sessions.retrieve(session.id).payment_intent is None


def test_paying_twice_takes_the_money_once(merchant: Merchant):
    session = merchant.session()
    merchant.type_card(session)
    again = merchant.type_card(session)
    assert requests.get(session.url, allow_redirects=False, timeout=TIMEOUT).headers["Location"].endswith(session.id)
    assert again.status_code == 303
    assert len(merchant.api.charges.list().data) == 1


def test_an_expired_session_takes_no_money(merchant: Merchant):
    session = merchant.session(expires_at=int(merchant.world.now().timestamp()) + 1_860)
    merchant.type_card(session, "4000000000000002")
    merchant.world.advance(1_900)
    assert requests.get(session.url, timeout=TIMEOUT).status_code == 410
    merchant.type_card(session)
    found = merchant.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.payment_status) == ("expired", "unpaid")
    assert found.payment_intent.status == "canceled"
    assert merchant.events()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_expiry_ends_a_challenge_that_nobody_answered(merchant: Merchant):
    session = merchant.session()
    challenge = merchant.type_card(session, "4000002760003184")
    merchant.api.checkout.sessions.expire(session.id)
    merchant.answer_challenge(challenge, "complete")
    assert merchant.api.charges.list().data == []


def test_only_open_sessions_expire_on_request(merchant: Merchant):
    session = merchant.session()
    merchant.type_card(session)
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        merchant.api.checkout.sessions.expire(session.id)


@pytest.mark.parametrize("seconds", [1_700, 25 * 3_600])
def test_a_session_is_open_for_half_an_hour_to_a_day(merchant: Merchant, seconds):
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        merchant.session(expires_at=int(merchant.world.now().timestamp()) + seconds)


def test_stripe_has_no_bengali_checkout(merchant: Merchant):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid locale"):
        merchant.session(locale="bn")


@pytest.mark.parametrize(
    ("number", "payment_status", "events"),
    [
        ("4000000000009011", "paid", ["charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"]),
        ("4000000000009029", "unpaid", ["charge.failed", "payment_intent.payment_failed", "checkout.session.async_payment_failed"]),
    ],
)
def test_a_bank_that_answers_later(merchant: Merchant, number, payment_status, events):
    """The person is done before the money is there: completed is not paid."""
    session = merchant.session()
    assert merchant.type_card(session, number).headers["Location"].endswith(session.id)
    waiting = merchant.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"
    assert merchant.events()[1:] == ["payment_intent.processing", "checkout.session.completed"]
    merchant.world.advance(61)
    assert merchant.api.checkout.sessions.retrieve(session.id).payment_status == payment_status
    assert merchant.events()[3:] == events


def test_a_saved_card_is_charged_without_the_person_once_it_was_set_up(merchant: Merchant):
    customer = merchant.api.customers.create({"email": "ada@example.com"})
    merchant.paid(
        card="4000002500003155", customer=customer.id, customer_email=None,
        payment_intent_data={"setup_future_usage": "off_session"},
    )  # fmt: skip
    saved = merchant.api.customers.payment_methods.list(customer.id).data[0]
    terms = {"amount": 5_000, "currency": "bdt", "customer": customer.id, "off_session": True, "confirm": True}
    assert merchant.api.payment_intents.create(terms | {"payment_method": saved.id}).status == "succeeded"
    with pytest.raises(stripe.CardError) as refused:
        merchant.api.payment_intents.create(terms | {"payment_method": "pm_card_authenticationRequired"})
    assert refused.value.code == "authentication_required"
    assert merchant.api.payment_intents.list({"limit": 1}).data[0].status == "requires_payment_method"


OFF_SESSION = {"amount": 5_000, "currency": "bdt", "off_session": True, "confirm": True}


def saved_card(merchant: Merchant, number: str) -> dict:
    """A customer and its card that was kept at a first payment, as the parameters of a charge without the person."""
    customer = merchant.api.customers.create({"email": "ada@example.com"}).id
    merchant.paid(card=number, customer=customer, customer_email=None, payment_intent_data={"setup_future_usage": "off_session"})
    method = merchant.api.customers.payment_methods.list(customer).data[0].id
    return OFF_SESSION | {"customer": customer, "payment_method": method}


@pytest.mark.parametrize(
    ("kept", "later", "code"),
    [
        ("4000002760003184", "", "authentication_required"),
        ("4000003800000446", "", ""),
        ("4242424242424242", "4000000000009995", "card_declined"),
        ("4242424242424242", "4000000000000069", "expired_card"),
    ],
)
def test_what_becomes_of_a_saved_card_is_the_banks_word_of_that_day(merchant: Merchant, kept, later, code):
    terms = saved_card(merchant, kept)
    if later:
        merchant.control(f"payment_methods/{terms['payment_method']}/card", number=later)
    if not code:
        assert merchant.api.payment_intents.create(terms).status == "succeeded"
        return
    with pytest.raises(stripe.CardError) as refused:
        merchant.api.payment_intents.create(terms)
    assert refused.value.code == code
    newest = merchant.api.payment_intents.list({"customer": terms["customer"], "limit": 1}).data[0]
    assert (newest.status, newest.last_payment_error.code) == ("requires_payment_method", code)


def test_a_card_that_was_forgotten_or_is_anothers_is_never_charged(merchant: Merchant):
    terms, others = saved_card(merchant, "4242424242424242"), saved_card(merchant, "5555555555554444")
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.payment_intents.create(terms | {"payment_method": others["payment_method"]})
    merchant.api.payment_methods.detach(terms["payment_method"])
    assert merchant.api.customers.payment_methods.list(terms["customer"]).data == []
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.payment_intents.create(terms)
    with pytest.raises(stripe.InvalidRequestError):
        merchant.api.payment_methods.detach(terms["payment_method"])
    assert {"payment_method.attached", "payment_method.detached"} <= set(merchant.events())
