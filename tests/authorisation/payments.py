"""Who may see and move payments. Stripe itself is not asked here; tests/payments does that."""
from __future__ import annotations

from marketplace.payments.commands import reconcile
from tests.authorisation.routes import Route
from tests.factories.payments import make_failed_refund, make_failed_transfer, make_parties, make_row
from tests.factories.retainers import make_saved_card

FINANCE = {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}
FINANCE_ACTS = {**FINANCE, "sam": 303}
PAYER = {"visitor": 303, "ada": 200, "ben": 404, "eve": 404, "sam": 200}
MANAGER = {"visitor": 303, "ada": 403, "ben": 200, "eve": 200, "sam": 403}
UNSIGNED = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 400)

THINGS = {
    "payment": lambda world: make_row(world.ada),
    "other_payment": lambda world: make_row(world.eve),
    "failed_refund": lambda world: make_failed_refund(world.payment),
    "failed_transfer": lambda world: make_failed_transfer(world.ben),
    "other_transfer": lambda world: make_failed_transfer(world.eve),
    "card": lambda world: make_saved_card(world.payment.business),
    "other_card": lambda world: make_saved_card(world.other_payment.business),
    "comparison": lambda _world: reconcile(),
}


def _payment(world):
    return {"payment_id": world.payment.id}


def _other(world):
    return {"payment_id": world.other_payment.id}


def _parties(world):
    make_parties(world.ada, world.ben)
    return {}


def _cards(world):
    make_saved_card(world.payment.business, stripe_payment_method_id="pm_listed")
    make_saved_card(world.other_payment.business, stripe_payment_method_id="pm_other")
    return {}


ROUTES = [
    Route("payments.show", "GET", PAYER, ids=_payment, other=_other, statements=10),
    Route("payments.come_back", "GET", {**PAYER, "ada": 303, "sam": 303}, ids=_payment, other=_other, statements=8),
    Route("payments.cards", "GET", {"visitor": 303, "ada": 200, "ben": 404, "eve": 200, "sam": 404}, ids=_cards, statements=10),
    Route("payments.create_card_removal", "POST", {"visitor": 303, "ada": 303, "ben": 404, "eve": 404, "sam": 404},
          ids=lambda world: {"card_id": world.card.id}, other=lambda world: {"card_id": world.other_card.id}),
    Route("payments.payout_account", "GET", MANAGER, statements=10),
    # Without a profile there is nobody to open an account for; with one Stripe is asked: tests/payments/test_views.py.
    Route("payments.create_payout_account", "POST", {**MANAGER, "ada": 404, "ben": 404, "eve": 404, "sam": 404}),
    Route("payments.payout_account_return", "GET", {**MANAGER, "ben": 303, "eve": 303}, statements=8),
    Route("payments.statement", "GET", {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 404}, ids=_parties, statements=8),
    Route("payments.reconciliation", "GET", FINANCE, statements=10),
    Route("payments.show_reconciliation", "GET", {**FINANCE, "ada": 404, "ben": 404, "eve": 404},
          ids=lambda world: {"reconciliation_id": world.comparison.id}, other=lambda world: {"reconciliation_id": world.comparison.id},
          statements=10),
    Route("payments.create_reconciliation", "POST", FINANCE_ACTS),
    Route("payments.create_refund_attempt", "POST", {**FINANCE_ACTS, "ada": 404, "ben": 404, "eve": 404},
          ids=lambda world: {"refund_id": world.failed_refund.id}, other=lambda world: {"refund_id": world.failed_refund.id}),
    Route("payments.create_transfer_attempt", "POST", {**FINANCE_ACTS, "ada": 404, "eve": 404},
          ids=lambda world: {"transfer_id": world.failed_transfer.id}, other=lambda world: {"transfer_id": world.other_transfer.id}),
    Route("payments_machines.create_platform_event", "POST", UNSIGNED),
    Route("payments_machines.create_connect_event", "POST", UNSIGNED),
]
