"""Payments in, refunds, transfers and payouts out, and what Stripe told us."""
from marketplace.payments.models.incoming import PAID, Chargeback, ChargebackStatus, Payment, PaymentStatus, Refund, RefundStatus
from marketplace.payments.models.outgoing import Payout, PayoutAccount, PayoutStatus, Rail, Transfer, TransferStatus
from marketplace.payments.models.receipt import Receipt
from marketplace.payments.models.stripe import BalanceTransaction, EventCursor, Reconciliation, Source, StripeEvent

__all__ = [
    "PAID", "BalanceTransaction", "Chargeback", "ChargebackStatus", "EventCursor", "Payment", "PaymentStatus", "Payout", "PayoutAccount",
    "PayoutStatus", "Rail", "Receipt", "Reconciliation", "Refund", "RefundStatus", "Source", "StripeEvent", "Transfer", "TransferStatus",
]
