"""Walking the chain of the audit in a job, because it is long."""
from __future__ import annotations

import uuid

from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.tasks import task
from marketplace.moderation.models import AuditCheck

KEPT = 50
"""Lines of faults that are kept; their number is kept whole."""


def ask_check(by: Person) -> AuditCheck:
    """Have the whole chain walked."""
    wanted = AuditCheck(person=by)
    db.session.add(wanted)
    db.session.flush()
    check.later(wanted.id)
    return wanted


@task
def check(check_id: str) -> None:
    """Walk it and keep what was found."""
    row = db.session.get_one(AuditCheck, uuid.UUID(check_id))
    faults = list(audit.verify())
    row.seals, row.fault_count, row.faults = audit.head()["seal"], len(faults), faults[:KEPT]
    row.finished_at = clock.now()
