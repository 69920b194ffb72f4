"""A filled database seen from outside: how many rows there are, their ids, and who is signed in."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.models import Person, Session
from marketplace.bids.models import Bid, BidMilestone
from marketplace.businesses.models import Brand, Business, Member
from marketplace.files.models import File
from marketplace.jobs.models import Job, Seat
from marketplace.managers.models import Manager, Package, PortfolioItem

MOST_SIGNED_IN = 2000
JOBS_OF_A_BUSINESS = 4
TABLES = {
    model: number
    for number, model in enumerate(
        (Person, Session, Business, Member, Brand, File, Manager, Package, PortfolioItem, Job, Seat, Bid, BidMilestone), 1
    )
}


@dataclass(frozen=True)
class Bench:
    """A filled database of `rows` managers and `rows` open jobs. The first `signed_in` managers and the first business
    have a session; that business also has a draft. The last half of the managers bid already."""

    rows: int
    now: datetime

    @property
    def signed_in(self) -> int:
        """How many managers have a session."""
        return min(self.rows // 2, MOST_SIGNED_IN)

    @property
    def businesses(self) -> int:
        """How many businesses there are."""
        return max(1, self.rows // JOBS_OF_A_BUSINESS)

    @property
    def draft(self) -> uuid.UUID:
        """The first business's draft."""
        return key(Job, self.rows)

    def job(self, number: int) -> uuid.UUID:
        """An open job."""
        return key(Job, number)

    def slug(self, number: int) -> str:
        """A manager's address."""
        return f"manager-{number}"

    def manager_token(self, number: int) -> str:
        """Signs one of the managers in."""
        return f"bench-manager-{number}"

    @property
    def owner_token(self) -> str:
        """Signs the owner of the first business in."""
        return "bench-owner"


def key(model: type, number: int) -> uuid.UUID:
    """The id of a table's row: a version 7 UUID in order of number."""
    return uuid.UUID(int=(0x19AA << 112) | (TABLES[model] << 96) | ((number >> 16) << 80) | (7 << 76) | (2 << 62) | number)
