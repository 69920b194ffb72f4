"""Using a grant: checked inside whoever acts, on the manager's rights, and written down before and after."""
from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update

from marketplace.access.commands.holding import hold_in_common
from marketplace.access.models import Grant, GrantStatus, Outcome, Right, UseEntry
from marketplace.accounts.models import Person
from marketplace.channels.commands import Unanswered
from marketplace.contracts.models import ContractStatus
from marketplace.core import clock
from marketplace.core import db as database
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed
from marketplace.core.subjects import subject_of


class Withheld(NotAllowed):
    """The grant does not allow it now. `reason`: ended, suspended, doubted or right."""

    MESSAGES = {
        "ended": _l("Access to this page has ended."),
        "suspended": _l("Access waits until money is held for this contract."),
        "doubted": _l("Access rests until the manager has confirmed that it is them. We have written to their address."),
        "right": _l("This is not among the rights that were given."),
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.MESSAGES[reason])
        self.reason = reason


@dataclass(frozen=True)
class Use:
    """One act under way. `lost_since`: when an earlier try at the same began of which no answer came; look, then act."""

    grant: Grant
    entry_id: uuid.UUID
    lost_since: datetime | None


@contextmanager
def use(grant: Grant, right: Right, act: str, subject: Any, by: Person | None = None) -> Iterator[Use]:
    """Act under a grant: `with use(grant, Right.publish, "publish", post) as one: …`.

    Holds the grant's lock to the end of the transaction. The entry of the use log is committed before the call, so that
    it is there whatever becomes of the caller. Raises Withheld before anything is done.
    """
    hold_in_common(grant)
    if reason := withheld(grant, right):
        _write(grant, right, act, subject, by, outcome=Outcome.refused, ended_at=clock.now(), note=reason)
        raise Withheld(reason)
    one = Use(grant, lost_since=_lost_since(grant, act, subject), entry_id=_write(grant, right, act, subject, by))
    try:
        yield one
    except Unanswered:
        _close(one, Outcome.unanswered)
        raise
    except Exception as refusal:
        _close(one, Outcome.failed, type(refusal).__name__)
        raise
    _close(one, Outcome.done)


def withheld(grant: Grant, right: Right) -> str | None:
    """Why the grant does not allow a right now; None when it does."""
    if grant.doubted_at and grant.live:
        return "doubted"
    if grant.status == GrantStatus.suspended or grant.status in {GrantStatus.proposed, GrantStatus.consented}:
        return "suspended"
    if grant.status != GrantStatus.active or not grant.starts_at <= clock.now() < grant.ends_at:
        return "ended"
    if _contract_status(grant) != ContractStatus.active:
        return "ended"
    return None if grant.allows(right) else "right"


def require(grant: Grant, right: Right) -> None:
    """For acts that stay with us (writing a draft): no call, no lock. Raises Withheld."""
    if reason := withheld(grant, right):
        raise Withheld(reason)


def _contract_status(grant: Grant) -> str:
    db.session.refresh(grant.contract, ["status"])
    return grant.contract.status


def _lost_since(grant: Grant, act: str, subject: Any) -> datetime | None:
    """When the first try began that has no known end, since the last that has one."""
    tries = db.session.execute(select(UseEntry.at, UseEntry.outcome).where(
        UseEntry.subject == subject_of(subject), UseEntry.act == act).order_by(UseEntry.at.desc(), UseEntry.id.desc()))
    lost = None
    for at, outcome in tries:
        if outcome == Outcome.done:
            break
        if outcome in {Outcome.begun, Outcome.unanswered}:
            lost = at
    return lost


def _write(grant: Grant, right: Right, act: str, subject: Any, by: Person | None, **more: Any) -> uuid.UUID:
    values = {"grant_id": grant.id, "person_id": by.id if by else None, "right": right, "act": act, "subject": subject_of(subject),
              "at": clock.now(), "created_at": clock.now(), "outcome": Outcome.begun, "note": "", **more}
    return database.apart(lambda session: session.execute(insert(UseEntry).values(**values).returning(UseEntry.id)).scalar_one())


def _close(one: Use, outcome: Outcome, note: str = "") -> None:
    ended = update(UseEntry).where(UseEntry.id == one.entry_id).values(outcome=outcome, ended_at=clock.now(), note=note)
    database.apart(lambda session: session.execute(ended))
