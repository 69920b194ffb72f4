"""A pot of ad money: priced at the day's rate, paid in with the first step, and what is left goes back by itself."""
from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from marketplace.boosts import notices, queries
from marketplace.boosts.commands.rates import usable_rate
from marketplace.boosts.models import AdPot, PotStatus
from marketplace.boosts.queries.limits import ads_end, receipts_end
from marketplace.contracts.commands.contracts import close_when_settled
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.core.tasks import sweep, task
from marketplace.payments import commands as payments


def plan_pot(contract: Contract) -> AdPot | None:
    """A pot for the dollars that were agreed, when the manager's card pays Meta; none when the owner's does."""
    agreed = contract.terms.get("ads") or {}
    if agreed.get("payer") != "manager" or not agreed.get("dollars_minor"):
        return None
    pot = AdPot(contract_id=contract.id, milestone_id=milestones_of(contract)[0].id, dollars_minor=agreed["dollars_minor"],
                currency=contract.currency)
    db.session.add(pot)
    db.session.flush()
    return pot


def price_of_pot(milestone: Milestone, bind: bool) -> Money | None:
    """What the ads paid in with a milestone cost now, before VAT; `bind` locks the rate. None without a pot.

    Raises WrongState when the newest rate is too old.
    """
    pot = queries.pot_of_milestone(milestone.id)
    if pot is None or pot.status not in AdPot.TRANSITIONS["lock_rate"]:
        return None
    rate = usable_rate()
    ads, vat = pot.price(rate.rate_minor)
    if bind:
        pot.move("lock_rate", why=f"{rate.rate_minor} {rate.source} {rate.day}")
        pot.rate_minor, pot.rate_source, pot.rate_link, pot.rate_day = rate.rate_minor, rate.source, rate.link, rate.day
        pot.locked_at, pot.ads_minor, pot.vat_minor = clock.now(), ads.minor, vat.minor
    return ads


def fund_pot(milestone: Milestone) -> None:
    """The milestone was paid in, and the ad money with it."""
    pot = queries.pot_of_milestone(milestone.id)
    if pot is not None and pot.may("fund"):
        lock(pot.contract)
        pot.move("fund")
        pot.funded_at = clock.now()


def close_pot(pot: AdPot, at: datetime | None = None, why: str = "") -> None:
    """No more ads. What is left goes back at a moment: after the days for the last receipts, unless told."""
    lock(pot)
    closes_at = at or receipts_end(pot)
    if pot.may("close"):
        pot.move("close", why=why)
        pot.closes_at = closes_at
        notices.pot_closes(pot)
    elif pot.status == PotStatus.closing and pot.closes_at and closes_at < pot.closes_at:
        pot.closes_at = closes_at


def reopen_pot(pot: AdPot) -> None:
    """Another boost was agreed while the receipts of the last one were awaited, and the contract goes on, within its limit."""
    lock(pot)
    if pot.may("reopen") and pot.funded_at and clock.now() < ads_end(pot.funded_at):
        pot.move("reopen")
        pot.closes_at = None


@sweep
def settle_due() -> None:
    """Pots whose days for receipts are over and for whose receipts no answer is awaited."""
    due = select(AdPot.id).where(AdPot.status == PotStatus.closing, AdPot.closes_at <= clock.now(), ~queries.awaits_answer(AdPot.id))
    for pot_id in db.session.scalars(due.limit(200)):
        settle_pot.later(pot_id, once=f"settle-pot:{pot_id}")


@task
def settle_pot(pot_id: str) -> None:
    """Give back to the card what is left, all of it."""
    pot = db.session.get_one(AdPot, uuid.UUID(pot_id))
    lock(pot.contract)
    lock(pot)
    if pot.status != PotStatus.closing or pot.closes_at is None or pot.closes_at > clock.now() or queries.asked_draws(pot):
        return
    left = queries.left_in(pot)
    pot.move("settle")
    pot.settled_at, pot.returned_minor = clock.now(), pot.returned_minor + left.minor
    if left:
        payments.refund(subject=pot.subject, amount=left, key=f"pot:{pot.id}", ads=True)
    notices.pot_settled(pot)
    close_when_settled(pot.contract)
