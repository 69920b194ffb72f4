"""What of the ad money boosts and receipts still count on, and what therefore is free."""
from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import joinedload

from marketplace.accounts.models import StaffRole
from marketplace.boosts.models import AdPot
from marketplace.boosts.queries.plans import agreed_dollars, boosts_of
from marketplace.boosts.queries.pots import asked_draws, counted_draws, left_in, pot_of
from marketplace.contracts.models import Contract
from marketplace.core import pricing
from marketplace.core.db import db
from marketplace.core.money import Money


def spendable_dollars(contract: Contract) -> int:
    """Cents that all boosts of a contract may cost: what was agreed, less what staff have sent back already."""
    pot = pot_of(contract.id)
    return agreed_dollars(contract) - (pot.returned_dollars if pot else 0)


def free_in(pot: AdPot) -> Money:
    """What no boost may still cost and no receipt asks for. Claims count at the locked rate with the VAT a receipt may show."""
    ads = pricing.ad_spend(Money(claimed_cents(pot), "USD"), pot.rate_minor or 0)
    claimed = ads + pricing.ads_vat(ads)
    left = left_in(pot)
    return left - min(left, claimed)


def claimed_cents(pot: AdPot) -> int:
    """What boosts cost or may cost beyond what was drawn; at least what the receipts show that wait for an answer."""
    boosts = sum(boost.claims for boost in boosts_of(pot.contract_id))
    drawn = sum(draw.paid_dollars_minor for draw in counted_draws(pot))
    return max(boosts - drawn, sum(draw.dollars_minor for draw in asked_draws(pot)), 0)


def pot_for_finance(reader: Any, pot_id: uuid.UUID) -> AdPot | None:
    """Ad money with its parties, for finance."""
    contract = joinedload(AdPot.contract)
    parties = [contract.joinedload(Contract.business), contract.joinedload(Contract.manager)]
    is_finance = reader.is_authenticated and reader.is_staff(StaffRole.finance)
    return db.session.get(AdPot, pot_id, options=parties) if is_finance else None
