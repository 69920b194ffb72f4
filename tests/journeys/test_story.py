"""The whole story at 390 px with scripts: it comes to its end, and no page of it has anything wrong."""
from __future__ import annotations

import pytest

from tests.journeys.browsing import Journey
from tests.story import chapters

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_story_in_bengali(browser, stage):
    journey = Journey(stage, "bn", browser=browser)
    for _name, _who, tell in chapters.STEPS:
        tell(journey)
    assert not journey.findings.lines, "\n" + "\n".join(journey.findings.lines)
    assert len(journey.findings.looked_at) > 50
