"""Somebody of the team who belongs to neither side decides, with reasons from the published table, in their own words."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts.queries import side_of
from marketplace.core import audit
from marketplace.core.db import db, lock, uuid7
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import task
from marketplace.disputes import notices, policies, queries
from marketplace.disputes.commands.settling import carry_out
from marketplace.disputes.models import GROUNDS, Dispute, DisputeStatus, Outcome
from marketplace.payments import commands as payments
from marketplace.payments.commands import chargebacks, proposals
from marketplace.payments.models import MoneyProposal


@dataclass(frozen=True)
class Division:
    """Who gets what of a claim: both parts together are the claim."""

    to_manager: Money
    to_business: Money

    @property
    def whole(self) -> Money:
        return self.to_manager + self.to_business


def take(dispute: Dispute, person: Person) -> None:
    """Say who looks into it; said again by the same person it stays so. Raises WrongState when it does not wait for the team, or
    somebody else has it.
    """
    _may(dispute, person)
    lock(dispute)
    if dispute.status != DisputeStatus.mediation or dispute.mediator_id not in {None, person.id}:
        raise WrongState()
    if dispute.mediator_id is None:
        dispute.mediator_id = person.id
        audit.record("dispute.take", dispute, person)


def decide(dispute: Dispute, person: Person, division: Division, grounds: Sequence[str], text: str,
           manager_at_fault: bool = False) -> MoneyProposal | None:
    """Divide what is claimed, for these reasons of GROUNDS and in these words; both sides read them. Where much goes back to the
    business it waits for a second person of the team, and neither side hears of it before.

    Raises WrongState when it is not (or no longer) to be decided, NotAllowed for who belongs to a side or had it before it
    was handed over, Invalid when the parts are not the claim or no reason is named.
    """
    _may(dispute, person)
    lock(dispute)
    _check(dispute, division, grounds)
    dispute.mediator_id = person.id
    said = {"grounds": list(grounds), "text": text, "manager_at_fault": manager_at_fault}
    if division.to_business:
        return _propose(dispute, person, division, said)
    return _conclude(dispute, person, division, **said)


def _propose(dispute: Dispute, person: Person, division: Division, said: dict[str, Any]) -> MoneyProposal:
    return proposals.propose(
        queries.DECISION, subject=dispute.subject, contract=f"contract:{dispute.milestone.contract_id}", amount=division.to_business,
        why=said["text"], by=person, key=f"{queries.DECISION}:{uuid7()}", to_manager=division.to_manager.minor, said=said)


@proposals.carries_out(queries.DECISION)
def carry_out_decision(proposal: MoneyProposal, by: Person) -> None:
    """It is as its author decided; nobody of a side is one of the two. Raises WrongState when the claim is another by now."""
    dispute = db.session.get_one(Dispute, uuid.UUID(proposal.subject.partition(":")[2]))
    lock(dispute)
    _may(dispute, by)
    division = Division(Money(proposal.details["to_manager"], dispute.currency), proposal.amount)
    if side_of(proposal.proposed_by, dispute.milestone.contract) or division.whole != dispute.claimed:
        raise WrongState()
    _conclude(dispute, proposal.proposed_by, division, **proposal.details["said"])


def _conclude(dispute: Dispute, person: Person, division: Division, grounds: list[str], text: str, manager_at_fault: bool) -> None:
    dispute.move("decide", by=person, why=", ".join(grounds))
    dispute.mediator_id = person.id
    dispute.grounds, dispute.decision, dispute.manager_at_fault = grounds, text, manager_at_fault
    carry_out(dispute, person, Outcome.decision, division.to_business)
    if manager_at_fault:
        recover.later(dispute.id, once=f"disputes.recover:{dispute.id}")
    notices.decided(dispute)


@task
def recover(dispute_id: str) -> None:
    """The manager is at fault: what they were paid of a payment that a bank kept, they owe; much of it takes a second person.

    A job, because charge-backs are locked before milestones. Whoever of finance was quicker has found it already.
    """
    dispute = db.session.get_one(Dispute, uuid.UUID(dispute_id))
    for chargeback in queries.kept_by_banks(dispute.milestone) if dispute.manager_at_fault else ():
        if paid := chargebacks.paid_of(chargeback):
            with suppress(WrongState):
                payments.find_fault(chargeback, paid, dispute.settler, dispute.decision)


def _may(dispute: Dispute, person: Person) -> None:
    if not policies.mediate(person, dispute):
        raise NotAllowed(_l("Who belongs to a side, or had this before it was handed over, does not decide it."))


def _check(dispute: Dispute, division: Division, grounds: Sequence[str]) -> None:
    if dispute.status != DisputeStatus.mediation:
        raise WrongState()
    if min(division.to_manager.minor, division.to_business.minor) < 0 or division.whole != dispute.claimed:
        raise Invalid(_l("The two parts together must be just what is claimed."), field="to_manager")
    if not grounds or set(grounds) - {ground.code for ground in GROUNDS}:
        raise Invalid(_l("Choose at least one reason from the table."), field="grounds")
