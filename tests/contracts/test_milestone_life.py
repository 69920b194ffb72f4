"""No taka lost, doubled or in two places, whatever people, banks, Stripe, the worker and the clock do, in whatever order.

`MILESTONE_LIVES=400 bin/test tests/contracts/test_milestone_life.py` plays that many other lives than the usual ones.
"""
from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.payments.models import Refund, RefundStatus
from tests.contracts.life.machine import MilestonesLife
from tests.contracts.life.scene import theatre
from tests.sandbox_program import REFUND_FAILS, VISA, sandbox_program, world

__all__ = ["sandbox_program", "world"]

LIVES = os.environ.get("MILESTONE_LIVES")
USUAL = settings(max_examples=16, stateful_step_count=30, derandomize=True, phases=[Phase.generate])
OTHERS = settings(max_examples=int(LIVES or 1), stateful_step_count=40, print_blob=True, phases=[Phase.generate, Phase.shrink])
CHOSEN = settings(OTHERS if LIVES else USUAL, deadline=None, database=None, suppress_health_check=list(HealthCheck))
WORTH_MEETING = ("approved", "released", "refunded", "by silence", "two at once, one refused", "webhooks lost", "faults")


@pytest.fixture
def play(cluster, template, world):
    """The machine, ready to be played by hand or by chance."""
    MilestonesLife.met.clear()
    with theatre(cluster, template, world) as scenes:
        MilestonesLife.scenes = staticmethod(scenes)
        yield MilestonesLife


def test_any_life_of_two_milestones(play):
    run_state_machine_as_test(play, settings=CHOSEN)
    print(sorted(play.met.items()))
    assert LIVES or all(play.met[thing] for thing in WORTH_MEETING)


def mended_after_its_time(life):
    """The page that was opened late is not shut at once by the job that was to shut the one before."""
    life.fault({"path": "/v1/checkout/sessions$"}, "drop_before", 1)
    life.act(0, "start")
    life.time_passes(timedelta(minutes=31))
    life.sweep_now()
    life.all_jobs()
    assert life.lives[0].status == "funding"
    life.put_in_a_card(0, 0, VISA)
    assert life.lives[0].pages[0].paid


def paid_while_called_off(life):
    """A surplus payment of one milestone goes back while the next one is paid and released."""
    life.act(0, "start")
    life.call_off(VISA, early=False)
    for _ in range(5):
        life.go_on(0, VISA, silently=False)
    assert life.lives[0].status == "released"


def refused_by_the_bank(life):
    """The money given back bounces: it is held again, and the page says so."""
    for card in (VISA, REFUND_FAILS):
        life.go_on(0, card, silently=False)
    life.act(0, "give_back")
    for _sent_then_bounced in range(2):
        life.come_to_rest()
    with life.scene.app.app_context():
        assert db.session.scalars(select(Refund.status)).all() == [RefundStatus.failed]


def silence_twice(life):
    """The worker dies after approving by silence and after sending, each time before it can say so."""
    for _ in range(3):
        life.go_on(0, VISA, silently=True)
    life.time_passes(timedelta(days=9))
    life.sweep_now()
    for number in range(len(life.scene.waiting())):
        life.one_job(number, dies=True)
    life.all_jobs()
    life.time_passes(timedelta(days=9))
    for _ in range(2):
        life.sweep_now()
        for number in range(len(life.scene.waiting())):
            life.one_job(number, dies=True)
    assert life.lives[0].status == "released"


def silence_that_was_overtaken(life):
    """The window had ended, the job waited; meanwhile changes were asked and delivered: a new window runs."""
    for _ in range(3):
        life.go_on(0, VISA, silently=True)
    life.time_passes(timedelta(days=9))
    life.sweep_now()
    silence = life.scene.waiting().index("contracts.commands.milestones.approve_by_silence")
    life.act(0, "ask_changes")
    life.act(0, "deliver")
    life.one_job(silence, dies=False)
    assert life.lives[0].status == "delivered"


REMEMBERED = [mended_after_its_time, paid_while_called_off, refused_by_the_bank, silence_twice, silence_that_was_overtaken]


@pytest.mark.parametrize("story", REMEMBERED)
def test_remembered_lives(play, story):
    life = play()
    story(life)
    life.teardown()
