"""Checkout sessions: a page on which a person pays, open until it is paid or its time is over."""

from sandbox.stripe import due
from sandbox.stripe.errors import InvalidParameter, StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.lists import page
from sandbox.stripe.params import Params
from sandbox.stripe.resources import payment_intents
from sandbox.stripe.store import Store, new_id

SHORTEST, LONGEST = 30 * 60, 24 * 3600
BANK_ANSWERS_AFTER = 60
# No Bengali: Stripe refuses it.
LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th",
    "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip


def create(store: Store, params: Params) -> dict:
    lines, intent = _lines(store, params), payment_intents.described(params.group("payment_intent_data"))
    fields = _fields(params)
    ask = _asks_for_challenge(params)
    expires_at = _expiry(store, params)
    params.done()
    if fields["customer"]:
        store.get("customer", fields["customer"], "customer")
    currency, total = lines[0]["currency"], sum(line["amount_total"] for line in lines)
    payment_intents.check_smallest(total, currency)
    session = _add(store, fields, currency, total, expires_at, _line_items=lines, _intent=intent, _ask=ask)
    due.schedule(store, expires_at, expire_due, session["id"])
    return session


def expire_call(store: Store, params: Params, identifier: str) -> dict:
    session = store.get("checkout.session", identifier)
    params.done()
    if session["status"] != "open":
        raise StripeError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of {session["status"]}.'
        )
    expire(store, session)
    return session


def line_items(store: Store, params: Params, identifier: str) -> dict:
    session = store.get("checkout.session", identifier)
    newest_last = [line | {"created": session["created"]} for line in reversed(session["_line_items"])]
    found = page(newest_last, params, f"/v1/checkout/sessions/{identifier}/line_items")
    found["data"] = [{name: value for name, value in line.items() if name != "created"} for line in found["data"]]
    return found


def expire(store: Store, session: dict) -> None:
    """No one can pay any more; an unfinished payment is cancelled."""
    intent = store.find("payment_intent", session["payment_intent"])
    if intent and intent["status"] in payment_intents.OPEN:
        payment_intents.cancel(store, intent, "expired")
    before = store.change(session, status="expired", url=None)
    emit(store, "checkout.session.expired", session, before)


@due.task
def expire_due(store: Store, identifier: str) -> None:
    session = store.get("checkout.session", identifier)
    if session["status"] == "open":
        expire(store, session)


def is_open(store: Store, session: dict) -> bool:
    """Also before the clock's next tick: a session past its time takes no money."""
    return session["status"] == "open" and store.now() < session["expires_at"]


def intent_of(store: Store, session: dict) -> dict:
    """The session's payment intent: made when the person first tries to pay."""
    if session["payment_intent"]:
        return store.get("payment_intent", session["payment_intent"])
    intent = payment_intents.add(store, session["amount_total"], session["currency"], customer=session["customer"], **session["_intent"])
    store.change(session, payment_intent=intent["id"])
    return intent


def complete(store: Store, session: dict, email: str | None, name: str | None, is_paid: bool = True) -> None:
    """The person is done. The money is there, or the bank will say later."""
    details = session["customer_details"] | {"email": email or session["customer_email"], "name": name}
    status = "paid" if is_paid else "unpaid"
    store.change(session, status="complete", payment_status=status, url=None, customer_details=details)
    emit(store, "checkout.session.completed", session)
    if not is_paid:
        due.schedule(store, store.now() + BANK_ANSWERS_AFTER, finish_payment, session["id"])


@due.task
def finish_payment(store: Store, identifier: str) -> None:
    """The bank's late word on a session that was completed unpaid."""
    session = store.get("checkout.session", identifier)
    intent = intent_of(store, session)
    payment_intents.settle(store, intent, is_authenticated=False)
    if intent["status"] == "succeeded":
        store.change(session, payment_status="paid")
        emit(store, "checkout.session.async_payment_succeeded", session)
    else:
        emit(store, "checkout.session.async_payment_failed", session)


def _fields(params: Params) -> dict:
    _read_fixed(params)
    return {
        "success_url": params.text("success_url", required=True), "cancel_url": params.text("cancel_url"),
        "client_reference_id": params.text("client_reference_id", longest=200), "customer": params.text("customer"),
        "customer_email": params.text("customer_email"), "locale": params.choice("locale", *LOCALES),
        "metadata": params.metadata(), "submit_type": params.choice("submit_type", "auto", "book", "donate", "pay"),
        "customer_creation": params.choice("customer_creation", "always", "if_required"),
    }  # fmt: skip


