"""Stripe, through its own SDK: short time-outs, one defined answer for each thing that can go wrong.

Answers are plain dictionaries. A call ends in one of three ways: an answer; Refused (final: the same call would be
refused again; Declined when it was the card); Unanswered (we do not know what happened: look before trying again).
Reads are tried twice, writes once and only under a key of ours, so that a repeated write is the same write.
"""
from marketplace.gateways.stripe.asking import Declined, Refused, Unanswered
from marketplace.gateways.stripe.disputes import answer_dispute, dispute, upload_evidence
from marketplace.gateways.stripe.incoming import (
    cancel_intent,
    create_customer,
    create_intent,
    create_refund,
    create_session,
    detach_payment_method,
    expire_session,
    intent,
    intents_of,
    refunds_of,
    session,
    sessions_since,
)
from marketplace.gateways.stripe.outgoing import (
    account,
    create_account,
    create_account_link,
    create_reversal,
    create_transfer,
    own_address,
    paid_out,
    payout,
    reversals_of,
    transfer,
    transfers_in,
)
from marketplace.gateways.stripe.records import balance, balance_transaction, balance_transactions_since, events_since, thing
from marketplace.gateways.stripe.webhooks import Forged, verified_event

__all__ = [
    "Declined", "Forged", "Refused", "Unanswered", "account", "answer_dispute", "balance", "balance_transaction",
    "balance_transactions_since", "cancel_intent", "create_account", "create_account_link", "create_customer", "create_intent",
    "create_refund", "create_reversal", "create_session", "create_transfer", "detach_payment_method", "dispute", "events_since",
    "expire_session", "intent", "intents_of", "own_address", "paid_out", "payout", "refunds_of", "reversals_of", "session",
    "sessions_since", "thing", "transfer", "transfers_in", "upload_evidence", "verified_event",
]
