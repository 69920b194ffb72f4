"""Payments in, refunds, transfers and payouts out, and what Stripe told us."""
from marketplace.payments.models.accounts import STOPPING, AccountStatus, CheckStatus, Doubt, PayoutAccount, PayoutCheck, Rail
from marketplace.payments.models.card import Card, CardStatus, Customer
from marketplace.payments.models.chargeback import Chargeback, ChargebackStatus
from marketplace.payments.models.evidence import Evidence, EvidenceKind
from marketplace.payments.models.incoming import PAID, Payment, PaymentStatus, Refund, RefundStatus
from marketplace.payments.models.manual import ManualPayout, ManualStatus
from marketplace.payments.models.mismatch import Mismatch, MismatchKind, MismatchStatus
from marketplace.payments.models.outgoing import BankPayout, Payout, PayoutStatus, Transfer, TransferStatus
from marketplace.payments.models.proposal import MoneyProposal, MoneyProposalStatus
from marketplace.payments.models.receipt import Receipt
from marketplace.payments.models.reversal import Reversal, ReversalStatus
from marketplace.payments.models.stripe import BalanceTransaction, EventCursor, Reconciliation, Source, StripeEvent

__all__ = [
    "PAID", "STOPPING", "AccountStatus", "BalanceTransaction", "BankPayout", "Card", "CardStatus", "Chargeback",
    "ChargebackStatus", "CheckStatus", "Customer", "Doubt", "EventCursor", "Evidence", "EvidenceKind", "ManualPayout",
    "ManualStatus", "Mismatch", "MismatchKind", "MismatchStatus", "MoneyProposal", "MoneyProposalStatus", "Payment",
    "PaymentStatus", "Payout", "PayoutAccount", "PayoutCheck", "PayoutStatus", "Rail", "Receipt", "Reconciliation", "Refund",
    "RefundStatus", "Reversal", "ReversalStatus", "Source", "StripeEvent", "Transfer", "TransferStatus",
]
