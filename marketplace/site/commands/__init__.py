"""Filling an empty development database with invented people, shops and work."""
from marketplace.site.commands.demo import load, people

__all__ = ["load", "people"]
