"""Connected accounts: who they are, what they may do, where they are paid."""

from hashlib import sha256

from sandbox.stripe import balances
from sandbox.stripe.errors import InvalidParameter, StripeError
from sandbox.stripe.events import emit
from sandbox.stripe.expand import list_object
from sandbox.stripe.params import Params
from sandbox.stripe.resources import capabilities, payouts
from sandbox.stripe.store import PLATFORM, Store, new_id

CURRENCIES = {"BD": "bdt", "US": "usd", "GB": "gbp", "JP": "jpy", "DE": "eur"}
RECIPIENTS_ONLY = frozenset({"BD"})
NEEDED = ("individual.first_name", "individual.last_name", "external_account", "tos_acceptance.date")


def create(store: Store, params: Params) -> dict:
    country = params.text("country", longest=2) or "US"
    fields = {
        "country": country, "email": params.text("email"), "metadata": params.metadata(),
        "business_type": params.choice("business_type", "individual", "company"),
    }  # fmt: skip
    controller, requested = _controller(params), _requested(params)
    agreement, profile, interval = _agreement(params), _profile(params), _interval(params)
    currency = params.currency("default_currency") or CURRENCIES.get(country, "usd")
    params.done()
    _check_agreement(country, agreement, requested)
    fields |= {"controller": controller, "business_profile": profile, "default_currency": currency}
    return _add(store, fields, requested, agreement, interval)


def update(store: Store, params: Params, identifier: str) -> dict:
    account = store.of(PLATFORM).get("account", identifier)
    fields = {name: params.text(name) for name in ("email",) if name in params}
    metadata, requested = params.metadata(), _requested(params)
    profile, interval = _profile(params), _interval(params)
    params.done()
    fields["metadata"] = account["metadata"] | metadata
    fields["business_profile"] = account["business_profile"] | {k: v for k, v in profile.items() if v}
    fields["settings"] = account["settings"] | _payout_settings(interval or _schedule(account)["interval"])
    fields["capabilities"] = account["capabilities"] | dict.fromkeys(requested - set(account["capabilities"]), "inactive")
    announce(store, account, **fields)
    return account


def retrieve(store: Store, params: Params, identifier: str) -> dict:
    params.done()
    if identifier == PLATFORM:
        return platform(store)
    return store.of(PLATFORM).get("account", identifier)


def own(store: Store, params: Params) -> dict:
    """GET /v1/account: whom the call acts for."""
    return retrieve(store, params, store.account)


def delete(store: Store, params: Params, identifier: str) -> dict:
    """Only an account without money can be closed."""
    account = store.of(PLATFORM).get("account", identifier)
    params.done()
    parts = balances.balance(store.of(identifier))
    if any(part["amount"] for part in parts["available"] + parts["pending"]):
        raise StripeError("This account still has a balance and cannot be deleted.", code="account_invalid")
    del store.world.collection(f"stripe.{PLATFORM}.account")[account["id"]]
    return {"id": identifier, "object": "account", "deleted": True}


def announce(store: Store, account: dict, **fields) -> None:
    """Change the account and say so, on the account itself."""
    before = store.of(PLATFORM).change(account, **fields)
    if before:
        emit(store.of(account["id"]), "account.updated", account, before)


def finish_onboarding(store: Store, account: dict, person: dict, bank_number: str) -> None:
    """The person has given everything: capabilities become active, payouts begin."""
    banks = account["external_accounts"] | {"data": [_bank(account, person["name"], bank_number)]}
    tos = account["tos_acceptance"] | {"date": store.now(), "ip": "127.0.0.1"}
    activated = dict.fromkeys(account["capabilities"], "active")
    newly = [name for name, status in account["capabilities"].items() if status != "active"]
    announce(
        store, account, external_accounts=banks, tos_acceptance=tos, details_submitted=True, payouts_enabled=True,
        charges_enabled="card_payments" in activated, capabilities=activated, requirements=requirements(),
        _person=person,
    )  # fmt: skip
    for name in newly:
        capabilities.announce(store, account, name, "inactive")
    payouts.start_daily(store.of(account["id"]))


def restrict(store: Store, account: dict, reason: str = "rejected.other") -> None:
    """Stripe stops the account: nothing can be sent to it or paid out by it."""
    stopped = dict.fromkeys(account["capabilities"], "inactive")
    announce(store, account, capabilities=stopped, payouts_enabled=False, requirements=requirements(disabled_reason=reason))
    for name in stopped:
        capabilities.announce(store, account, name, "active")


def requirements(*due: str, disabled_reason: str | None = None) -> dict:
    return {
        "alternatives": [], "current_deadline": None, "currently_due": list(due), "disabled_reason": disabled_reason,
        "errors": [], "eventually_due": list(due), "past_due": list(due), "pending_verification": [],
    }  # fmt: skip


