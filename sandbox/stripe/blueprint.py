"""Every route of the sandbox's Stripe."""

from flask import Blueprint

from sandbox.stripe import api, due, events
from sandbox.stripe.lists import index, retrieve
from sandbox.stripe.pages import checkout, dashboard, onboarding
from sandbox.stripe.resources import (
    account_links,
    accounts,
    balance,
    capabilities,
    checkout_sessions,
    customers,
    disputes,
    files,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    transfer_reversals,
    transfers,
)
from sandbox.world import World

ONE = "<identifier>"

ROUTES = (
    ("GET", "/v1/account", accounts.own),
    ("POST", "/v1/account_links", account_links.create),
    ("POST", "/v1/accounts", accounts.create),
    ("GET", "/v1/accounts", index("account", "/v1/accounts")),
    ("GET", f"/v1/accounts/{ONE}", accounts.retrieve),
    ("POST", f"/v1/accounts/{ONE}", accounts.update),
    ("DELETE", f"/v1/accounts/{ONE}", accounts.delete),
    ("GET", f"/v1/accounts/{ONE}/capabilities", capabilities.index),
    ("GET", f"/v1/accounts/{ONE}/capabilities/<name>", capabilities.retrieve),
    ("GET", "/v1/balance", balance.retrieve),
    ("GET", "/v1/balance_transactions", balance.transactions),
    ("GET", f"/v1/balance_transactions/{ONE}", retrieve("balance_transaction")),
    ("GET", "/v1/charges", index("charge", "/v1/charges", "customer", "payment_intent", "transfer_group")),
    ("GET", f"/v1/charges/{ONE}", retrieve("charge")),
    ("POST", "/v1/checkout/sessions", checkout_sessions.create),
    ("GET", "/v1/checkout/sessions", index("checkout.session", "/v1/checkout/sessions", "customer", "payment_intent", "status")),
    ("GET", f"/v1/checkout/sessions/{ONE}", retrieve("checkout.session")),
    ("POST", f"/v1/checkout/sessions/{ONE}/expire", checkout_sessions.expire_call),
    ("GET", f"/v1/checkout/sessions/{ONE}/line_items", checkout_sessions.line_items),
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers", index("customer", "/v1/customers", "email")),
    ("GET", f"/v1/customers/{ONE}", retrieve("customer")),
    ("POST", f"/v1/customers/{ONE}", customers.update),
    ("GET", f"/v1/customers/{ONE}/payment_methods", customers.payment_methods),
    ("GET", "/v1/disputes", index("dispute", "/v1/disputes", "charge", "payment_intent")),
    ("GET", f"/v1/disputes/{ONE}", retrieve("dispute")),
    ("POST", f"/v1/disputes/{ONE}", disputes.update),
    ("POST", f"/v1/disputes/{ONE}/close", disputes.accept),
    ("GET", "/v1/events", events.index),
    ("GET", f"/v1/events/{ONE}", retrieve("event")),
    ("POST", "/v1/files", files.create),
    ("GET", f"/v1/files/{ONE}", retrieve("file")),
    ("POST", "/v1/payment_intents", payment_intents.create),
    ("GET", "/v1/payment_intents", index("payment_intent", "/v1/payment_intents", "customer")),
    ("GET", f"/v1/payment_intents/{ONE}", retrieve("payment_intent")),
    ("POST", f"/v1/payment_intents/{ONE}/confirm", payment_intents.confirm),
    ("POST", f"/v1/payment_intents/{ONE}/cancel", payment_intents.cancel_call),
    ("GET", f"/v1/payment_methods/{ONE}", retrieve("payment_method")),
    ("POST", f"/v1/payment_methods/{ONE}/detach", payment_methods.detach),
    ("POST", "/v1/payouts", payouts.create),
    ("GET", "/v1/payouts", index("payout", "/v1/payouts", "status")),
    ("GET", f"/v1/payouts/{ONE}", retrieve("payout")),
    ("POST", f"/v1/payouts/{ONE}/cancel", payouts.cancel),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", index("refund", "/v1/refunds", "charge", "payment_intent")),
    ("GET", f"/v1/refunds/{ONE}", retrieve("refund")),
    ("POST", "/v1/transfers", transfers.create),
    ("GET", "/v1/transfers", index("transfer", "/v1/transfers", "destination", "transfer_group")),
    ("GET", f"/v1/transfers/{ONE}", retrieve("transfer")),
    ("POST", f"/v1/transfers/{ONE}", transfers.update),
    ("POST", f"/v1/transfers/{ONE}/reversals", transfer_reversals.create),
    ("GET", f"/v1/transfers/{ONE}/reversals", transfer_reversals.index),
    ("GET", f"/v1/transfers/{ONE}/reversals/<reversal>", transfer_reversals.retrieve),
)  # fmt: skip


def blueprint(world: World) -> Blueprint:
    """The API, the hosted pages, the dashboard and the controls, over one world."""
    stripe = Blueprint("stripe", __name__, template_folder="templates")
    for method, path, handler in ROUTES:
        name = f"{method} {path}".replace(".", "_")
        stripe.add_url_rule(path, name, api.endpoint(world, handler), methods=[method])
    stripe.add_url_rule("/<any(v1, v2):version>/<path:rest>", "unknown", api.unknown, methods=["GET", "POST", "DELETE"])
    stripe.after_request(lambda response: api.remember_fault(world, response))
    for pages in (checkout, onboarding, dashboard):
        pages.register(stripe, world)
    world.every_tick(lambda: due.run(world))
    return stripe
