"""Listings and what hangs on them."""
from marketplace.jobs.models.listing import (
    OPEN_STATUSES,
    Decision,
    Job,
    JobInvitation,
    JobStatus,
    Outcome,
    Question,
    Seat,
    SeatRole,
    SeatStatus,
    ad_spend_minor,
)

__all__ = [
    "OPEN_STATUSES", "Decision", "Job", "JobInvitation", "JobStatus", "Outcome", "Question", "Seat", "SeatRole", "SeatStatus",
    "ad_spend_minor",
]
