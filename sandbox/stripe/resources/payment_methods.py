"""Payment methods: cards, as far as they may be known."""

import hashlib

from sandbox.stripe.cards import KNOWN, PAYMENT_METHODS, Card, card
from sandbox.stripe.errors import StripeError, missing
from sandbox.stripe.events import emit
from sandbox.stripe.params import Params
from sandbox.stripe.store import Store

EXPIRY = (12, 2034)


def create(store: Store, number: str, expiry: tuple[int, int] = EXPIRY, **billing: str | None) -> dict:
    """Keep a card (its number stays the sandbox's own): `billing` may have name and email."""
    used = card(number)
    return store.add(
        "payment_method", "pm", billing_details=_billing(billing), customer=None, livemode=False, metadata={},
        type="card", card=_card(used, *expiry), allow_redisplay="unspecified", _number=number, _is_set_up=False,
    )  # fmt: skip


def named(store: Store, identifier: str) -> dict:
    """The saved one, or a new one for Stripe's names of test cards (`pm_card_visa`)."""
    if identifier in PAYMENT_METHODS:
        return create(store, PAYMENT_METHODS[identifier])
    method = store.find("payment_method", identifier)
    if method is None:
        raise missing("PaymentMethod", identifier, "payment_method")
    return method


def keep_for(store: Store, method: dict, customer: str) -> None:
    """Attach to the customer: it may be charged again without the person."""
    store.change(method, customer=customer, _is_set_up=True)
    emit(store, "payment_method.attached", method)


def detach(store: Store, params: Params, identifier: str) -> dict:
    """POST /v1/payment_methods/{id}/detach: forget it; it can never be used again."""
    method = store.get("payment_method", identifier)
    params.done()
    if not method["customer"]:
        raise StripeError("The payment method you provided is not attached to a customer so detachment is impossible.")
    before = store.change(method, customer=None, _is_detached=True)
    emit(store, "payment_method.detached", method, before)
    return method


def check_usable(method: dict, customer: str | None) -> None:
    """Refuses a card that was forgotten, or is another customer's."""
    if method.get("_is_detached"):
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with"
            " a connected account without Customer attachment, or was detached from a Customer. It may not be used again."
            " To use a PaymentMethod multiple times, you must attach it to a Customer first.",
        )  # fmt: skip
    if method["customer"] and method["customer"] != customer:
        raise StripeError(
            f"The PaymentMethod '{method['id']}' does not belong to the Customer you supplied. Please use this PaymentMethod"
            " with the Customer that it belongs to instead.",
        )  # fmt: skip


def behaviour(method: dict) -> Card:
    return card(method["_number"])


def fingerprint(number: str) -> str:
    """The same for every use of one card, so that the same payer can be recognised."""
    return hashlib.sha256(f"sandbox {number}".encode()).hexdigest()[:16]


def _billing(known: dict[str, str | None]) -> dict:
    return {"address": None, "email": None, "name": None, "phone": None, "tax_id": None} | known


def _card(used: Card, month: int, year: int) -> dict:
    return {
        "brand": used.brand, "checks": {"address_line1_check": None, "address_postal_code_check": None,
        "cvc_check": "pass"}, "country": "US", "display_brand": used.brand, "exp_month": month, "exp_year": year,
        "fingerprint": fingerprint(used.number), "funding": "credit", "generated_from": None, "last4": used.last4,
        "networks": {"available": [used.brand], "preferred": None},
        "three_d_secure_usage": {"supported": used.number not in KNOWN or used.challenge != "never"}, "wallet": None,
    }  # fmt: skip
