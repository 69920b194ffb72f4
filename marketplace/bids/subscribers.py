"""What bids do when something happens below."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.bids import commands, queries
from marketplace.core.errors import Invalid
from marketplace.jobs.models import Job
from marketplace.jobs.signals import job_ended, manager_invited
from marketplace.managers.models import Manager


def end_bids(job: Job) -> None:
    """The job is over, so are the bids that wait."""
    commands.lapse_all(job)


@manager_invited.connect
def refuse_bidders(job: Job, manager: Manager) -> None:
    """Who has bid needs no invitation."""
    before = queries.bid_of(manager, job)
    if before and before.status in queries.PLACES:
        raise Invalid(_l("This manager has bid on this job already."), field="job")


job_ended.connect(end_bids)
