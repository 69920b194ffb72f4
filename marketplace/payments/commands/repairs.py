"""How each kind of difference between Stripe and the books is repaired: by looking again, or by a posting with a reason.

Nothing is changed or removed: a repair adds a posting or the mirror image of one. What finance decides goes through
`proposals`, so much money takes two people; fetching what Stripe has is what a webhook would have done, and takes one.
"""
from __future__ import annotations

import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, task
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments.commands import looking, proposals, reconciliation
from marketplace.payments.models import BalanceTransaction, Mismatch, MismatchKind, MismatchStatus, MoneyProposal

K = MismatchKind


class Repair(StrEnum):
    """What can be done about a difference."""

    fetch = "fetch"  # ask Stripe about the thing, and book what our own rows await
    adjust = "adjust"  # add a posting for the difference, on an account of the platform
    reverse = "reverse"  # add the mirror image of what the books have too much
    exchange = "exchange"  # add the change of currency that the books lack
    explain = "explain"  # nothing is wrong: write down why


REPAIRS: dict[MismatchKind, tuple[Repair, ...]] = {
    K.missing: (Repair.fetch, Repair.adjust, Repair.explain),
    K.refund_unknown: (Repair.fetch, Repair.adjust, Repair.explain),
    K.reversal_unknown: (Repair.fetch, Repair.adjust, Repair.explain),
    K.dispute_unknown: (Repair.fetch, Repair.adjust, Repair.explain),
    K.transfer_unknown: (Repair.fetch, Repair.adjust, Repair.explain),
    K.payout_unknown: (Repair.fetch, Repair.adjust, Repair.explain),
    K.adjustment_unknown: (Repair.adjust, Repair.explain),
    K.fee: (Repair.adjust, Repair.explain),
    K.amount: (Repair.fetch, Repair.adjust, Repair.explain),
    K.extra: (Repair.reverse, Repair.explain),
    K.duplicate: (Repair.reverse, Repair.explain),
    K.currency: (Repair.exchange, Repair.reverse, Repair.explain),
    K.late: (Repair.explain,),
    K.balance: (Repair.fetch, Repair.explain),
}
"""What is offered, the usual one first."""
BEARS = {K.payout_unknown: "bank", K.fee: "card_costs"}
LOSSES = "losses"
"""The account of the platform that usually bears an adjustment; losses otherwise."""
PROPOSAL = "repair"


def repair(mismatch: Mismatch, how: Repair, by: Person, why: str, account: str = "") -> MoneyProposal | None:
    """Repair a difference in one of its ways: at once, or when a second person has confirmed (the proposal waits then).

    Raises Invalid for a way its kind does not have, WrongState when it is closed or the two sides have changed since.
    """
    if how not in REPAIRS[mismatch.kind]:
        raise Invalid(_l("This difference is not repaired that way."), field="how")
    if mismatch.status != MismatchStatus.open:
        raise WrongState()
    if how == Repair.fetch:
        _ask(mismatch, by, why)
        return None
    bearer = account or BEARS.get(mismatch.kind, LOSSES)
    return proposals.propose(PROPOSAL, subject=f"mismatch:{mismatch.id}", amount=size(mismatch, how), why=why, by=by,
                             key=f"repair:{mismatch.id}:{uuid.uuid4()}", how=how, account=bearer)


def size(mismatch: Mismatch, how: Repair) -> Money:
    """How much a repair moves; an explanation leaves as much unexplained as differs."""
    if how == Repair.reverse:
        return Money(max((abs(amount) for _posting, amount in _surplus(mismatch)), default=0), mismatch.currency)
    return Money(abs(mismatch.difference.minor), mismatch.currency)


@proposals.carries_out(PROPOSAL)
def carry_out(proposal: MoneyProposal, by: Person) -> None:
    """Do what was proposed, once; the difference must still be the one that was looked at."""
    mismatch = db.session.get_one(Mismatch, uuid.UUID(proposal.subject.partition(":")[2]))
    lock(mismatch)
    if mismatch.status != MismatchStatus.open or not _unchanged(mismatch):
        raise WrongState(_l("The two sides have changed since. Compare again, then decide."))
    how = Repair(proposal.details["how"])
    if how in BOOKED:
        BOOKED[how](mismatch, proposal.details["account"])
    mismatch.move("explain" if how == Repair.explain else "repair", by=by, why=proposal.why)
    mismatch.person, mismatch.reason, mismatch.closed_at = by, proposal.why, clock.now()


