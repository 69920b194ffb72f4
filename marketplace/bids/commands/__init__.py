"""What is done to bids."""
from marketplace.bids.commands.offers import accept, begin_offer, end_offer

__all__ = ["accept", "begin_offer", "end_offer"]
