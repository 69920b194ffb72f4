"""Keeps what was refused on record."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.core import clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import survive
from marketplace.firewall.models import Finding


def hold(findings: Sequence[Finding], subject: str, by: Any) -> None:
    """Leave the held findings in the audit for the moderators, though the request itself is refused."""
    held = [finding.row() for finding in findings if finding.held]
    if held:
        entry = AuditEntry(at=clock.now(), actor=f"{by.KIND}:{by.id}", action="firewall.hold", subject=subject, details={"findings": held})
        survive(lambda session: session.add(entry))
