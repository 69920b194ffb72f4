"""Verbs of the books. Callers name what happened under a key of their own; legs are this file's business.

The same key twice writes nothing and returns the first posting; other content under a used key is an error of the
program (KeyReused). Subjects are `kind:id` text. A pending posting is settled or voided, once, by its own key.
`settled` is what Stripe booked in its own currency when that is another one than ours: the difference is ours to bear.
"""
from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import sweep
from marketplace.ledger import queries
from marketplace.ledger.models import PLATFORM, AccountKind, Direction, Transaction

POST = text("select id from ledger_post(:key, :verb, :pending, :of, cast(:facts as jsonb), cast(:legs as jsonb), :at)")
CHECKPOINT = text("select ledger_checkpoint(:at)")
CHECKPOINT_AFTER_ENTRIES = 1000


class NotEnough(WrongState):
    """An account of other people's money would fall below zero."""

    message = _l("There is not enough held money for this.")


class AlreadyFinished(WrongState):
    """A pending posting was settled or voided before, or a posting reversed before, under another key."""


class KeyReused(Exception):
    """The key belongs to a posting of another content: a fault of the program, never of a person."""


@dataclass(frozen=True)
class Leg:
    """One side of a posting before it is written."""

    kind: AccountKind
    owner: str
    direction: Direction
    amount: Money

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "owner": self.owner, "direction": self.direction,
                "currency": self.amount.currency, "amount": self.amount.minor}


def fund(key: str, *, milestone: str, contract: str, business: str, amount: Money, card_cost: Money,
         ad_spend: Money | None = None, stripe_id: str | None = None, settled: Money | None = None) -> uuid.UUID:
    """A business paid: `amount` is held for the milestone, `ad_spend` beside it, `card_cost` covers what Stripe takes."""
    paid = amount + card_cost + (ad_spend or Money(0, amount.currency))
    legs = [*_in(paid, settled), _credit(AccountKind.held, milestone, amount), _credit(AccountKind.card_costs, PLATFORM, card_cost)]
    if ad_spend:
        legs.append(_credit(AccountKind.ad_spend, milestone, ad_spend))
    return _post(key, "fund", legs, subject=milestone, contract=contract, business=business, stripe_id=stripe_id)


def pay_fee(key: str, *, subject: str, contract: str | None, fee: Money, stripe_id: str) -> uuid.UUID | None:
    """Stripe took its fee, in the currency it settles in; nothing is written for a fee of nothing."""
    if not fee:
        return None
    legs = [_debit(AccountKind.card_costs, PLATFORM, fee), _credit(AccountKind.stripe, PLATFORM, fee)]
    return _post(key, "pay_fee", legs, subject=subject, contract=contract, stripe_id=stripe_id)


def release(key: str, *, milestone: str, contract: str, manager: str, gross: Money, fee: Money) -> uuid.UUID:
    """Held money becomes the manager's, less the platform's fee. Raises NotEnough."""
    legs = [_debit(AccountKind.held, milestone, gross), _credit(AccountKind.payable, manager, gross - fee),
            _credit(AccountKind.fees, PLATFORM, fee)]
    return _post(key, "release", legs, subject=milestone, contract=contract, manager=manager)


def begin_transfer(key: str, *, manager: str, milestone: str, amount: Money, contract: str | None = None) -> uuid.UUID:
    """Set aside what is owed to a manager while it is sent. Raises NotEnough."""
    legs = [_debit(AccountKind.payable, manager, amount), _credit(AccountKind.sending, manager, amount)]
    return _post(key, "transfer", legs, pending=True, subject=milestone, contract=contract, manager=manager)


def settle_transfer(key: str, *, stripe_id: str, settled: Money | None = None) -> uuid.UUID:
    """Stripe confirmed the transfer begun under `key`; the money now is in the manager's name there."""
    begun = queries.by_key(key)
    amount, manager = queries.amount_in(begun, AccountKind.sending), str(begun.manager)
    legs = [_debit(AccountKind.sending, manager, amount), *_out(amount, settled),
            _debit(AccountKind.connected, manager, amount), _credit(AccountKind.arriving, manager, amount)]
    return _finish(begun, "settled", legs, stripe_id=stripe_id)


def void_transfer(key: str) -> uuid.UUID:
    """The transfer begun under `key` did not happen: the money is owed again."""
    return _void(key)


