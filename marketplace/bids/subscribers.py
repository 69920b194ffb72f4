"""What bids do when something happens below."""
from __future__ import annotations

from marketplace.bids import commands
from marketplace.jobs.models import Job
from marketplace.jobs.signals import job_ended


def end_bids(job: Job) -> None:
    """The job is over, so are the bids that wait."""
    commands.lapse_all(job)


job_ended.connect(end_bids)
