"""A business's money: in, held, back, and taken by its bank."""
from __future__ import annotations

import uuid

from marketplace.core.money import Money
from marketplace.ledger import queries
from marketplace.ledger.commands.posting import Leg, came_in, credit, debit, finish, mirrored, post, reverse, went_out
from marketplace.ledger.models import PLATFORM, AccountKind


def fund(key: str, *, milestone: str, contract: str, business: str, amount: Money, card_cost: Money,
         ad_spend: Money | None = None, source: str | None = None, stripe_id: str | None = None,
         settled: Money | None = None) -> uuid.UUID:
    """A business paid: `amount` is held for the milestone, `ad_spend` beside it, `card_cost` covers what Stripe takes.

    `source` names the payment, so that what is held of it can be told apart.
    """
    paid = amount + card_cost + (ad_spend or Money(0, amount.currency))
    legs = [*came_in(paid, settled), credit(AccountKind.held, milestone, amount, source),
            credit(AccountKind.card_costs, PLATFORM, card_cost)]
    if ad_spend:
        legs.append(credit(AccountKind.ad_spend, milestone, ad_spend, source))
    return post(key, "fund", legs, subject=milestone, contract=contract, business=business, stripe_id=stripe_id)


def pay_fee(key: str, *, subject: str, contract: str | None, fee: Money, stripe_id: str) -> uuid.UUID | None:
    """Stripe took its fee, in the currency it settles in; nothing is written for a fee of nothing."""
    if not fee:
        return None
    legs = [debit(AccountKind.card_costs, PLATFORM, fee), credit(AccountKind.stripe, PLATFORM, fee)]
    return post(key, "pay_fee", legs, subject=subject, contract=contract, stripe_id=stripe_id)


def begin_refund(key: str, *, milestone: str, contract: str, business: str, amount: Money,
                 ad_spend: Money | None = None, source: str | None = None) -> uuid.UUID:
    """Set held money (and ad money) aside while it goes back to the card of `source`. Raises NotEnough."""
    back = amount + (ad_spend or Money(0, amount.currency))
    legs = [debit(AccountKind.held, milestone, amount, source), credit(AccountKind.refunding, milestone, back)]
    if ad_spend:
        legs.append(debit(AccountKind.ad_spend, milestone, ad_spend, source))
    return post(key, "refund", legs, pending=True, subject=milestone, contract=contract, business=business)


def settle_refund(key: str, *, stripe_id: str, settled: Money | None = None) -> uuid.UUID:
    """Stripe confirmed the refund begun under `key`."""
    begun = queries.by_key(key)
    amount = queries.amount_in(begun, AccountKind.refunding)
    legs = [debit(AccountKind.refunding, str(begun.subject), amount), *went_out(amount, settled)]
    return finish(begun, "settled", legs, stripe_id=stripe_id)


def void_refund(key: str) -> uuid.UUID:
    """The refund begun under `key` did not happen: the money is held again."""
    begun = queries.by_key(key)
    return finish(begun, "voided", mirrored(begun))


def return_refund(key: str, *, stripe_id: str, source: str | None = None, settled: Money | None = None,
                  ads: bool = False) -> uuid.UUID:
    """A refund that was settled came back from the bank: the money is held again, as the work's or (`ads`) as ad money."""
    done = queries.by_key(f"{key}/settled")
    amount = queries.amount_in(done, AccountKind.refunding)
    kind = AccountKind.ad_spend if ads else AccountKind.held
    legs = [*came_in(amount, settled), credit(kind, str(done.subject), amount, source)]
    return post(f"{key}/returned", "refund_returned", legs, of=done.key, stripe_id=stripe_id, subject=done.subject,
                contract=done.contract, business=done.business)


def absorb_refund(key: str, *, source: str, subject: str, contract: str, business: str, amount: Money, stripe_id: str,
                  settled: Money | None = None) -> uuid.UUID:
    """A refund that was not asked for here (Stripe's own pages): what is held of the payment pays for it; what was released is lost."""
    if known := queries.find(key):
        return known.id
    taken, missing = _take_from(source, amount)
    legs = [*taken, debit(AccountKind.losses, PLATFORM, missing), *went_out(amount, settled)]
    return post(key, "absorb_refund", legs, subject=subject, contract=contract, business=business, stripe_id=stripe_id)


def charge_back(key: str, *, source: str, subject: str, contract: str, business: str, amount: Money, stripe_id: str,
                settled: Money | None = None) -> uuid.UUID:
    """The bank took a payment back. What is still held of it pays for it; the business owes the rest."""
    if known := queries.find(key):
        return known.id
    taken, missing = _take_from(source, amount)
    legs = [*taken, debit(AccountKind.receivable, business, missing), *went_out(amount, settled)]
    return post(key, "charge_back", legs, subject=subject, contract=contract, business=business, stripe_id=stripe_id)


def _take_from(source: str, amount: Money) -> tuple[list[Leg], Money]:
    """Legs that take up to `amount` of what is held of a payment, wherever it is, ad money first, and what is missing."""
    legs, missing = [], amount
    for kind, owner, there in queries.held_of(source, amount.currency):
        part = min(there, missing)
        legs.append(debit(kind, owner, part, source))
        missing -= part
    return legs, missing


def win_back(key: str, *, charged_back: str, stripe_id: str) -> uuid.UUID:
    """The bank gave a payment back that `charged_back` had taken: it is as before."""
    return reverse(key, charged_back, stripe_id=stripe_id)


def pay_dispute_fee(key: str, *, subject: str, contract: str | None, business: str, fee: Money, stripe_id: str) -> uuid.UUID:
    """What Stripe takes for handling a charge-back, won or lost: the platform's loss."""
    legs = [debit(AccountKind.losses, PLATFORM, fee), credit(AccountKind.stripe, PLATFORM, fee)]
    return post(key, "pay_dispute_fee", legs, subject=subject, contract=contract, business=business, stripe_id=stripe_id)
