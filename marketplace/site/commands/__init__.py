"""Filling an empty development database with invented people, shops and work."""
from marketplace.site.commands.demo import load, load_contracts, people
from marketplace.site.commands.demo_sandbox import SandboxError

__all__ = ["SandboxError", "load", "load_contracts", "people"]
