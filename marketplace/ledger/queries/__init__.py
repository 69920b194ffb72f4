"""Reads of the books."""
from marketplace.ledger.queries.balances import (
    Line,
    TrialBalance,
    ad_spend,
    ad_spend_of,
    arriving,
    balances_of,
    cash_by_stripe_id,
    discrepancies,
    entries_since_checkpoint,
    held,
    held_by_source,
    held_for,
    held_of,
    owed_by,
    payable,
    platform,
    sending,
    sources_of,
    stripe_clearing,
    trial_balance,
)
from marketplace.ledger.queries.cash import Booked, booked, cash_postings, moved_between
from marketplace.ledger.queries.debts import debtors, took_held
from marketplace.ledger.queries.postings import account_seen_by, amount_in, by_key, find, finisher, transaction_seen_by
from marketplace.ledger.queries.search import Search, accounts, all_transactions, entries, transactions
from marketplace.ledger.queries.statements import VERBS, StatementLine, statement, whole_statement

__all__ = [
    "VERBS", "Booked", "Line", "Search", "StatementLine", "TrialBalance", "account_seen_by", "accounts", "ad_spend", "ad_spend_of",
    "all_transactions", "amount_in", "arriving", "balances_of", "booked", "by_key", "cash_by_stripe_id", "cash_postings", "debtors",
    "discrepancies", "entries", "entries_since_checkpoint", "find", "finisher", "held", "held_by_source", "held_for", "held_of",
    "moved_between", "owed_by", "payable", "platform", "sending", "sources_of", "statement", "stripe_clearing", "took_held",
    "transaction_seen_by", "transactions", "trial_balance", "whole_statement",
]
