"""A boost's plan: written by the manager, agreed by the business exactly as it stands, within the ad money."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.access import commands as access
from marketplace.access.models import Grant, Right
from marketplace.accounts.models import Person
from marketplace.boosts import notices, queries
from marketplace.boosts.commands.pots import reopen_pot
from marketplace.boosts.models import Boost, BoostStatus, PotStatus
from marketplace.boosts.queries import limits
from marketplace.contracts.commands import clocks
from marketplace.contracts.models import Contract, ContractStatus
from marketplace.core import clock, i18n
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState


@dataclass(frozen=True)
class Plan:
    """What a boost is to be. `budget_minor` is its lifetime budget in cents."""

    title: str
    post_id: str
    objective: str
    audience: dict[str, Any]
    budget_minor: int
    days: int


def plan_boost(grant: Grant, person: Person, plan: Plan) -> Boost:
    """Write a plan; the business is asked. Raises Invalid when the ad money would not do, access.Withheld without the right.

    The money may come later: what is planned is launched only within a grant that is active.
    """
    if not (grant.live and grant.allows(Right.boost)):
        raise access.Withheld("right")
    lock(grant.contract)
    boost = Boost(contract_id=grant.contract_id, grant_id=grant.id, channel_id=grant.channel_id, person_id=person.id, **vars(plan))
    _check_end(boost)
    _check_budget(grant.contract, queries.boosts_of(grant.contract_id), boost)
    db.session.add(boost)
    db.session.flush()
    notices.boost_planned(boost)
    return boost


def edit_boost(boost: Boost, person: Person, plan: Plan) -> None:
    """Change a plan that has not been launched; it needs the business's yes again."""
    lock(boost.contract)
    _note_owner(boost)
    boost.move("edit", by=person)
    boost.planned_at = clock.now()
    for name, value in vars(plan).items():
        setattr(boost, name, value)
    _check_end(boost)
    _check_budget(boost.contract, [other for other in queries.boosts_of(boost.contract_id) if other.id != boost.id], boost)
    boost.approved_hash, boost.approved_by, boost.failure = "", None, ""
    notices.boost_planned(boost)


def approve_boost(boost: Boost, person: Person, read: str) -> None:
    """Agree to exactly what was read (`read` is its hash); with the money held it may be launched. WrongState when it changed."""
    lock(boost.contract)
    if boost.hash != read:
        raise WrongState(_l("The plan changed while you read it. Look at it again, then decide."))
    _note_owner(boost)
    boost.move("approve", by=person)
    boost.approved_hash, boost.approved_by = boost.hash, person.id
    fund_boosts(boost.contract)
    notices.boost_approved(boost)


def _note_owner(boost: Boost) -> None:
    """It does not wait for the business any more."""
    lock(boost)
    if boost.status == BoostStatus.planned:
        clocks.note_owner(boost.contract_id, f"boost:{boost.id}", boost.planned_at)


def fund_boosts(contract: Contract) -> None:
    """Agreed boosts may be launched once the money is held."""
    if not _is_funded(contract):
        return
    for boost in queries.boosts_of(contract.id):
        if boost.may("fund"):
            boost.move("fund")


def _is_funded(contract: Contract) -> bool:
    """Whether the ad money is held; without a pot, whether the work's is."""
    pot = queries.pot_of(contract.id)
    if pot is None:
        return queries.holds_money(contract.id)
    if pot.status == PotStatus.closing and contract.status == ContractStatus.active and queries.holds_money(contract.id):
        reopen_pot(pot)
    return pot.status == PotStatus.funded


def _check_end(boost: Boost) -> None:
    """From ad money that is held ads run only so long."""
    pot = queries.pot_of(boost.contract_id)
    last = limits.ads_end(pot.funded_at) if pot and pot.funded_at else None
    if last and clock.now() + timedelta(days=boost.days) > last:
        raise Invalid(_("Ads can run from this ad money until %(moment)s at most. Choose fewer days.", moment=i18n.moment(last)),
                      field="days")


def _check_budget(contract: Contract, others: Sequence[Boost], boost: Boost) -> None:
    """All boosts together stay within the dollars that were agreed."""
    free = queries.spendable_dollars(contract) - sum(other.claims for other in others)
    if boost.budget_minor > free:
        raise Invalid(_l("Only $%(free)s of the ad money is free.", free=f"{max(free, 0) / 100:.2f}"), field="budget_minor")
