"""The whole story at 390 px with scripts: it comes to its end, and no page of it has anything wrong."""
from __future__ import annotations

import pytest

from tests.journeys.browsing import Journey
from tests.story import chapters

pytestmark = pytest.mark.browser


def test_the_story_in_bengali(browser, stage):
    journey = Journey(stage, "bn", browser=browser)
    try:
        for _name, _who, tell in chapters.STEPS:
            tell(journey)
    except Exception as fault:
        fault.add_note(f"{len(journey.findings.looked_at)} pages looked at:\n{journey.findings}")
        raise
    assert not journey.findings.lines, f"\n{journey.findings}"
    assert len(journey.findings.looked_at) > 50
