"""Who may see and move payments. Stripe itself is not asked here; tests/payments does that."""
from __future__ import annotations

from marketplace.core import crypto
from marketplace.managers.commands import begin
from marketplace.payments.commands import reconcile
from marketplace.payments.queries import CANCEL_LINK
from tests.authorisation.routes import Route
from tests.factories.payments import (
    make_chargeback,
    make_debt,
    make_failed_refund,
    make_failed_transfer,
    make_mismatch,
    make_parties,
    make_proposal,
    make_reversal,
    make_row,
)
from tests.factories.payouts import fin, make_bank, make_check, make_owed, make_queued, make_recorded
from tests.factories.retainers import make_saved_card

FINANCE = {"visitor": 303, "ada": 403, "ben": 403, "eve": 403, "sam": 200}
FINANCE_ACTS = {**FINANCE, "sam": 303}
PAYER = {"visitor": 303, "ada": 200, "ben": 404, "eve": 404, "sam": 200}
MANAGER = {"visitor": 303, "ada": 403, "ben": 200, "eve": 200, "sam": 403}
UNSIGNED = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 400)
HIDDEN = {**FINANCE, "ada": 404, "ben": 404, "eve": 404}
HIDDEN_ACTS = {**HIDDEN, "sam": 303}
ANYBODY = dict.fromkeys(("visitor", "ada", "ben", "eve", "sam"), 200)

PARTIES = {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 200}
DECIDES = {"visitor": 303, "ada": 403, "ben": 403, "eve": 404, "sam": 303}

THINGS = {
    "chargeback": lambda world: make_chargeback(world.payment, world.ben),
    "other_chargeback": lambda world: make_chargeback(world.other_payment, world.eve),
    "debtor": lambda world: make_debt(world.ben),
    "reversal": lambda world: make_reversal(world.failed_transfer, world.payment),
    "payment": lambda world: make_row(world.ada),
    "other_payment": lambda world: make_row(world.eve),
    "failed_refund": lambda world: make_failed_refund(world.payment),
    "failed_transfer": lambda world: make_failed_transfer(world.ben),
    "other_transfer": lambda world: make_failed_transfer(world.eve),
    "card": lambda world: make_saved_card(world.payment.business),
    "other_card": lambda world: make_saved_card(world.other_payment.business),
    "coming_account": lambda world: _changed(world.ben),
    "other_account": lambda world: _changed(world.eve),
    "queued_payout": lambda world: make_queued(world.ben),
    "recorded_payout": lambda world: make_recorded(fin(), world.ben),
    "payout_check": lambda world: make_check(world.ben),
    "doubted_transfer": lambda world: make_owed(make_bank(world.ben).manager, check_reason="Approved without work on record"),
    "comparison": lambda _world: reconcile(),
    "mismatch": lambda world: make_mismatch(world.comparison),
    "proposal": lambda world: make_proposal(world.mismatch, world.sam),
}

FINANCE_SEES = {**FINANCE, "ada": 404, "ben": 404, "eve": 404}


def _mismatch(world):
    return {"mismatch_id": world.mismatch.id}


def _proposal(world):
    return {"proposal_id": world.proposal.id}


def _bank(world):
    begin(world.ben)
    return {"by": "bank"}


def _stop_link(world):
    return {"token": crypto.sign(CANCEL_LINK, str(world.coming_account.id))}


def _recorded(world):
    return {"payout_id": world.recorded_payout.id}


def _check(world):
    return {"check_id": world.payout_check.id}


def _doubted(world):
    return {"transfer_id": world.doubted_transfer.id}


def _changed(person):
    make_bank(person)
    return make_bank(person, number="777666555444")


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


def _chargeback(world):
    return {"chargeback_id": world.chargeback.id}


def _other_chargeback(world):
    return {"chargeback_id": world.other_chargeback.id}


def _debt(world):
    return {"kind": "manager", "key": world.debtor.partition(":")[2]}


def _of_payer(world):
    """A business that owes nothing."""
    return {} if world.payment else {}