@task
def fetch(mismatch_id: str) -> None:
    """Ask Stripe about the thing, do what our own rows await of it, and see whether both sides agree now."""
    mismatch = db.session.get_one(Mismatch, uuid.UUID(mismatch_id))
    lock(mismatch)
    if mismatch.status != MismatchStatus.open:
        return
    try:
        _conclude(mismatch, _looked(mismatch))
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence


def _ask(mismatch: Mismatch, by: Person, why: str) -> None:
    audit.record("mismatch.fetch", mismatch, by, why=why)
    mismatch.person, mismatch.reason, mismatch.note = by, why[:2000], "asked"
    if mismatch.kind == MismatchKind.balance:
        reconciliation.reconcile(by, whole=True)
    else:
        fetch.later(mismatch.id, once=f"fetch:{mismatch.id}")


def _looked(mismatch: Mismatch) -> str:
    """What Stripe said. NotYet of our rows means that it names nothing of ours: no later try will."""
    query = select(BalanceTransaction.stripe_id).where(BalanceTransaction.source == mismatch.stripe_id)
    movement = db.session.scalars(query.order_by(BalanceTransaction.happened_at.desc()).limit(1)).first()
    try:
        thing = stripe.balance_transaction(str(movement))["source"] if movement else None
        return "looked" if isinstance(thing, dict) and looking.look_at(thing) else "stranger"
    except (NotYet, stripe.Refused):
        return "stranger"


def _conclude(mismatch: Mismatch, note: str) -> None:
    mismatch.note = note
    if not reconciliation.judge_again(mismatch):
        mismatch.move("repair", by=mismatch.person, why=mismatch.reason)
        mismatch.closed_at = clock.now()


def _unchanged(mismatch: Mismatch) -> bool:
    if mismatch.kind == MismatchKind.balance:
        return True
    seen = (mismatch.currency, mismatch.kind, mismatch.ours_minor, mismatch.theirs_minor)
    return any((one.currency, one.kind, one.ours, one.theirs) == seen for one in reconciliation.judge_again(mismatch))


def _adjust(mismatch: Mismatch, account: str) -> None:
    ledger.book_adjustment(f"mend:{mismatch.id}", account=account, amount=mismatch.difference, subject=f"mismatch:{mismatch.id}",
                           stripe_id=mismatch.stripe_id)


def _exchange(mismatch: Mismatch, _account: str) -> None:
    if mismatch.their_currency is None:
        raise WrongState(_l("Stripe has it in no other currency: reverse the posting."))
    ledger.book_exchange(f"mend:{mismatch.id}", ours=Money(mismatch.ours_minor or 0, mismatch.currency),
                         theirs=Money(mismatch.theirs_minor or 0, mismatch.their_currency), subject=f"mismatch:{mismatch.id}",
                         stripe_id=mismatch.stripe_id)


def _reverse(mismatch: Mismatch, _account: str) -> None:
    surplus = _surplus(mismatch)
    if not surplus:
        raise WrongState(_l("No single posting is what the books have too much. Add an adjustment instead."))
    for posting, _amount in surplus:
        ledger.reverse(f"mend:{mismatch.id}:{posting.id}", of=posting.key, stripe_id=posting.stripe_id or posting.key)


def _surplus(mismatch: Mismatch) -> list[tuple[Any, int]]:
    """What the books have too much: the newest posting of just that, else all of them where Stripe has nothing at all."""
    own = [(posting, amount) for posting, amount, code in books.cash_postings(mismatch.stripe_id) if code == mismatch.currency]
    exact = [one for one in own if one[1] == -mismatch.difference.minor]
    return exact[:1] or (own if mismatch.theirs_minor is None or mismatch.their_currency else [])


BOOKED: dict[Repair, Callable[[Mismatch, str], None]] = {
    Repair.adjust: _adjust, Repair.reverse: _reverse, Repair.exchange: _exchange}
