"""Offers, contracts, milestones, deliveries."""
