"""What parties are told about their papers."""
from __future__ import annotations

from marketplace.accounts.models import Person
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business
from marketplace.notifications.commands import notify_all
from marketplace.reporting import queries
from marketplace.reporting.models import Paper, PaperKind


def paper_drawn(paper: Paper) -> None:
    """A statement comes by itself, so its people are told; what somebody did or asked for they find on the page."""
    if paper.kind == PaperKind.statement and paper.starts:
        notify_all(_people(paper), "reporting/statement_ready", subject=paper, month=queries.midnight(paper.starts), total=paper.total)


def _people(paper: Paper) -> list[Person]:
    if not paper.party.startswith(Business.KIND):
        return [paper.person]
    business = queries.party_row(paper.party)
    return businesses.members(business, *queries.SEES_MONEY) if business else []


