"""What both sides are told about ad money and boosts."""
from __future__ import annotations

from collections.abc import Sequence

from marketplace.accounts.models import Person
from marketplace.boosts.models import AdPot, Boost, Draw
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business, Role
from marketplace.contracts.models import Contract
from marketplace.core.money import Money
from marketplace.notifications.commands import notify, notify_all


def draw_asked(draw: Draw) -> None:
    """The business looks at a receipt."""
    notify_all(_payers(draw.pot.contract.business), "boosts/draw_asked", subject=draw)


def draw_approved(draw: Draw) -> None:
    """Both are told how much of the receipt is repaid, and why not more."""
    _tell_both(draw.pot.contract, "boosts/draw_approved", draw)


def draw_refused(draw: Draw) -> None:
    """The manager is told why."""
    notify(draw.pot.contract.manager.person, "boosts/draw_refused", subject=draw)


def pot_closes(pot: AdPot) -> None:
    """No more ads; the last receipts."""
    _tell_both(pot.contract, "boosts/pot_closes", pot)


def pot_settled(pot: AdPot) -> None:
    """What was left went back."""
    _tell_both(pot.contract, "boosts/pot_settled", pot)


def pot_refunded(pot: AdPot, amount: Money) -> None:
    """Our team sent part of it back, or all that was left."""
    notify_all([*_payers(pot.contract.business), pot.contract.manager.person], "boosts/pot_refunded", subject=pot, amount=amount)


def boost_planned(boost: Boost) -> None:
    """The business looks at a plan."""
    notify_all(businesses.members(boost.contract.business, Role.owner, Role.approver), "boosts/boost_planned", subject=boost)


def boost_approved(boost: Boost) -> None:
    """The manager may launch it once the money is held."""
    notify(boost.contract.manager.person, "boosts/boost_approved", subject=boost)


def boost_launched(boost: Boost) -> None:
    """It runs."""
    _tell_both(boost.contract, "boosts/boost_launched", boost)


def boost_failed(boost: Boost) -> None:
    """Meta, or the access, refused."""
    _tell_both(boost.contract, "boosts/boost_failed", boost)


def boost_ended(boost: Boost) -> None:
    """It is over."""
    _tell_both(boost.contract, "boosts/boost_ended", boost)


def _tell_both(contract: Contract, letter: str, subject: AdPot | Boost | Draw) -> None:
    notify_all([*_payers(contract.business), contract.manager.person], letter, subject=subject)


def _payers(business: Business) -> Sequence[Person]:
    return businesses.members(business, Role.owner, Role.finance)
