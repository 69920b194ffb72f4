"""What a job costs and who gets which part of it: "you pay / manager gets / platform keeps", always summing to the whole.

The fee comes out of the price of the work, from the manager's side; nothing is taken from ad spend. What the card costs
is a line of its own, paid by the business.
"""
from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.config import rule
from marketplace.core.money import Money

WHOLE = 10_000
PLATFORM_FEE_BP = rule("PLATFORM_FEE_BP", 1000, "the platform's fee on released work, in basis points, from the manager's side")
AD_VAT_BP = rule("AD_VAT_BP", 1500, "VAT on ad spend, in basis points")
CARD_COST_BP = rule("CARD_COST_BP", 290, "what a card payment costs, in basis points of what is charged before it")
CARD_COST_FIXED_MINOR = rule("CARD_COST_FIXED_MINOR", 0, "what a card payment costs besides, in minor units")


@dataclass(frozen=True)
class Cost:
    """The parts of one payment, in one currency.

    `price` is the work, `ad_spend` what becomes ads, `vat` the tax on ads, `card_cost` what the card takes, `fee` the
    platform's part of `price`.
    """

    price: Money
    ad_spend: Money
    vat: Money
    card_cost: Money
    fee: Money

    @property
    def held(self) -> Money:
        """What waits at the platform until it is released or returned."""
        return self.price + self.ad_spend + self.vat

    @property
    def you_pay(self) -> Money:
        """All the business is charged."""
        return self.held + self.card_cost

    @property
    def manager_gets(self) -> Money:
        """The price less the fee."""
        return self.price - self.fee

    @property
    def platform_keeps(self) -> Money:
        """The fee, nothing else."""
        return self.fee

    @property
    def ads_get(self) -> Money:
        """What goes to the ad platform, with its tax."""
        return self.ad_spend + self.vat


def total_cost(price_minor: int, ad_spend_minor: int = 0, currency: str = "BDT", fee_bp: int = PLATFORM_FEE_BP) -> Cost:
    """The parts of a price and an ad spend (before VAT), both in minor units and not negative; ValueError otherwise.

    `fee_bp`: the platform's share, in basis points, which a contract has frozen.
    """
    if price_minor < 0 or ad_spend_minor < 0:
        raise ValueError("a price is not negative")
    price, ads = Money(price_minor, currency), Money(ad_spend_minor, currency)
    vat = ads_vat(ads)
    return Cost(price, ads, vat, card_cost(price + ads + vat), platform_fee(price, fee_bp))


def platform_fee(amount: Money, fee_bp: int = PLATFORM_FEE_BP) -> Money:
    """The platform's part of released work, rounded down. A contract passes the rate it froze."""
    return amount.share(fee_bp)


def ads_vat(ad_spend: Money) -> Money:
    """The tax on ad spend, rounded up."""
    return _share_up(ad_spend, AD_VAT_BP)


def card_cost(charged: Money) -> Money:
    """What the card takes of this charge, rounded up; nothing of nothing."""
    if not charged:
        return charged
    return _share_up(charged, CARD_COST_BP) + Money(CARD_COST_FIXED_MINOR, charged.currency)


def ad_spend(dollars: Money, rate_minor: int) -> Money:
    """Taka for an ad budget in dollars at a rate in poisha a dollar, rounded up to the poisha."""
    return Money(-(-dollars.minor * rate_minor // 100))


def _share_up(amount: Money, basis_points: int) -> Money:
    return Money(-(-amount.minor * basis_points // WHOLE), amount.currency)