def _read_fixed(params: Params) -> None:
    """What the sandbox has in one form only: cards, a hosted page, one payment."""
    params.choice("mode", "payment", required=True)
    params.choice("ui_mode", "hosted_page")
    methods = params.texts("allowed_payment_method_types")
    if methods and methods != ["card"]:
        raise InvalidParameter("The sandbox takes cards only.", param="allowed_payment_method_types")


def _asks_for_challenge(params: Params) -> bool:
    options = params.group("payment_method_options").group("card")
    return options.choice("request_three_d_secure", "any", "automatic", "challenge") in ("any", "challenge")


def _expiry(store: Store, params: Params) -> int:
    moment = params.integer("expires_at")
    if moment is None:
        return store.now() + LONGEST
    if not store.now() + SHORTEST <= moment <= store.now() + LONGEST:
        word = "at least 30 minutes" if moment < store.now() + SHORTEST else "less than 24 hours"
        raise InvalidParameter(f"The `expires_at` timestamp must be {word} from Checkout Session creation.", param="expires_at")
    return moment


def _lines(store: Store, params: Params) -> list[dict]:
    lines = [_line(store, group) for group in params.groups("line_items", required=True)]
    if not lines:
        raise InvalidParameter("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if len({line["currency"] for line in lines}) > 1:
        raise InvalidParameter("All line items must have the same currency.", param="line_items")
    return lines


def _line(store: Store, given: Params) -> dict:
    quantity = given.integer("quantity", required=True, least=1, most=999_999)
    data = given.group("price_data", required=True)
    currency, amount = data.currency(required=True), data.amount("unit_amount", required=True)
    data.choice("tax_behavior", "exclusive", "inclusive", "unspecified")
    product = data.group("product_data", required=True)
    name = product.text("name", required=True)
    product.text("description"), product.texts("images"), product.metadata()
    return {
        "id": new_id("li"), "object": "item", "adjustable_quantity": None, "amount_discount": 0, "amount_tax": 0,
        "amount_subtotal": amount * quantity, "amount_total": amount * quantity, "currency": currency,
        "description": name, "metadata": {}, "price": _price(store, currency, amount), "quantity": quantity,
    }  # fmt: skip


def _price(store: Store, currency: str | None, amount: int) -> dict:
    return {
        "id": new_id("price"), "object": "price", "active": False, "billing_scheme": "per_unit",
        "created": store.now(), "currency": currency, "custom_unit_amount": None, "livemode": False,
        "lookup_key": None, "metadata": {}, "nickname": None, "product": new_id("prod"), "recurring": None,
        "tax_behavior": "unspecified", "tiers_mode": None, "transform_quantity": None, "type": "one_time",
        "unit_amount": amount, "unit_amount_decimal": str(amount),
    }  # fmt: skip


def _add(store: Store, fields: dict, currency: str, total: int, expires_at: int, **own) -> dict:
    identifier = new_id("cs_test")
    return store.add(
        "checkout.session", "cs_test", id=identifier, **fields, adaptive_pricing={"enabled": False},
        after_expiration=None, allow_promotion_codes=None, allowed_payment_method_types=["card"],
        amount_subtotal=total, amount_total=total, billing_address_collection=None, consent=None,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None}, client_secret=None,
        collected_information=None, consent_collection=None, currency=currency, currency_conversion=None,
        custom_fields=[], customer_details=_customer_details(fields["customer_email"]), discounts=[],
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        expires_at=expires_at, invoice=None, invoice_creation=None, livemode=False, mode="payment",
        origin_context=None, payment_intent=None, payment_link=None, payment_method_collection="if_required",
        payment_method_configuration_details=None, payment_method_options={}, payment_method_types=["card"],
        payment_status="unpaid", permissions=None, phone_number_collection={"enabled": False}, recovered_from=None,
        saved_payment_method_options=None, setup_intent=None, shipping_address_collection=None, shipping_cost=None,
        shipping_options=[], status="open", subscription=None, ui_mode="hosted_page", wallet_options=None,
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        url=f"{store.world.base_url}/stripe/checkout/{identifier}", **own,
    )  # fmt: skip


def _customer_details(email: str | None) -> dict:
    return {
        "address": None, "business_name": None, "email": email, "individual_name": None, "name": None, "phone": None,
        "tax_exempt": "none", "tax_ids": [],
    }  # fmt: skip
