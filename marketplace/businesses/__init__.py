"""Organisations that hire: their members and brands."""
