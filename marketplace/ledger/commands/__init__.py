"""Verbs of the books. Callers name what happened under a key of their own; legs are these files' business.

The same key twice writes nothing and returns the first posting; other content under a used key is an error of the
program (KeyReused). Subjects are `kind:id` text. A pending posting is settled or voided, once, by its own key.
`settled` is what Stripe booked in its own currency when that is another one than ours: the difference is ours to bear.
"""
from marketplace.ledger.commands.adjustments import ADJUSTABLE, book_adjustment, book_exchange, fund_bank
from marketplace.ledger.commands.books import checkpoint, roll_over
from marketplace.ledger.commands.businesses import (
    absorb_refund,
    begin_refund,
    charge_back,
    fund,
    pay_dispute_fee,
    pay_fee,
    return_refund,
    settle_refund,
    void_refund,
    win_back,
)
from marketplace.ledger.commands.debts import find_fault, make_good, pay_debt, return_payment, take_back, withhold, write_off
from marketplace.ledger.commands.managers import begin_transfer, draw, pay_out, release, return_transfer, settle_transfer, void_transfer
from marketplace.ledger.commands.posting import AlreadyFinished, KeyReused, NotEnough, Posted, reverse

__all__ = [
    "ADJUSTABLE", "AlreadyFinished", "KeyReused", "NotEnough", "Posted", "absorb_refund", "begin_refund", "begin_transfer",
    "book_adjustment", "book_exchange", "charge_back", "checkpoint", "draw", "find_fault", "fund", "fund_bank", "make_good",
    "pay_debt", "pay_dispute_fee", "pay_fee", "pay_out", "release", "return_payment", "return_refund", "return_transfer",
    "reverse", "roll_over", "settle_refund", "settle_transfer", "take_back", "void_refund", "void_transfer", "win_back",
    "withhold", "write_off",
]
