"""Somebody of the team who belongs to neither side decides, with reasons from the published table, in their own words."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.core import audit
from marketplace.core.db import lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.disputes import notices, policies, queries
from marketplace.disputes.commands.settling import carry_out
from marketplace.disputes.models import GROUNDS, Dispute, DisputeStatus, Outcome
from marketplace.payments import commands as payments


@dataclass(frozen=True)
class Division:
    """Who gets what of a claim: both parts together are the claim."""

    to_manager: Money
    to_business: Money


def take(dispute: Dispute, person: Person) -> None:
    """Say who looks into it. Raises WrongState when it does not wait for the team, or somebody else has it."""
    _may(dispute, person)
    lock(dispute)
    if dispute.status != DisputeStatus.mediation or dispute.mediator_id not in {None, person.id}:
        raise WrongState()
    dispute.mediator_id = person.id
    audit.record("dispute.take", dispute, person)


def decide(dispute: Dispute, person: Person, division: Division, grounds: Sequence[str], text: str, manager_at_fault: bool = False) -> None:
    """Divide what is claimed, for these reasons of GROUNDS and in these words; both sides read them.

    Raises WrongState when it is not (or no longer) to be decided, NotAllowed for who belongs to a side or had it before it
    was handed over, Invalid when the parts are not the claim or no reason is named.
    """
    _may(dispute, person)
    lock(dispute)
    _check(dispute, division, grounds)
    dispute.move("decide", by=person, why=", ".join(grounds))
    dispute.mediator_id = person.id
    dispute.grounds, dispute.decision, dispute.manager_at_fault = list(grounds), text, manager_at_fault
    carry_out(dispute, person, Outcome.decision, division.to_business)
    if manager_at_fault:
        recover(dispute)
    notices.decided(dispute)


def recover(dispute: Dispute) -> None:
    """The manager is at fault: what a bank took back of this milestone's payment is theirs to bear."""
    if queries.charged_back(dispute.milestone):
        payments.find_fault(f"milestone:{dispute.milestone_id}")


def _may(dispute: Dispute, person: Person) -> None:
    if not policies.mediate(person, dispute):
        raise NotAllowed(_l("Who belongs to a side, or had this before it was handed over, does not decide it."))


def _check(dispute: Dispute, division: Division, grounds: Sequence[str]) -> None:
    if dispute.status != DisputeStatus.mediation:
        raise WrongState()
    if min(division.to_manager.minor, division.to_business.minor) < 0 or division.to_manager + division.to_business != dispute.claimed:
        raise Invalid(_l("The two parts together must be just what is claimed."), field="to_manager")
    if not grounds or set(grounds) - {ground.code for ground in GROUNDS}:
        raise Invalid(_l("Choose at least one reason from the table."), field="grounds")
