"""Who may do what with a bid."""
from __future__ import annotations

from typing import Any

from marketplace.bids import queries
from marketplace.bids.models import Bid
from marketplace.core.authorisation import policy
from marketplace.jobs import policies as jobs
from marketplace.jobs.models import Job
from marketplace.jobs.queries import acts_for


@policy
def bid_on(person: Any, job: Job) -> bool:
    """Bid: a manager who is vetted for this kind of work, not on a job of their own business."""
    manager = queries.own_manager(person)
    return manager is not None and manager.vetted_for(job.kind) and not acts_for(person, job)


@policy
def edit(person: Any, bid: Bid) -> bool:
    """Change or take back: the manager who wrote it."""
    return queries.is_of(person, bid)


@policy
def read(person: Any, bid: Bid) -> bool:
    """Read: whoever sees it."""
    return queries.is_of(person, bid) or queries.is_for(person, bid)


@policy
def read_all(person: Any, job: Job) -> bool:
    """Read all bids on a job: members of its business."""
    return acts_for(person, job)


@policy
def ask_all(person: Any, job: Job) -> bool:
    """Put a question to all who have bid: whoever may edit the job."""
    return jobs.edit(person, job)


@policy
def decide(person: Any, bid: Bid) -> bool:
    """Shortlist and decline: whoever may edit the job."""
    return jobs.edit(person, bid.job)
