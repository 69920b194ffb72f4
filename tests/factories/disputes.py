"""Disputes at any point of their life, brought there by the commands."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.accounts.models import Person, StaffRole
from marketplace.contracts.models import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core import clock, crypto
from marketplace.core.money import Money
from marketplace.disputes import commands
from marketplace.disputes.models import CLAIMS, Dispute
from tests import people
from tests.factories.contracts import make_delivered
from tests.people import TOTP, person_named


def mediator(name: str = "Mina", role: StaffRole = StaffRole.mediator) -> Person:
    """Somebody of the team, with one role."""
    return person_named(name, f"{name.lower()}@example.com", staff_roles=[role],
                        totp_secret=crypto.seal("totp", TOTP.secret), totp_since=clock.now())


def speaker(dispute: Dispute, side: Side) -> Person:
    """Who speaks for a side: the manager, or ada."""
    return dispute.milestone.contract.manager.person if side is Side.manager else people.ada()


def make_dispute(milestone: Milestone | None = None, side: Side = Side.business, amount: int = 150_000, **said: Any) -> Dispute:
    """Ada claims ৳1,500 of ben's ৳4,000."""
    milestone = milestone or make_delivered()
    person = people.ada() if side is Side.business else milestone.contract.manager.person
    said = {"reason": CLAIMS[side][0][0], "text": "Five of the twenty posts are missing."} | said
    return commands.open_dispute(milestone, person, side, amount=Money(amount), **said)


def make_answered(dispute: Dispute | None = None) -> Dispute:
    """The other side answered."""
    dispute = dispute or make_dispute()
    side = dispute.by_side.other
    commands.add_statement(dispute, speaker(dispute, side), side, "All twenty are out, look at the page.")
    return dispute


def make_mediated(dispute: Dispute | None = None) -> Dispute:
    """Both have spoken; the team decides."""
    dispute = make_answered(dispute)
    commands.add_statement(dispute, speaker(dispute, dispute.by_side), dispute.by_side, "I count fifteen.")
    return dispute


def make_decided(dispute: Dispute | None = None, to_manager: int = 50_000, **changes: Any) -> Dispute:
    """The team decided: ৳500 of the claim for the manager."""
    dispute = dispute or make_mediated()
    division = commands.Division(Money(to_manager), dispute.claimed - Money(to_manager))
    told = {"grounds": ["delivered_in_part"], "text": "Fifteen of twenty posts are on the page."} | changes
    commands.decide(dispute, changes.pop("by", None) or mediator(), division, **{key: told[key] for key in told if key != "by"})
    return dispute


def pass_by(moment: Any) -> None:
    """Move the clock just beyond a moment."""
    clock.move(moment - clock.now() + timedelta(seconds=1))
