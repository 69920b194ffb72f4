"""What publishing has on record."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.commands import clocks
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.queries import milestones_of
from marketplace.core import calendar, clock
from tests.factories.access import make_grant
from tests.factories.publishing import make_scheduled


@pytest.mark.parametrize(("days", "counts"), [(1, True), (-1, False)])
def test_a_post_that_went_out_is_work_on_record(app, days, counts):
    """Nobody has it for nothing by waiting; what went out before it was paid for is not counted."""
    grant = make_grant()
    [milestone, *_others] = milestones_of(grant.contract)
    post = make_scheduled(grant)
    post.submitted_at, post.published_at = milestone.funded_at - timedelta(days=2), milestone.funded_at + timedelta(days=days)
    clock.move(calendar.deadline(7, milestone.due_at) - clock.now() + timedelta(minutes=1))
    clocks.end_waiting(str(milestone.id))
    assert milestone.status == (MilestoneStatus.delivered if counts else MilestoneStatus.refunded)
