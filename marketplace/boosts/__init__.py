"""Boosts: ad money in a pot of its own, draws against receipts, campaigns, and what others paid."""
