"""Who enters rates, hands in receipts, decides them, plans and stops boosts."""
from __future__ import annotations

from typing import Any

from marketplace.accounts.models import StaffRole
from marketplace.boosts.models import AdPot, Boost, Draw
from marketplace.businesses import policies as businesses
from marketplace.contracts import policies as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import side_of
from marketplace.core.authorisation import policy
from marketplace.managers import queries as managers


@policy
def enter_rates(person: Any, _subject: Any = None) -> bool:
    """Finance."""
    return person.is_staff(StaffRole.finance)


@policy
def see_pot(_person: Any, _pot: AdPot) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def ask_draw(person: Any, pot: AdPot) -> bool:
    """The hired manager, whose card paid."""
    return is_manager(person, pot.contract)


@policy
def see_draw(_person: Any, _draw: Draw) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def decide_draw(person: Any, draw: Draw) -> bool:
    """Those who may spend for the business, and are not the manager themselves."""
    return not is_manager(person, draw.pot.contract) and businesses.spend(person, draw.pot.contract.business)


@policy
def plan_boost(person: Any, contract: Contract) -> bool:
    """The hired manager."""
    return is_manager(person, contract)


@policy
def see_boost(_person: Any, _boost: Boost) -> bool:
    """Whoever got this far sees it."""
    return True


@policy
def run_boost(person: Any, boost: Boost) -> bool:
    """The hired manager changes a plan, launches and resumes."""
    return is_manager(person, boost.contract)


@policy
def approve_boost(person: Any, boost: Boost) -> bool:
    """Those who approve for the business or spend for it, and are not the manager themselves."""
    business = boost.contract.business
    return not is_manager(person, boost.contract) and (businesses.approve(person, business) or businesses.spend(person, business))


@policy
def stop_boost(person: Any, boost: Boost) -> bool:
    """Either party: stopping must be easy. Finance too, for ad money goes back only when no boost counts on it."""
    return contracts.end_contract(person, boost.contract) or approve_boost(person, boost) or person.is_staff(StaffRole.finance)


@policy
def refund_pot(person: Any, pot: AdPot) -> bool:
    """Finance, and no party to the contract."""
    return person.is_staff(StaffRole.finance) and side_of(person, pot.contract) is None


def is_manager(person: Any, contract: Contract) -> bool:
    """Whether the person is the contract's manager."""
    manager = managers.manager_of(person)
    return manager is not None and manager.id == contract.manager_id
