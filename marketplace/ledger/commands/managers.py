"""A manager's money: earned, sent, arrived."""
from __future__ import annotations

import uuid

from marketplace.core.money import Money
from marketplace.ledger import queries
from marketplace.ledger.commands.posting import Posted, came_in, credit, debit, finish, mirrored, post, went_out, write
from marketplace.ledger.models import PLATFORM, AccountKind


def release(key: str, *, milestone: str, contract: str, manager: str, gross: Money, fee: Money) -> Posted:
    """Held money becomes the manager's, less the platform's fee. Raises NotEnough."""
    legs = [debit(AccountKind.held, milestone, gross), credit(AccountKind.payable, manager, gross - fee),
            credit(AccountKind.fees, PLATFORM, fee)]
    return write(key, "release", legs, subject=milestone, contract=contract, manager=manager)


def draw(key: str, *, milestone: str, contract: str, manager: str, amount: Money) -> Posted:
    """Ad money becomes the manager's, who has paid for ads; no fee. Raises NotEnough: more than the pot is never drawn."""
    legs = [debit(AccountKind.ad_spend, milestone, amount), credit(AccountKind.payable, manager, amount)]
    return write(key, "draw", legs, subject=milestone, contract=contract, manager=manager)


def begin_transfer(key: str, *, manager: str, milestone: str, amount: Money, contract: str | None = None) -> uuid.UUID:
    """Set aside what is owed to a manager while it is sent. Raises NotEnough."""
    legs = [debit(AccountKind.payable, manager, amount), credit(AccountKind.sending, manager, amount)]
    return post(key, "transfer", legs, pending=True, subject=milestone, contract=contract, manager=manager)


def settle_transfer(key: str, *, stripe_id: str | None = None, settled: Money | None = None) -> uuid.UUID:
    """The transfer begun under `key` was made; the money now is in the manager's name. Without `stripe_id` it left our own bank."""
    begun = queries.by_key(key)
    amount, manager = queries.amount_in(begun, AccountKind.sending), str(begun.manager)
    left = went_out(amount, settled) if stripe_id else [credit(AccountKind.bank, PLATFORM, amount)]
    legs = [debit(AccountKind.sending, manager, amount), *left,
            debit(AccountKind.connected, manager, amount), credit(AccountKind.arriving, manager, amount)]
    return finish(begun, "settled", legs, stripe_id=stripe_id)


def void_transfer(key: str) -> uuid.UUID:
    """The transfer begun under `key` did not happen: the money is owed again."""
    begun = queries.by_key(key)
    return finish(begun, "voided", mirrored(begun))


def return_transfer(key: str, *, manager: str, milestone: str, contract: str | None, amount: Money, stripe_id: str | None = None,
                    settled: Money | None = None) -> uuid.UUID:
    """(Part of) a transfer came back, to our balance at Stripe or, without `stripe_id`, our own bank: it is owed to the manager again."""
    back = came_in(amount, settled) if stripe_id else [debit(AccountKind.bank, PLATFORM, amount)]
    legs = [*back, credit(AccountKind.payable, manager, amount),
            debit(AccountKind.arriving, manager, amount), credit(AccountKind.connected, manager, amount)]
    return post(key, "return_transfer", legs, subject=milestone, contract=contract, manager=manager, stripe_id=stripe_id)


def pay_out(key: str, *, manager: str, amount: Money) -> uuid.UUID:
    """The manager's bank (or wallet) has it. `reverse` restores it, once."""
    legs = [debit(AccountKind.arriving, manager, amount), credit(AccountKind.connected, manager, amount)]
    return post(key, "pay_out", legs, subject=manager, manager=manager)
