"""Stripe's documented test cards, and what becomes of a payment with each."""

from dataclasses import dataclass

DECLINED = "Your card was declined."


@dataclass(frozen=True)
class Card:
    """`challenge`: never, `optional` (only when asked for), `setup` (unless saved for later), `on_session`
    (whenever the person is there), `always`.

    `delay`: the bank says later whether it `succeeds` or `fails`, as with bank debits; such cards are the sandbox's own.
    """

    number: str = "4242424242424242"
    challenge: str = "optional"
    code: str = ""
    decline_code: str = ""
    message: str = ""
    dispute: str = ""
    is_available_at_once: bool = False
    refund: str = "succeeded"
    delay: str = ""

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def brand(self) -> str:
        return {"5": "mastercard", "3": "amex", "6": "discover"}.get(self.number[:1], "visa")


def _declined(number: str, decline_code: str, message: str = DECLINED, challenge: str = "never") -> Card:
    return Card(number, challenge, "card_declined", decline_code, message)


KNOWN = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("5555555555554444"),
        Card("4000000000000077", is_available_at_once=True),
        Card("4000002500003155", "setup"),
        Card("4000003800000446", "on_session"),
        Card("4000002760003184", "always"),
        Card("4000000000003220", "always"),
        _declined("4000008400001629", "generic_decline", challenge="always"),
        _declined("4000008260003178", "insufficient_funds", "Your card has insufficient funds.", "always"),
        _declined("4000000000000002", "generic_decline"),
        _declined("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
        _declined("4000000000009987", "lost_card"),
        _declined("4000000000009979", "stolen_card"),
        Card("4000000000000069", "never", "expired_card", "", "Your card has expired."),
        Card("4000000000000127", "never", "incorrect_cvc", "", "Your card's security code is incorrect."),
        Card(
            "4000000000000119", "never", "processing_error", "",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        Card("4000000000000259", dispute="fraudulent"),
        Card("4000000000002685", dispute="product_not_received"),
        Card("4000000000005126", refund="fails"),
        Card("4000000000007726", refund="pending"),
        Card("4000000000009011", delay="succeeds"),
        Card("4000000000009029", "optional", "card_declined", "generic_decline", DECLINED, delay="fails"),
    )
}  # fmt: skip

PAYMENT_METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_refundFail": "4000000000005126",
}


def card(number: str) -> Card:
    """What Stripe's test mode does with that number: unknown ones behave like 4242, as valid numbers."""
    return KNOWN.get(number, Card(number))


def is_valid(number: str) -> bool:
    """12 to 19 digits with a right check digit (Luhn)."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
