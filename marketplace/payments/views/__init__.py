"""Pages of payments, and the doors Stripe's webhooks come through."""
from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from marketplace.core import navigation, subjects
from marketplace.payments import queries
from marketplace.payments.queries.cards import card_seen_by
from marketplace.payments.queries.debts import chargeback_seen_by
from marketplace.payments.views import (
                  bank,
                  cards,
                  chargebacks,
                  debts,
                  manual_payouts,
                  payments,
                  payout_accounts,
                  payout_checks,
                  proposals,
                  reconciliation,
                  statements,
                  stripe_objects,
                  webhooks,
)
from marketplace.payments.views.blueprint import machines, pages

__all__ = [
    "bank", "cards", "chargebacks", "debts", "machines", "manual_payouts", "pages", "payments", "payout_accounts", "payout_checks",
    "proposals", "reconciliation", "statements", "stripe_objects", "webhooks",
]

navigation.add("staff", 70, _l("Payouts"), "payments.manual_payouts_index", "cash")
navigation.add("staff", 70, _l("Our bank"), "payments.bank_account", "building-bank")
navigation.add("staff", 71, _l("Reconciliation"), "payments.reconciliation", "checklist")
navigation.add("staff", 72, _l("Second person"), "payments.proposals", "users")
navigation.add("staff", 73, _l("Debts"), "payments.debts_index", "receipt")
navigation.add("staff", 74, _l("Charge-backs"), "payments.chargebacks_index", "building-bank")

subjects.register("chargeback", chargeback_seen_by, lambda row: row.payment.title,
                  lambda row: url_for("payments.show_chargeback", chargeback_id=row.id))
subjects.register("payment", queries.payment_seen_by, lambda row: row.title, lambda row: url_for("payments.show", payment_id=row.id))
subjects.register("card", card_seen_by, lambda row: row.mask, lambda _row: url_for("payments.cards"))
subjects.register("refund", queries.refund_seen_by, lambda row: row.payment.title,
                  lambda row: url_for("payments.show", payment_id=row.payment_id))
subjects.register("transfer", queries.transfer_seen_by, lambda _row: _l("Payout"), lambda _row: url_for("payments.payout_account"),
                  lambda _row: url_for("payments.reconciliation"))
subjects.register("payout_account", queries.payout_account_seen_by, lambda _row: _l("Where you are paid"),
                  lambda _row: url_for("payments.payout_account"), lambda _row: url_for("payments.payout_checks"))
subjects.register("reconciliation", queries.reconciliation_seen_by, lambda _row: _l("Reconciliation"),
                  lambda row: url_for("payments.show_reconciliation", reconciliation_id=row.id))
subjects.register("mismatch", queries.mismatch_seen_by, lambda row: reconciliation.KINDS[row.kind],
                  lambda row: url_for("payments.show_mismatch", mismatch_id=row.id))
subjects.register("money_proposal", queries.proposal_seen_by, lambda row: proposals.proposal_words(row.kind),
                  lambda row: url_for("payments.show_proposal", proposal_id=row.id))
subjects.register("manual_payout", queries.manual_payout_seen_by, lambda row: row.manager.name,
                  lambda row: url_for("payments.show_manual_payout", payout_id=row.id))