def platform(store: Store) -> dict:
    """The account whose secret key is used."""
    return {
        "id": PLATFORM, "object": "account", "business_profile": None, "business_type": "company", "capabilities": {},
        "charges_enabled": True, "country": "US", "created": 1_780_000_000, "default_currency": "bdt",
        "details_submitted": True, "email": "platform@sandbox.invalid", "payouts_enabled": True, "metadata": {},
        "settings": _settings("manual"), "type": "standard",
    }  # fmt: skip


def _controller(params: Params) -> dict:
    """Who pays fees and losses, who collects requirements, which dashboard: Express by default."""
    given = params.group("controller")
    fees, losses = given.group("fees"), given.group("losses")
    dashboard = given.group("stripe_dashboard").choice("type", "express", "full", "none", default="full")
    collects = given.choice("requirement_collection", "stripe", "application", default="stripe")
    if params.choice("type", "express") == "express":
        dashboard = "express"
    return {
        "fees": {"payer": fees.choice("payer", "account", "application", default="application")},
        "is_controller": True,
        "losses": {"payments": losses.choice("payments", "application", "stripe", default="application")},
        "requirement_collection": collects, "stripe_dashboard": {"type": dashboard}, "type": "application",
    }  # fmt: skip


def _requested(params: Params) -> set[str]:
    given = params.group("capabilities")
    wanted = {name: given.group(name) for name in capabilities.NAMES if name in given}
    return {name for name, group in wanted.items() if group.flag("requested")}


def _agreement(params: Params) -> str:
    return params.group("tos_acceptance").choice("service_agreement", "full", "recipient", default="full") or "full"


def _profile(params: Params) -> dict:
    given = params.group("business_profile")
    return {name: given.text(name) for name in ("name", "url", "product_description", "mcc", "support_email")}


def _interval(params: Params) -> str | None:
    schedule = params.group("settings").group("payouts").group("schedule")
    return schedule.choice("interval", "daily", "manual")


def _check_agreement(country: str, agreement: str, requested: set[str]) -> None:
    """Where Stripe pays out only across borders, an account can only receive."""
    if country in RECIPIENTS_ONLY and agreement != "recipient":
        raise InvalidParameter(
            f"{country} is not currently supported by Stripe under the full service agreement; use"
            " tos_acceptance[service_agreement]=recipient.",
            param="tos_acceptance[service_agreement]",
        )
    if agreement == "recipient" and requested != {"transfers"}:
        raise InvalidParameter(
            "Accounts under the recipient service agreement must request the transfers capability, and no other.",
            param="capabilities",
        )


def _add(store: Store, fields: dict, requested: set[str], agreement: str, interval: str | None) -> dict:
    identifier = new_id("acct").replace("_", "_1", 1)
    banks = list_object(f"/v1/accounts/{identifier}/external_accounts", [])
    return store.of(PLATFORM).add(
        "account", "acct", id=identifier, **fields, capabilities=dict.fromkeys(sorted(requested), "inactive"),
        charges_enabled=False, details_submitted=False, external_accounts=banks, payouts_enabled=False,
        future_requirements=requirements(), requirements=requirements(*NEEDED, disabled_reason="requirements.past_due"),
        settings=_settings(interval or "daily"), type=_type(fields["controller"]),
        tos_acceptance={"date": None, "ip": None, "user_agent": None, "service_agreement": agreement},
    )  # fmt: skip


def _type(controller: dict) -> str:
    return {"express": "express", "full": "none", "none": "none"}[controller["stripe_dashboard"]["type"]]


def _settings(interval: str) -> dict:
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {"statement_descriptor_prefix": None},
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None, "statement_descriptor_kana": None, "statement_descriptor_kanji": None,
        },
    } | _payout_settings(interval)  # fmt: skip


def _payout_settings(interval: str) -> dict:
    schedule = {"delay_days": balances.SETTLING_DAYS, "interval": interval}
    return {"payouts": {"debit_negative_balances": False, "schedule": schedule, "statement_descriptor": None}}


def _schedule(account: dict) -> dict:
    return account["settings"]["payouts"]["schedule"]


def _bank(account: dict, name: str, number: str) -> dict:
    return {
        "id": new_id("ba"), "object": "bank_account", "account": account["id"], "account_holder_name": name,
        "account_holder_type": "individual", "account_type": None, "available_payout_methods": ["standard"],
        "bank_name": "SANDBOX BANK", "country": account["country"], "currency": account["default_currency"],
        "default_for_currency": True, "fingerprint": sha256(number.encode()).hexdigest()[:16], "last4": number[-4:], "metadata": {},
        "routing_number": None, "status": "new", "_number": number,
    }  # fmt: skip
