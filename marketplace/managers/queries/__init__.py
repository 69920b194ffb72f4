"""Reads of managers, through the reader's eyes."""
from marketplace.managers.queries.profiles import (
    by_slug,
    item_seen_by,
    items,
    manager_of,
    manager_seen_by,
    missing,
    own,
    package_seen_by,
    packages,
)
from marketplace.managers.queries.search import Filters, Found, search

__all__ = ["Filters", "Found", "by_slug", "item_seen_by", "items", "manager_of", "manager_seen_by", "missing", "own",
           "package_seen_by", "packages", "search"]
