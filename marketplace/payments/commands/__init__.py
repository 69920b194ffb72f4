"""Verbs of payments, the only ones that speak with Stripe."""
from marketplace.payments.commands.accounts import StripeSilent, onboard, sync_account
from marketplace.payments.commands.accounts import look_or_leave as look_at_account
from marketplace.payments.commands.cards import remove_card
from marketplace.payments.commands.chargebacks import find_fault, let_go_on, sync_chargeback
from marketplace.payments.commands.charges import charge_card
from marketplace.payments.commands.checkout import cancel_checkout, start_checkout
from marketplace.payments.commands.debts import refuse_debtors, write_off
from marketplace.payments.commands.events import Unsigned, fetch_now, receive
from marketplace.payments.commands.evidence import add_evidence, submit_evidence
from marketplace.payments.commands.incoming import look, look_again, look_or_leave
from marketplace.payments.commands.lookups import look_up
from marketplace.payments.commands.payouts import sync_payout
from marketplace.payments.commands.proposals import confirm, decline
from marketplace.payments.commands.reconciliation import reconcile
from marketplace.payments.commands.refunds import refund, retry_refund, sync_refunds
from marketplace.payments.commands.repairs import repair
from marketplace.payments.commands.repayments import repay
from marketplace.payments.commands.reversals import retry_reversal, take_back
from marketplace.payments.commands.reversed import sync_reversals
from marketplace.payments.commands.staff_refunds import refund_by_staff
from marketplace.payments.commands.transfers import reimburse, release, retry_transfer
from marketplace.payments.commands.waiting import hold_contract, hold_for_dispute, let_contract_go, let_go

__all__ = [
    "StripeSilent", "Unsigned", "add_evidence", "cancel_checkout", "charge_card", "confirm", "decline", "fetch_now", "find_fault",
    "hold_contract", "hold_for_dispute", "let_contract_go", "let_go", "let_go_on", "look", "look_again", "look_at_account", "look_or_leave",
    "look_up", "onboard", "receive",
    "reconcile", "refund", "refund_by_staff", "refuse_debtors", "reimburse", "release", "remove_card", "repair", "repay",
    "retry_refund", "retry_reversal", "retry_transfer", "start_checkout", "submit_evidence", "sync_account", "sync_chargeback",
    "sync_payout", "sync_refunds", "sync_reversals", "take_back", "write_off",
]
