"""No taka lost, doubled or in two places, whatever people, banks, Stripe, the worker and the clock do, in whatever order.

`MILESTONE_LIVES=400 bin/test tests/contracts/test_milestone_life.py` plays that many other lives than the usual ones.
"""
from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contracts.life.machine import MilestonesLife
from tests.contracts.life.scene import theatre
from tests.sandbox_program import sandbox_program, world

__all__ = ["sandbox_program", "world"]

USUAL = settings(max_examples=int(os.environ.get("N", "12")), stateful_step_count=30, derandomize=True, phases=[Phase.generate])
MORE = settings(max_examples=int(os.environ.get("MILESTONE_LIVES", "1")), stateful_step_count=40, print_blob=True, phases=[Phase.generate] if "QUICK" in os.environ else list(Phase))
CHOSEN = settings(MORE if "MILESTONE_LIVES" in os.environ else USUAL, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def test_any_life_of_two_milestones(cluster, template, world):
    MilestonesLife.met.clear()
    with theatre(cluster, template, world) as scenes:
        MilestonesLife.scenes = staticmethod(scenes)
        run_state_machine_as_test(MilestonesLife, settings=CHOSEN)
    print(dict(MilestonesLife.met))