def return_transfer(key: str, *, manager: str, milestone: str, contract: str | None, amount: Money, stripe_id: str,
                    settled: Money | None = None) -> uuid.UUID:
    """Stripe took (part of) a transfer back from the manager's balance: it is owed to the manager again."""
    legs = [*_in(amount, settled), _credit(AccountKind.payable, manager, amount),
            _debit(AccountKind.arriving, manager, amount), _credit(AccountKind.connected, manager, amount)]
    return _post(key, "return_transfer", legs, subject=milestone, contract=contract, manager=manager, stripe_id=stripe_id)


def pay_out(key: str, *, manager: str, amount: Money) -> uuid.UUID:
    """The manager's bank got money from the manager's balance at Stripe. `reverse` restores it, once."""
    legs = [_debit(AccountKind.arriving, manager, amount), _credit(AccountKind.connected, manager, amount)]
    return _post(key, "pay_out", legs, subject=manager, manager=manager)


def begin_refund(key: str, *, milestone: str, contract: str, business: str, amount: Money,
                 ad_spend: Money | None = None) -> uuid.UUID:
    """Set held money (and ad money) aside while it goes back to the business. Raises NotEnough."""
    back = amount + (ad_spend or Money(0, amount.currency))
    legs = [_debit(AccountKind.held, milestone, amount), _credit(AccountKind.refunding, milestone, back)]
    if ad_spend:
        legs.append(_debit(AccountKind.ad_spend, milestone, ad_spend))
    return _post(key, "refund", legs, pending=True, subject=milestone, contract=contract, business=business)


def settle_refund(key: str, *, stripe_id: str, settled: Money | None = None) -> uuid.UUID:
    """Stripe confirmed the refund begun under `key`."""
    begun = queries.by_key(key)
    amount = queries.amount_in(begun, AccountKind.refunding)
    return _finish(begun, "settled", [_debit(AccountKind.refunding, str(begun.subject), amount), *_out(amount, settled)],
                   stripe_id=stripe_id)


def void_refund(key: str) -> uuid.UUID:
    """The refund begun under `key` did not happen: the money is held again."""
    return _void(key)


def return_refund(key: str, *, stripe_id: str, settled: Money | None = None) -> uuid.UUID:
    """A refund that was settled came back from the bank: the money is held again."""
    done = queries.by_key(f"{key}/settled")
    amount = queries.amount_in(done, AccountKind.refunding)
    legs = [*_in(amount, settled), _credit(AccountKind.held, str(done.subject), amount)]
    return _post(f"{key}/returned", "refund_returned", legs, of=done.key, stripe_id=stripe_id, subject=done.subject,
                 contract=done.contract, business=done.business)


def split(key: str, *, milestone: str, contract: str, business: str, manager: str, to_manager: Money, fee: Money,
          to_business: Money) -> None:
    """Decide held money: part is released at once, part begins its way back (settle or void it by `<key>/refund`)."""
    if to_manager:
        release(f"{key}/release", milestone=milestone, contract=contract, manager=manager, gross=to_manager, fee=fee)
    if to_business:
        begin_refund(f"{key}/refund", milestone=milestone, contract=contract, business=business, amount=to_business)


def charge_back(key: str, *, milestone: str, contract: str, business: str, amount: Money, stripe_id: str,
                settled: Money | None = None) -> uuid.UUID:
    """The bank took a payment back. What is still held pays for it; the business owes the rest."""
    if known := queries.find(key):
        return known.id
    held = min(queries.held_and_kept(milestone, amount.currency), amount)
    legs = [_debit(AccountKind.held, milestone, held), _debit(AccountKind.receivable, business, amount - held), *_out(amount, settled)]
    return _post(key, "charge_back", legs, subject=milestone, contract=contract, business=business, stripe_id=stripe_id)


def win_back(key: str, *, charged_back: str, stripe_id: str) -> uuid.UUID:
    """The bank gave a payment back that `charged_back` had taken: it is as before."""
    return reverse(key, charged_back, stripe_id=stripe_id)


def pay_dispute_fee(key: str, *, subject: str, contract: str | None, business: str, fee: Money, stripe_id: str) -> uuid.UUID:
    """What Stripe takes for handling a charge-back, won or lost: the platform's loss."""
    legs = [_debit(AccountKind.losses, PLATFORM, fee), _credit(AccountKind.stripe, PLATFORM, fee)]
    return _post(key, "pay_dispute_fee", legs, subject=subject, contract=contract, business=business, stripe_id=stripe_id)


