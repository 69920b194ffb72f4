"""To the moment: a sweep finds what is due, not a blink before, and queues one job for it, which acts from its own moment on."""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from marketplace.contracts import queries
from marketplace.contracts.commands import bonuses, change_orders, clocks, contracts, milestones, prorating, refunds, retainers
from marketplace.contracts.models import Milestone, MonthProposal
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits
from marketplace.core import calendar, clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.payments.queries import payments_for
from tests import people
from tests.factories.changes import make_change, make_paid_bonus
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded, make_milestone
from tests.factories.retainers import make_consent, make_next_month, make_retainer

BLINK = timedelta(microseconds=1)
QUEUED = text("select args, queueing_lock from procrastinate_jobs where task_name like '%.' || :task and status = 'todo'")


class Due(SimpleNamespace):
    """`sweep` queues `job` under the lock `name:id of row` from `at` on; the job acts from `acts` on, when `done()` becomes true."""

    row: Any
    sweep: Callable[[], None]
    job: Any
    name: str
    at: datetime
    acts: datetime
    done: Callable[[], Any]


def undelivered(job: Any, sweep: Callable[[], None], name: str, days: int, done: Callable[[Milestone], Any]) -> Due:
    row = make_funded()
    return Due(row=row, sweep=sweep, job=job, name=name, at=row.due_at + timedelta(days=days),
               acts=calendar.deadline(days, row.due_at), done=lambda: done(row))


def chased() -> Due:
    return undelivered(clocks.chase, clocks.chase_undelivered, "chase", 3, lambda row: row.chased_at)


def given_up() -> Due:
    return undelivered(clocks.end_waiting, clocks.end_undelivered, "end-waiting", 7, lambda row: row.returned_minor)


def warned() -> Due:
    row = make_funded()
    first = row.warn_at
    return Due(row=row, sweep=clocks.warn_of_limit, job=clocks.warn, name="warn", at=first, acts=first, done=lambda: row.warn_at != first)


def held_too_long() -> Due:
    row = make_funded()
    limit = limits.limit_of(row.held_since)
    return Due(row=row, sweep=clocks.end_at_limit, job=clocks.end_holding, name="end-holding", at=limit, acts=limit,
               done=lambda: row.returned_minor)


def kept_too_long() -> Due:
    first, row = queries.milestones_of(make_contract())
    refunds.agree_refund(refunds.ask_refund(make_funded(first), people.ada(), "Later.", Money(100_000), for_next=True), people.ben())
    until = limits.kept_until(row)
    return Due(row=row, sweep=clocks.end_keeping, job=clocks.return_kept, name="return-kept", at=until, acts=until,
               done=lambda: not row.prefunded_minor)


def unanswered() -> Due:
    row = make_delivered()
    return Due(row=row, sweep=milestones.approve_unanswered, job=milestones.approve_by_silence, name="silence", at=row.review_until,
               acts=row.review_until, done=lambda: row.released_minor)


def reminded() -> Due:
    row = make_delivered()
    first = row.remind_at
    return Due(row=row, sweep=milestones.remind_reviewers, job=milestones.remind_reviewer, name="remind", at=first, acts=first,
               done=lambda: row.remind_at != first)


def lapsed() -> Due:
    row = make_change()
    return Due(row=row, sweep=change_orders.lapse_change_orders, job=change_orders.lapse_change_order, name="lapse-change",
               at=row.expires_at, acts=row.expires_at, done=lambda: row.status == "lapsed")


def proposed() -> MonthProposal:
    make_next_month(contract := make_retainer())
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    return prorating.propose(queries.milestones_of(contract)[0], people.ben(), Side.manager, [30, 1])


def answer_awaited() -> Due:
    row = proposed()
    return Due(row=row, sweep=prorating.watch_proposals, job=prorating.remind_of_proposal, name="remind_of_proposal", at=row.remind_at,
               acts=row.remind_at, done=lambda: row.remind_at is None)


def proposal_over() -> Due:
    row = proposed()
    return Due(row=row, sweep=prorating.watch_proposals, job=prorating.lapse_proposal, name="lapse_proposal", at=row.expires_at,
               acts=row.expires_at, done=lambda: row.status == "lapsed")


def announced() -> Due:
    row = make_next_month()
    at = row.charge_at - timedelta(days=5)
    return Due(row=row, sweep=retainers.tell_months, job=retainers.tell_month, name="month", at=at, acts=at, done=lambda: row.announced_at)


def announced_again() -> Due:
    row = make_next_month()
    row.announced_at = clock.now()
    at = row.charge_at - timedelta(days=1)
    return Due(row=row, sweep=retainers.tell_months, job=retainers.tell_month, name="month", at=at, acts=at, done=lambda: row.reminded_at)


def charged() -> Due:
    row = make_next_month()
    make_consent(row.milestone.contract)
    row.announced_at = row.reminded_at = clock.now()
    return Due(row=row, sweep=retainers.charge_months, job=retainers.charge_month, name="charge-month", at=row.charge_at,
               acts=row.charge_at, done=lambda: payments_for(f"milestone:{row.milestone_id}"))


CASES = [chased, given_up, warned, held_too_long, kept_too_long, unanswered, reminded, lapsed, answer_awaited, proposal_over, announced,
         announced_again, charged]


@pytest.fixture
def stop(monkeypatch) -> Callable[[datetime], None]:
    """Stop the clock at a moment."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def jobs(due: Due) -> list[tuple]:
    """What waits of its kind."""
    return db.session.execute(QUEUED, {"task": due.job.__name__}).all()


@pytest.mark.parametrize("make", CASES)
def test_a_sweep_queues_what_is_due_once(app, stop, make):
    make_approved()
    make_milestone(make_contract())
    due = make()
    stop(due.at - BLINK)
    due.sweep()
    assert jobs(due) == []
    stop(due.at)
    for _twice in range(2):
        due.sweep()
        db.session.commit()
    [(arguments, lock)] = jobs(due)
    assert (list(arguments.values()), lock) == ([str(due.row.id)], f"{due.name}:{due.row.id}")


@pytest.mark.parametrize("make", CASES)
def test_its_job_acts_from_the_moment_on(app, stop, make):
    due = make()
    stop(due.acts - BLINK)
    due.job(str(due.row.id))
    assert not due.done()
    stop(due.acts)
    due.job(str(due.row.id))
    assert due.done()


def test_a_bonus_that_is_paid_is_queued_again_when_its_job_was_lost(app):
    bonus = make_paid_bonus()
    db.session.commit()
    db.session.execute(text("delete from procrastinate_jobs"))
    bonuses.release_bonuses()
    db.session.commit()
    assert jobs(Due(job=bonuses.release_bonus)) == [({"bonus_id": str(bonus.id)}, f"release-bonus:{bonus.id}")]


def test_nothing_is_charged_without_consent(app, stop):
    month = make_next_month()
    month.announced_at = month.reminded_at = clock.now()
    stop(month.charge_at)
    retainers.charge_months()
    db.session.commit()
    assert jobs(Due(job=retainers.charge_month)) == []


@pytest.mark.parametrize("make", [lapsed, proposal_over, unanswered, given_up, kept_too_long])
def test_what_is_over_is_not_found_again(app, stop, make):
    due = make()
    stop(due.acts)
    due.job(str(due.row.id))
    due.sweep()
    db.session.commit()
    assert jobs(due) == []
