"""A published listing's life: paused, taken, ended by its owner or by time."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.tasks import sweep, task
from marketplace.jobs import notices, queries
from marketplace.jobs.models import Job, JobStatus, Seat, SeatStatus
from marketplace.jobs.signals import job_ended

WARN_DAYS = rule("JOB_EXPIRY_WARNING_DAYS", 5, "days before a listing's end at which its business is told")
RUNNING = (JobStatus.open, JobStatus.paused)
FREE_SEATS = {SeatStatus.open, SeatStatus.offered, SeatStatus.vacant}


def pause(job: Job, by: Person) -> None:
    """Take no new bids for a while."""
    job.move("pause", by)


def resume(job: Job, by: Person) -> None:
    """Take bids again."""
    job.move("resume", by)


def close(job: Job, by: Person, why: str = "") -> None:
    """End a listing, or throw a draft away."""
    job.move("close", by, why=why)
    _end(job, by)


def offer_seat(seat: Seat, by: Any = None) -> None:
    """An offer is out for this seat."""
    seat.move("offer", by)


def free_seat(seat: Seat, by: Any = None) -> None:
    """The offer came to nothing."""
    seat.move("withdraw_offer", by)


def fill_seat(seat: Seat, by: Any = None) -> None:
    """Somebody took the seat; with the last one the job is filled."""
    lock(seat.job)
    seat.move("fill", by)
    if not any(other.status in FREE_SEATS for other in queries.seats(seat.job)) and seat.job.may("fill"):
        seat.job.move("fill", by)
        job_ended.send(seat.job)


def vacate_seat(seat: Seat, by: Any = None) -> None:
    """Whoever sat here is gone."""
    seat.move("vacate", by)


@sweep
def end_expired() -> None:
    """Queue the end of listings whose time is over."""
    for key in db.session.scalars(select(Job.id).where(Job.status.in_(RUNNING), Job.expires_at <= clock.now())):
        expire.later(key, once=f"job-expire:{key}")


@sweep
def warn_expiring() -> None:
    """Queue a warning for listings that end soon."""
    soon = clock.now() + timedelta(days=WARN_DAYS)
    for key in db.session.scalars(select(Job.id).where(Job.status.in_(RUNNING), Job.expires_at <= soon, Job.warned_at.is_(None))):
        warn.later(key, once=f"job-warn:{key}")


@task
def expire(job_id: str) -> None:
    """End a listing whose time is over, once."""
    job = db.session.get_one(Job, uuid.UUID(job_id))
    lock(job)
    if job.may("expire") and job.expires_at <= clock.now():
        job.move("expire")
        notices.expired(job)
        _end(job)


@task
def warn(job_id: str) -> None:
    """Tell a business that its listing ends soon, once."""
    job = db.session.get_one(Job, uuid.UUID(job_id))
    lock(job)
    if job.status in RUNNING and job.warned_at is None:
        job.warned_at = clock.now()
        notices.expiring(job)


def _end(job: Job, by: Any = None) -> None:
    for seat in queries.seats(job):
        if seat.may("close"):
            seat.move("close", by)
    job_ended.send(job)
