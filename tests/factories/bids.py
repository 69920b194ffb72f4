"""Bids, made through their commands."""
from __future__ import annotations

from typing import Any

from marketplace.bids import commands
from marketplace.bids.models import Bid
from marketplace.jobs.models import Job
from marketplace.jobs.queries import lines
from marketplace.managers.models import Manager


def bid_values(job: Job, **changes: Any) -> dict[str, Any]:
    """A whole bid for this job: two steps of the job's budget, every line covered."""
    price = changes.get("price_minor", job.budget_minor)
    values = {
        "price_minor": price, "days": 30, "posts_a_week": job.details.get("posts_a_week"), "covers": [code for code, _label in lines(job)],
        "strategy": "Two posts a day, the inbox until eleven, and a look at the figures every Saturday.",
        "answers": [{"question": question, "answer": "Two saree pages for a year."} for question in job.questions], "competing_pages": "",
        "milestones": [{"title": "First half", "amount_minor": price // 2, "days": 15},
                       {"title": "Second half", "amount_minor": price - price // 2, "days": 30}],
    }
    return values | changes


def make_bid(job: Job, manager: Manager, **changes: Any) -> Bid:
    """A submitted bid."""
    return commands.submit_bid(job, manager, bid_values(job, **changes), manager.person, keep=True)
