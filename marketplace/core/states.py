"""A state machine is a table; moving a row goes through it."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

from marketplace.core import audit
from marketplace.core.db import lock
from marketplace.core.errors import WrongState


class InvalidTransition(WrongState):
    """The action is not in the transition table for the status the row has now."""

    message = _l("This has changed since you opened the page. Look at it again, then decide.")

    def __init__(self, row: Any, action: str) -> None:
        super().__init__()
        self.row, self.action = row, action

    def __str__(self) -> str:
        return f"{self.action} is not possible while {self.row.KIND} is {self.row.status}"


class Stateful:
    """A row with a `status` that changes only through TRANSITIONS: action → {status before: status after}."""

    KIND: ClassVar[str]
    TRANSITIONS: ClassVar[Mapping[str, Mapping[Any, Any]]]
    status: Any

    def move(self, action: str, by: Any = None, why: str = "") -> None:
        """Lock the row, read it again, apply the action, and leave a row in the audit.

        Raises InvalidTransition (409) when the table has no such move.
        """
        lock(self)
        before = self.status
        if before not in self.TRANSITIONS[action]:
            raise InvalidTransition(self, action)
        self.status = self.TRANSITIONS[action][before]
        audit.record(f"{self.KIND}.{action}", self, by, before=before, after=self.status, why=why)

    def may(self, action: str) -> bool:
        """Whether the table allows the action now; for showing buttons, never for deciding."""
        return self.status in self.TRANSITIONS[action]