ROUTES = [
    Route("payments.chargebacks_index", "GET", FINANCE, ids=lambda world: {} if world.chargeback else {}, statements=8),
    Route("payments.show_chargeback", "GET", PARTIES, ids=_chargeback, other=_other_chargeback, statements=14),
    Route("payments.create_evidence", "POST", {**PARTIES, "ada": 303, "ben": 303, "sam": 303}, ids=_chargeback, other=_other_chargeback,
          data={"kind": "uncategorized_file", "text": "See the posts."}),
    Route("payments.create_submission", "POST", DECIDES, ids=_chargeback, other=_other_chargeback),
    Route("payments.create_fault", "POST", {**DECIDES, "sam": 422}, ids=_chargeback, other=_other_chargeback,
          data={"amount_minor": "10", "reason": "The bank has not decided."}),
    Route("payments.create_clearance", "POST", {**DECIDES, "sam": 409}, ids=_chargeback, other=_other_chargeback,
          data={"note": "Nothing is to be looked at."}),
    Route("payments.debts_index", "GET", FINANCE, ids=lambda world: {} if world.debtor and world.reversal else {}, statements=10),
    Route("payments.show_debt", "GET", FINANCE_SEES, ids=_debt, other=_debt, statements=8),
    Route("payments.create_write_off", "POST", {**FINANCE_SEES, "sam": 303}, ids=_debt, other=_debt,
          data={"amount_minor": "10", "reason": "Cannot be found.", "key": "1"}),
    Route("payments.create_reversal_attempt", "POST", {**FINANCE_SEES, "sam": 303}, ids=lambda world: {"reversal_id": world.reversal.id},
          other=lambda world: {"reversal_id": world.reversal.id}),
    Route("payments.create_debt_payment", "POST", {"visitor": 303, "ada": 409, "ben": 404, "eve": 404, "sam": 404}, ids=_of_payer),
    Route("payments.show", "GET", PAYER, ids=_payment, other=_other, statements=10),
    Route("payments.come_back", "GET", {**PAYER, "ada": 303, "sam": 303}, ids=_payment, other=_other, statements=8),
    Route("payments.cards", "GET", {"visitor": 303, "ada": 200, "ben": 404, "eve": 200, "sam": 404}, ids=_cards, statements=10),
    Route("payments.create_card_removal", "POST", {"visitor": 303, "ada": 303, "ben": 404, "eve": 404, "sam": 404},
          ids=lambda world: {"card_id": world.card.id}, other=lambda world: {"card_id": world.other_card.id}),
    Route("payments.payout_account", "GET", MANAGER, statements=10),
    # Without a profile there is nobody to open an account for; with one Stripe is asked: tests/payments/test_views.py.
    Route("payments.create_payout_account", "POST", {**MANAGER, "ada": 404, "ben": 404, "eve": 404, "sam": 404}),
    Route("payments.new_payout_account", "GET", {**MANAGER, "ada": 404, "eve": 404, "sam": 404}, ids=_bank, statements=8),
    Route("payments.new_payout_account", "POST", {**MANAGER, "ada": 404, "ben": 422, "eve": 404, "sam": 404}, ids=_bank),
    Route("payments.create_payout_account_cancellation", "POST", {"visitor": 303, "ada": 404, "ben": 303, "eve": 404, "sam": 403},
          ids=lambda world: {"account_id": world.coming_account.id}, other=lambda world: {"account_id": world.other_account.id}),
    # Whoever reads the manager's mail may stop it, signed in or not.
    Route("payments.stop_payout_account", "GET", ANYBODY, ids=_stop_link, statements=6),
    Route("payments.stop_payout_account", "POST", ANYBODY, ids=_stop_link),
    Route("payments.manual_payouts_index", "GET", FINANCE, statements=9),
    Route("payments.manual_payouts_file", "GET", FINANCE, statements=8),
    Route("payments.show_manual_payout", "GET", HIDDEN, ids=_recorded, other=_recorded, statements=8),
    Route("payments.create_manual_payout_claim", "POST", HIDDEN_ACTS, ids=lambda world: {"payout_id": world.queued_payout.id},
          other=lambda world: {"payout_id": world.queued_payout.id}),
    Route("payments.create_manual_payout_payment", "POST", {**HIDDEN, "sam": 422}, ids=_recorded, other=_recorded),
    Route("payments.create_manual_payout_confirmation", "POST", HIDDEN_ACTS, ids=_recorded, other=_recorded),
    Route("payments.create_manual_payout_refusal", "POST", HIDDEN_ACTS, ids=_recorded, other=_recorded, data={"why": "Not paid"}),
    Route("payments.create_manual_payout_return", "POST", {**HIDDEN, "sam": 409}, ids=_recorded, other=_recorded, data={"why": "Back"}),
    Route("payments.payout_checks", "GET", FINANCE, statements=8),
    Route("payments.show_payout_check", "GET", HIDDEN, ids=_check, other=_check, statements=10),
    Route("payments.create_payout_check_pass", "POST", HIDDEN_ACTS, ids=_check, other=_check, data={"why": "Spoke on the phone"}),
    Route("payments.create_payout_check_refusal", "POST", HIDDEN_ACTS, ids=_check, other=_check, data={"why": "It was somebody else"}),
    Route("payments.check_transfer", "GET", HIDDEN, ids=_doubted, other=_doubted, statements=9),  # one finds the contract
    Route("payments.check_transfer", "POST", HIDDEN_ACTS, ids=_doubted, other=_doubted, data={"why": "The work is there"}),
    Route("payments.payout_account_return", "GET", {**MANAGER, "ben": 303, "eve": 303}, statements=8),
    Route("payments.statement", "GET", {"visitor": 303, "ada": 200, "ben": 200, "eve": 404, "sam": 404}, ids=_parties, statements=8),
    Route("payments.bank_account", "GET", FINANCE, statements=12),
    Route("payments.reconciliation", "GET", FINANCE, statements=12),
    Route("payments.show_reconciliation", "GET", {**FINANCE, "ada": 404, "ben": 404, "eve": 404},
          ids=lambda world: {"reconciliation_id": world.comparison.id}, other=lambda world: {"reconciliation_id": world.comparison.id},
          statements=12),
    Route("payments.create_reconciliation", "POST", FINANCE_ACTS),
    Route("payments.create_event_reading", "POST", FINANCE_ACTS),
    Route("payments.show_mismatch", "GET", FINANCE_SEES, ids=_mismatch, other=_mismatch, statements=12),
    Route("payments.create_repair", "POST", {**FINANCE_SEES, "sam": 422}, ids=_mismatch, other=_mismatch),
    Route("payments.stripe_object", "GET", FINANCE, ids=lambda _world: {"stripe_id": "xx_1"}, statements=8),
    Route("payments.proposals", "GET", FINANCE, statements=7),
    Route("payments.show_proposal", "GET", FINANCE_SEES, ids=_proposal, other=_proposal, statements=8),
    # Sam has proposed it: somebody else confirms. That two people can is in tests/payments/test_repairs.py.
    Route("payments.create_proposal_confirmation", "POST", {**FINANCE_SEES, "sam": 403}, ids=_proposal, other=_proposal),
    Route("payments.create_proposal_refusal", "POST", {**FINANCE_SEES, "sam": 303}, ids=_proposal, other=_proposal, data={"reason": "No."}),
    Route("payments.payment_money", "GET", FINANCE_SEES, ids=_payment, other=_other, statements=12),
    Route("payments.create_payment_refund", "POST", {**FINANCE_SEES, "sam": 422}, ids=_payment, other=_other,
          data={"amount": "10", "reason": "It is for a step."}),
    Route("payments.create_refund_attempt", "POST", {**FINANCE_ACTS, "ada": 404, "ben": 404, "eve": 404},
          ids=lambda world: {"refund_id": world.failed_refund.id}, other=lambda world: {"refund_id": world.failed_refund.id}),
    Route("payments.create_transfer_attempt", "POST", {**FINANCE_ACTS, "ada": 404, "eve": 404},
          ids=lambda world: {"transfer_id": world.failed_transfer.id}, other=lambda world: {"transfer_id": world.other_transfer.id}),
    Route("payments_machines.create_platform_event", "POST", UNSIGNED),
    Route("payments_machines.create_connect_event", "POST", UNSIGNED),
]