def absorb_refund(key: str, *, milestone: str, contract: str, business: str, amount: Money, stripe_id: str,
                  settled: Money | None = None) -> uuid.UUID:
    """A refund that was not asked for here (Stripe's own pages): held money pays for it; what was released already is lost."""
    if known := queries.find(key):
        return known.id
    held = min(queries.held_and_kept(milestone, amount.currency), amount)
    legs = [_debit(AccountKind.held, milestone, held), _debit(AccountKind.losses, PLATFORM, amount - held), *_out(amount, settled)]
    return _post(key, "absorb_refund", legs, subject=milestone, contract=contract, business=business, stripe_id=stripe_id)


def reverse(key: str, of: str, stripe_id: str | None = None) -> uuid.UUID:
    """Mend a posted transaction by its mirror image. Raises AlreadyFinished when another key did so before."""
    wrong = queries.by_key(of)
    facts = {"subject": wrong.subject, "contract": wrong.contract, "business": wrong.business, "manager": wrong.manager}
    return _post(key, "reverse", _mirrored(wrong), of=of, stripe_id=stripe_id, **facts)


@sweep
def checkpoint() -> None:
    """Sum the platform-wide accounts anew when enough was written since the last time."""
    if queries.entries_since_checkpoint() >= CHECKPOINT_AFTER_ENTRIES:
        db.session.execute(CHECKPOINT, {"at": clock.now()})


def _void(key: str) -> uuid.UUID:
    begun = queries.by_key(key)
    return _finish(begun, "voided", _mirrored(begun))


def _finish(begun: Transaction, outcome: str, legs: list[Leg], stripe_id: str | None = None) -> uuid.UUID:
    if not begun.pending:
        raise KeyReused(f"{begun.key} is not pending")
    facts = {"subject": begun.subject, "contract": begun.contract, "business": begun.business, "manager": begun.manager}
    return _post(f"{begun.key}/{outcome}", f"{begun.verb}_{outcome}", legs, of=begun.key, stripe_id=stripe_id, **facts)


def _mirrored(transaction: Transaction) -> list[Leg]:
    return [Leg(entry.account.kind, entry.account.owner, entry.direction.opposite, Money(entry.amount_minor, entry.currency))
            for entry in transaction.entries]


def _debit(kind: AccountKind, owner: str, amount: Money) -> Leg:
    return Leg(kind, owner, Direction.debit, amount)


def _credit(kind: AccountKind, owner: str, amount: Money) -> Leg:
    return Leg(kind, owner, Direction.credit, amount)


def _in(amount: Money, settled: Money | None) -> list[Leg]:
    """Money came to our balance at Stripe, changed into `settled` where Stripe keeps another currency."""
    if settled is None or settled.currency == amount.currency:
        return [_debit(AccountKind.stripe, PLATFORM, amount)]
    return [_debit(AccountKind.exchange, PLATFORM, amount), _credit(AccountKind.exchange, PLATFORM, settled),
            _debit(AccountKind.stripe, PLATFORM, settled)]


def _out(amount: Money, settled: Money | None) -> list[Leg]:
    """Money left our balance at Stripe."""
    return [Leg(leg.kind, leg.owner, leg.direction.opposite, leg.amount) for leg in _in(amount, settled)]


def _post(key: str, verb: str, legs: list[Leg], *, pending: bool = False, of: str | None = None, **facts: str | None) -> uuid.UUID:
    """Write a posting by the database's own function, in a savepoint so that a refusal leaves the session usable."""
    values = {"key": key, "verb": verb, "pending": pending, "of": of, "at": clock.now(),
              "facts": json.dumps({name: value for name, value in facts.items() if value}),
              "legs": json.dumps([leg.as_json() for leg in legs if leg.amount])}
    try:
        with db.session.begin_nested():
            return db.session.execute(POST, values).scalar_one()
    except DBAPIError as error:
        raise _refusal(error, key) from error


def _refusal(error: DBAPIError, key: str) -> Exception:
    """What the database's refusal means to the caller; anything unknown stays what it is."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if constraint == "ck_ledger_accounts_never_below_zero":
        return NotEnough()
    if constraint == "uq_ledger_transactions_of_id":
        return AlreadyFinished()
    if getattr(error.orig, "sqlstate", None) == "LG001":
        return KeyReused(key)
    return error
