"""The lock that makes "no call begins after access was revoked" true.

Whoever acts holds the grant's advisory lock in common, from the check to the end of the call; whoever takes access back
holds it alone, and so waits for calls that are under way, while new ones queue behind and then find the grant ended.
Always taken before any row's lock. PostgreSQL lets it go with the transaction.
"""
from __future__ import annotations

from sqlalchemy import TextClause, text

from marketplace.access.models import Grant
from marketplace.core.db import db

COMMON = text("select pg_advisory_xact_lock_shared(:key)")
ALONE = text("select pg_advisory_xact_lock(:key)")


def hold_in_common(grant: Grant) -> None:
    """For an act under the grant; reads the grant again."""
    _hold(COMMON, grant)


def hold_exclusively(grant: Grant) -> None:
    """For ending, suspending or narrowing the grant; reads it again."""
    _hold(ALONE, grant)


def _hold(statement: TextClause, grant: Grant) -> None:
    db.session.flush()
    db.session.execute(statement, {"key": int.from_bytes(grant.id.bytes[8:], signed=True)})
    db.session.refresh(grant)
