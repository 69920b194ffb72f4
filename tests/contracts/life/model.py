"""Where each taka of a milestone has to be, in plain Python: by what people did, what their bank did, what the clock allows."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from marketplace.core import calendar

HOLDING = ("funded", "delivered", "changes_asked")
RELEASED = ("approved", "released")
HOLD_DAYS, SILENT_HOLD_DAYS = 3, 6
STATIONS = {"planned": "later later later later later", "funding": "now later later later later", "approved": "done done now later later",
            "released": "done done done now later", "arrived": "done done done done done", "refunded": "done now",
            "bounced": "done now done", **dict.fromkeys(HOLDING, "done now later later later")}
"""The money line people see, by where the milestone is."""


@dataclass
class Page:
    """One of Stripe's payment pages that was opened for a milestone. `claimed`: its money became the milestone's."""

    deadline: datetime | None = None
    paid: bool = False
    claimed: bool = False
    shut: bool = False


@dataclass
class Life:
    """One milestone. Amounts in minor units."""

    amount: int
    fee: int
    card_cost: int
    status: str = "planned"
    pages: list[Page] = field(default_factory=list)
    changes_left: int = 2
    extended: bool = False
    silent: bool = False
    review_until: datetime | None = None
    send_after: datetime | None = None

    @property
    def total(self) -> int:
        """What the card is charged."""
        return self.amount + self.card_cost

    @property
    def spot(self) -> dict[str, int]:
        """How much has to be where; everything else has to be nothing. `back` is on its way back or there."""
        if self.status in HOLDING:
            return {"held": self.amount}
        if self.status in RELEASED:
            return {"manager": self.amount - self.fee, "fees": self.fee}
        return {"back": self.amount} if self.status == "refunded" else {}

    def act(self, name: str, now: datetime) -> bool:
        """What somebody tries; whether it has to be allowed. It changes nothing when it is not."""
        return bool(getattr(self, f"_{name}")(now))

    def follow(self, now: datetime) -> str | None:
        """Take the one step that happens by itself at this moment, if there is one; the status it leads to."""
        step = {"funding": self._end_of_funding, "delivered": self._end_of_review, "approved": self._end_of_hold}.get(self.status)
        return step(now) if step else None

    def _start(self, now: datetime) -> bool:
        if self.status == "planned":
            self.status = "funding"
            self.pages.append(Page())
            return True
        return False

    def _cancel(self, now: datetime) -> bool:
        return self._move({"funding": "planned"})

    def _come_back(self, now: datetime) -> bool:
        """Back from Stripe's page: paid, or still not."""
        if self.status == "funding" and self.pages[-1].paid:
            self._end_of_funding(now)
        return True

    def _deliver(self, now: datetime) -> bool:
        return self._move({"funded": "delivered", "changes_asked": "delivered"})

    def _ask_changes(self, now: datetime) -> bool:
        if self.status == "delivered" and self.changes_left:
            self.changes_left -= 1
            return self._move({"delivered": "changes_asked"})
        return False

    def _extend(self, now: datetime) -> bool:
        if self.status == "delivered" and not self.extended:
            self.extended, self.review_until = True, self.review_until and calendar.deadline(5, self.review_until)
            return True
        return False

    def _approve(self, now: datetime) -> bool:
        self.silent = self.silent and self.status != "delivered"
        return self._move({"delivered": "approved"})

    def _silence(self, now: datetime) -> bool:
        self._end_of_review(now)
        return True

    def _give_back(self, now: datetime) -> bool:
        return self._move(dict.fromkeys(HOLDING, "refunded"))

    def _end_of_funding(self, now: datetime) -> str | None:
        page = self.pages[-1]
        if page.paid:
            page.claimed, self.status = True, "funded"
        elif page.deadline and now >= page.deadline:
            page.shut, self.status = True, "planned"
        return self.status if self.status != "funding" else None

    def _end_of_review(self, now: datetime) -> str | None:
        if self.status == "delivered" and self.review_until and now >= self.review_until:
            self.status, self.silent = "approved", True
            return self.status
        return None

    def _end_of_hold(self, now: datetime) -> str | None:
        if self.send_after and now >= self.send_after:
            self.status = "released"
            return self.status
        return None

    def _move(self, table: dict[str, str]) -> bool:
        allowed = self.status in table
        self.status = table.get(self.status, self.status)
        return allowed
