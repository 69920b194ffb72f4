"""The tables of boosts."""
from marketplace.boosts.models.boost import Boost, BoostStatus
from marketplace.boosts.models.draw import COUNTED, Draw, DrawStatus
from marketplace.boosts.models.pot import AdPot, PotStatus
from marketplace.boosts.models.price import PriceMedian
from marketplace.boosts.models.rate import ExchangeRate

__all__ = ["AdPot", "Boost", "BoostStatus", "COUNTED", "Draw", "DrawStatus", "ExchangeRate", "PotStatus", "PriceMedian"]
