"""Payment intents: from the wish to pay to the charge, through declines and challenges."""

from sandbox.stripe.cards import Card
from sandbox.stripe.currencies import SMALLEST_CHARGE, display
from sandbox.stripe.errors import CardError, StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.params import Params
from sandbox.stripe.resources import charges, payment_methods
from sandbox.stripe.store import Store, new_id, public

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
AUTHENTICATION_FAILED = Card(
    code="payment_intent_authentication_failure",
    message="We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


def create(store: Store, params: Params) -> dict:
    amount, currency = params.amount(required=True), params.currency(required=True)
    customer, method = params.text("customer"), params.text("payment_method")
    is_confirmed, off_session = params.flag("confirm"), params.flag("off_session")
    fields = described(params)
    _read_method_choices(params)
    params.done()
    if customer:
        store.get("customer", customer, "customer")
    intent = add(store, amount, currency, customer=customer, **fields)
    if method:
        chosen = payment_methods.named(store, method)
        payment_methods.check_usable(chosen, customer)
        store.change(intent, payment_method=chosen["id"], status="requires_confirmation")
    return _confirmed(store, intent, off_session) if is_confirmed else intent


def confirm(store: Store, params: Params, identifier: str) -> dict:
    intent = store.get("payment_intent", identifier)
    method, off_session = params.text("payment_method"), params.flag("off_session")
    params.text("return_url")
    params.done()
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "confirm")
    if method:
        chosen = payment_methods.named(store, method)
        payment_methods.check_usable(chosen, intent["customer"])
        store.change(intent, payment_method=chosen["id"])
    return _confirmed(store, intent, off_session)


def cancel_call(store: Store, params: Params, identifier: str) -> dict:
    intent = store.get("payment_intent", identifier)
    reason = params.choice("cancellation_reason", *REASONS)
    params.done()
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "cancel")
    cancel(store, intent, reason)
    return intent


def described(params: Params) -> dict:
    """What a payment is told to carry: description, metadata, transfer group, what the bank statement says."""
    return {
        "description": params.text("description"), "metadata": params.metadata(),
        "receipt_email": params.text("receipt_email"), "transfer_group": params.text("transfer_group"),
        "statement_descriptor": params.text("statement_descriptor", longest=22),
        "statement_descriptor_suffix": params.text("statement_descriptor_suffix", longest=22),
        "setup_future_usage": params.choice("setup_future_usage", "off_session", "on_session"),
    }  # fmt: skip


def add(store: Store, amount: int, currency: str, **fields) -> dict:
    """A new intent, announced. Refuses what is too small to charge."""
    check_smallest(amount, currency)
    secret_id = new_id("pi")
    intent = store.add(
        "payment_intent", "pi", amount=amount, amount_capturable=0, amount_details={"tip": {}}, amount_received=0,
        application=None, application_fee_amount=None, automatic_payment_methods=None, canceled_at=None,
        cancellation_reason=None, capture_method="automatic_async", client_secret=f"{secret_id}_secret_sandbox",
        confirmation_method="automatic", currency=currency, last_payment_error=None, latest_charge=None,
        livemode=False, next_action=None, on_behalf_of=None, payment_method=None, payment_method_options=None,
        payment_method_types=["card"], processing=None, review=None, shipping=None,
        status="requires_payment_method", transfer_data=None, **fields,
    )  # fmt: skip
    emit(store, "payment_intent.created", intent)
    return intent


def check_smallest(amount: int, currency: str) -> None:
    least = SMALLEST_CHARGE.get(currency, 1)
    if amount < least:
        raise StripeError(f"Amount must be at least {display(least, currency)}", code="amount_too_small", param="amount")


def attempt(store: Store, intent: dict, method: dict, off_session: bool = False, ask: bool = False) -> None:
    """Try to take the money: the intent ends succeeded, in need of a challenge, or in need of another card.

    `ask`: challenge also cards that need none.
    """
    used = payment_methods.behaviour(method)
    store.change(intent, payment_method=method["id"])
    if _needs_challenge(used, method, ask, off_session):
        _challenge(store, intent, method, off_session)
    elif used.delay:
        emit(store, "payment_intent.processing", intent, store.change(intent, status="processing"))
    else:
        settle(store, intent, is_authenticated=False)


