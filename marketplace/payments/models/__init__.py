"""Payments in, refunds, transfers and payouts out, and what Stripe told us."""
from marketplace.payments.models.accounts import STOPPING, AccountStatus, CheckStatus, Doubt, PayoutAccount, PayoutCheck, Rail
from marketplace.payments.models.card import Card, CardStatus, Customer
from marketplace.payments.models.incoming import PAID, Chargeback, ChargebackStatus, Payment, PaymentStatus, Refund, RefundStatus
from marketplace.payments.models.manual import ManualPayout, ManualStatus
from marketplace.payments.models.outgoing import Payout, PayoutStatus, Transfer, TransferStatus
from marketplace.payments.models.receipt import Receipt
from marketplace.payments.models.stripe import BalanceTransaction, EventCursor, Reconciliation, Source, StripeEvent

__all__ = [
    "PAID", "STOPPING", "AccountStatus", "BalanceTransaction", "Card", "CardStatus", "Chargeback", "ChargebackStatus", "CheckStatus",
    "Customer", "Doubt", "EventCursor", "ManualPayout", "ManualStatus", "Payment", "PaymentStatus", "Payout", "PayoutAccount",
    "PayoutCheck", "PayoutStatus", "Rail", "Receipt", "Reconciliation", "Refund", "RefundStatus", "Source", "StripeEvent", "Transfer",
    "TransferStatus",
]
