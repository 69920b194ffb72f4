"""Money that staff move, by one person or by two: proposed with a reason, confirmed by somebody else when it is much.

The verb behind a kind is registered by `carries_out`; it runs once, in the transaction that decides, whoever decides.
Little sums do not add up to much behind one back: what one person has done alone in the same contract (or else for the same thing)
counts too.
"""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text

from marketplace.accounts.models import Person
from marketplace.accounts.policies import needs_two_people
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import task
from marketplace.payments import notices
from marketplace.payments.models import MoneyProposal, MoneyProposalStatus

Verb = Callable[[MoneyProposal, Person], Any]
VERBS: dict[str, Verb] = {}
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:subject, 7302))")


def carries_out(kind: str) -> Callable[[Verb], Verb]:
    """Register the verb `(proposal, person)` of a kind."""
    def register(verb: Verb) -> Verb:
        VERBS[kind] = verb
        return verb
    return register


def propose(kind: str, *, subject: str, amount: Money, why: str, by: Person, key: str, contract: str = "", **details: Any) -> MoneyProposal:
    """Do it at once, or let it wait for a second person. The same key gives the first proposal again. `contract`: whose money it is.

    Raises Invalid without a reason, WrongState when one waits for the same thing already, and what the verb raises.
    """
    if not why.strip():
        raise Invalid(_l("Write why. It is kept with the posting."), field="reason")
    db.session.execute(ONE_AT_A_TIME, {"subject": contract or subject})
    if known := find(key):
        return known
    if waiting_for(kind, subject):
        raise WrongState(_l("A proposal for this waits for a second person already."))
    proposal = _write(amount, why, by, kind=kind, subject=subject, contract=contract, key=key, details=details)
    if needs_two_people(amount + _done_alone(proposal)):
        notices.proposal_waits(proposal)
    else:
        _decide(proposal, "carry_out", by)
        VERBS[kind](proposal, by)
    return proposal


def confirm(proposal: MoneyProposal, by: Person) -> None:
    """The second person agrees, and it is done. Raises NotAllowed for the first one."""
    lock(proposal)
    if by.id == proposal.proposed_by_id:
        raise NotAllowed(_l("Somebody else has to confirm what you proposed."))
    _decide(proposal, "carry_out", by)
    VERBS[proposal.kind](proposal, by)
    notices.proposal_decided(proposal)


def decline(proposal: MoneyProposal, by: Person, why: str) -> None:
    """The second person says no, or the first takes it back. Nothing was moved."""
    _decide(proposal, "decline", by, why)
    if by.id != proposal.proposed_by_id:
        notices.proposal_decided(proposal)


@task
def lapse(proposal_id: str) -> None:
    """What it was about has changed, and it cannot be done as it was proposed. A job, because proposals are locked first."""
    proposal = db.session.get_one(MoneyProposal, uuid.UUID(proposal_id))
    lock(proposal)
    if proposal.status == MoneyProposalStatus.waiting:
        proposal.move("lapse")
        proposal.decided_at = clock.now()
        notices.proposal_lapsed(proposal)


def find(key: str) -> MoneyProposal | None:
    """The proposal under a key."""
    return db.session.scalars(select(MoneyProposal).where(MoneyProposal.key == key)).first()


def waiting_for(kind: str, subject: str) -> MoneyProposal | None:
    """The proposal of a kind that waits for this thing."""
    return db.session.scalars(select(MoneyProposal).where(MoneyProposal.kind == kind, MoneyProposal.subject == subject,
                                                     MoneyProposal.status == MoneyProposalStatus.waiting)).first()


def _write(amount: Money, why: str, by: Person, **values: Any) -> MoneyProposal:
    proposal = MoneyProposal(amount_minor=amount.minor, currency=amount.currency, why=why.strip()[:2000],
                             status=MoneyProposalStatus.waiting, proposed_by=by, **values)
    db.session.add(proposal)
    db.session.flush()
    audit.record("money_proposal.propose", proposal, by, about=proposal.subject, what=proposal.kind, amount=amount.minor,
                 currency=amount.currency, why=why)
    return proposal


def _done_alone(proposal: MoneyProposal) -> Money:
    """What this person has moved in the same contract, or for the same thing, without anybody else."""
    same = MoneyProposal.contract == proposal.contract if proposal.contract else MoneyProposal.subject == proposal.subject
    alone = select(func.sum(MoneyProposal.amount_minor)).where(
        same, MoneyProposal.currency == proposal.currency,
        MoneyProposal.status == MoneyProposalStatus.done, MoneyProposal.proposed_by_id == proposal.proposed_by_id,
        MoneyProposal.decided_by_id == MoneyProposal.proposed_by_id)
    return Money(int(db.session.scalar(alone) or 0), proposal.currency)


def _decide(proposal: MoneyProposal, action: str, by: Person, why: str = "") -> None:
    proposal.move(action, by=by, why=why)
    proposal.decided_by, proposal.decided_at, proposal.answer = by, clock.now(), why[:2000]
    db.session.flush()