def settle(store: Store, intent: dict, is_authenticated: bool) -> None:
    """The bank's word: taken, or refused."""
    method = store.get("payment_method", intent["payment_method"])
    used = payment_methods.behaviour(method)
    if used.code:
        decline(store, intent, method, used)
    else:
        _succeed(store, intent, method, is_authenticated)


def answer_challenge(store: Store, intent: dict, is_passed: bool) -> None:
    """The person has answered the bank's question."""
    if is_passed:
        settle(store, intent, is_authenticated=True)
    else:
        decline(store, intent, store.get("payment_method", intent["payment_method"]), AUTHENTICATION_FAILED)


def decline(store: Store, intent: dict, method: dict, refusal: Card) -> None:
    """Back to needing a card, with the reason; a bank's refusal leaves a failed charge."""
    charge = charges.fail(store, intent, method, refusal) if refusal is not AUTHENTICATION_FAILED else None
    error = {"type": "card_error", "code": refusal.code, "message": refusal.message, "payment_method": public(method)}
    error |= {"decline_code": refusal.decline_code} if refusal.decline_code else {}
    error |= {"charge": charge["id"]} if charge else {}
    store.change(
        intent, status="requires_payment_method", last_payment_error=error, payment_method=None, next_action=None,
        latest_charge=charge["id"] if charge else intent["latest_charge"],
    )  # fmt: skip
    emit(store, "payment_intent.payment_failed", intent)


def cancel(store: Store, intent: dict, reason: str | None) -> None:
    store.change(intent, status="canceled", canceled_at=store.now(), cancellation_reason=reason, next_action=None)
    emit(store, "payment_intent.canceled", intent)


def unexpected_state(intent: dict, verb: str) -> StripeError:
    return StripeError(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state", payment_intent=public(intent),
    )  # fmt: skip


def _read_method_choices(params: Params) -> None:
    """Cards are all the sandbox has."""
    params.texts("allowed_payment_method_types")
    automatic = params.group("automatic_payment_methods")
    automatic.flag("enabled")
    automatic.choice("allow_redirects", "always", "never")
    params.text("return_url")


def _confirmed(store: Store, intent: dict, off_session: bool) -> dict:
    if not intent["payment_method"]:
        raise StripeError(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state", payment_intent=public(intent),
        )  # fmt: skip
    attempt(store, intent, store.get("payment_method", intent["payment_method"]), off_session)
    error = intent["last_payment_error"]
    if intent["status"] == "requires_payment_method" and error:
        details = {name: value for name, value in error.items() if name not in ("type", "message")}
        raise CardError(error["message"], **details, payment_intent=public(intent))
    return intent


def _needs_challenge(used: Card, method: dict, ask: bool, off_session: bool) -> bool:
    if used.challenge == "on_session":
        return not off_session
    if used.challenge == "setup":
        return ask or not method["_is_set_up"]
    return used.challenge == "always" or (ask and used.challenge == "optional")


def _challenge(store: Store, intent: dict, method: dict, off_session: bool) -> None:
    """Ask the person; without one there, the bank refuses."""
    if off_session:
        message = "Your card was declined. This transaction requires authentication."
        decline(store, intent, method, Card(code="authentication_required", decline_code="authentication_required", message=message))
        return
    url = f"{store.world.base_url}/stripe/challenges/{intent['id']}"
    action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}
    store.change(intent, status="requires_action", next_action=action)
    emit(store, "payment_intent.requires_action", intent)


def _succeed(store: Store, intent: dict, method: dict, is_authenticated: bool) -> None:
    charge = charges.succeed(store, intent, method, is_authenticated)
    store.change(
        intent, status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"], next_action=None,
        last_payment_error=None,
    )  # fmt: skip
    if intent["customer"] and intent["setup_future_usage"]:
        payment_methods.keep_for(store, method, intent["customer"])
    emit(store, "payment_intent.succeeded", intent)
