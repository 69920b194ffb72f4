"""The demo data: whole, once, never in production."""
from __future__ import annotations

import dataclasses
import socket
from datetime import datetime, timedelta

import pyotp
import pytest
import requests
from sqlalchemy import func, select

from marketplace.accounts.commands.factors import use_code
from marketplace.accounts.commands.passwords import matches
from marketplace.accounts.models import Person
from marketplace.accounts.queries import by_email
from marketplace.bids.models import Bid
from marketplace.boosts.models import AdPot
from marketplace.boosts.queries import left_in, newest_rate
from marketplace.contracts.models import Bonus, ChangeOrder, Contract, Milestone, Month, Offer
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.mail import Letter
from marketplace.disputes.models import Dispute
from marketplace.firewall.models import Finding
from marketplace.jobs.models import Job, JobStatus
from marketplace.jobs.queries import duplicates
from marketplace.ledger.queries import discrepancies, trial_balance
from marketplace.managers.models import Kind, Manager
from marketplace.managers.queries import manager_of
from marketplace.moderation.queries import open_reports
from marketplace.payments.queries import transfers_of
from marketplace.reviews.models import Review
from marketplace.site import commands
from marketplace.vetting.queries import waiting
from tests.worker import queued


def rows(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def load(app, world):
    """`flask demo load` beside a sandbox, or an address where none is; what it says."""
    def run(url: str = f"{world.url}/stripe") -> str:
        settings = app.extensions["settings"]
        app.extensions["settings"] = dataclasses.replace(settings, stripe_api_url=url)
        try:
            return app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False).output
        finally:
            app.extensions["settings"] = settings
    return run


def test_the_demo_data_is_whole_and_made_once(app, load, world):
    before, apart = clock.now(), clock.now() - sandbox_time(world)
    assert load() == "The demo data is loaded.\n"
    assert before <= clock.now() <= before + timedelta(minutes=5)
    assert abs(clock.now() - sandbox_time(world) - apart) < timedelta(seconds=2)
    _jobs_of_both_kinds()
    _bad_listings_for_moderators()
    _managers_as_far_as_they_came()
    _everybody_listed_can_sign_in()
    assert (rows(Offer), rows(Contract)) == (7, 6)
    _contracts_with_money()
    assert len(open_reports()) == 1
    people, bids = rows(Person), rows(Bid)
    assert load() == "The demo data is there already.\n"
    assert (rows(Person), rows(Bid), rows(Contract)) == (people, bids, 6)
    assert "sharmin@demo.example" in app.test_cli_runner().invoke(args=["demo", "people"]).output


def test_without_a_sandbox_the_money_waits_for_it(load):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/stripe"
    said = load(nobody)
    assert f"No sandbox answers at {nobody}." in said
    assert "load again" in said
    assert rows(Contract) == 1
    assert load() == "The demo data is loaded.\n"
    assert rows(Contract) == 6


def sandbox_time(world) -> datetime:
    return datetime.fromisoformat(requests.get(f"{world.url}/clock", timeout=10).json()["now"])


def _contracts_with_money() -> None:
    """Every state a milestone shows to people, real money behind each, and nothing in the future."""
    counts = dict(db.session.execute(select(Milestone.status, func.count()).group_by(Milestone.status)).all())
    assert {"planned", "funded", "delivered", "changes_asked", "approved", "released", "refunded", "disputed"} <= set(counts)
    assert trial_balance().balanced
    [pot] = db.session.scalars(select(AdPot))
    assert (pot.status, left_in(pot), newest_rate().day) == ("funded", pot.paid_in, clock.today().date())
    assert [job for job in queued() if job.task_name.endswith("end_after_work")]  # the worker sees that no work is to come
    assert [row.status for table in (Dispute, ChangeOrder, Bonus) for row in db.session.scalars(select(table))] == ["open", "open", "paid"]
    first, following = db.session.scalars(select(Month).order_by(Month.starts_at))
    assert (first.milestone.status, following.milestone.status, following.announced_at is None) == ("funded", "planned", False)
    assert discrepancies() == []
    assert db.session.scalar(select(func.max(Milestone.funded_at))) < clock.now()
    reviews = dict(db.session.execute(select(Review.status, func.count()).group_by(Review.status)).all())
    assert reviews == {"published": 2, "written": 1, "open": 1}
    for key in ("rina", "tanvir", "farhana"):
        manager = manager_of(by_email(f"{key}@demo.example"))
        assert transfers_of(manager.id).rows, f"{key} has no wallet to look at"


def _jobs_of_both_kinds() -> None:
    found = db.session.execute(select(Job.kind, Job.status, func.count()).group_by(Job.kind, Job.status)).all()
    counts = {(kind, status): count for kind, status, count in found}
    assert counts[Kind.management, JobStatus.open] >= 4
    assert counts[Kind.boosting, JobStatus.open] == 2
    assert counts[Kind.management, JobStatus.sent_back] == 1
    assert (counts[Kind.management, JobStatus.filled], counts[Kind.boosting, JobStatus.filled]) == (5, 1)
    listed = db.session.scalars(select(Job).where(Job.status == JobStatus.open))
    assert all(job.published_at < clock.now() < job.expires_at for job in listed)


def _bad_listings_for_moderators() -> None:
    queue = db.session.scalars(select(Job).where(Job.status == JobStatus.in_review)).all()
    found = {Finding.of(row).rule for job in queue for row in job.findings}
    assert {"guarantee", "phone", "admin", "advance", "password"} <= found
    assert duplicates(queue)
    assert any(not job.findings for job in queue)


def _managers_as_far_as_they_came() -> None:
    managers = db.session.scalars(select(Manager)).all()
    assert all(manager.published and manager.photo_id for manager in managers)
    assert sum(manager.vetted_for("management") for manager in managers) == 5
    assert sum(manager.vetted_for("boosting") for manager in managers) == 2
    assert sum(waiting().values()) == 2


def _everybody_listed_can_sign_in() -> None:
    listed = commands.people()
    told = dict(listed)
    people = [by_email(address) for address, _what in listed if "@" in address]
    assert len(people) == len(listed) - 2
    assert all(person.email_verified_at for person in people)
    assert matches(people[0], told["password"])
    assert {person.totp_since is not None for person in people if person.staff_roles} == {True}
    staff = next(person for person in people if person.staff_roles)
    staff.totp_step = 0
    use_code(staff, pyotp.TOTP(told["second factor of the team"]).now())
    assert db.session.scalars(select(Letter).where(Letter.name.like("jobs/%"))).all() == []


def test_production_refuses(app):
    settings = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(settings, environment="production")
    try:
        for command in ("load", "people"):
            answer = app.test_cli_runner().invoke(args=["demo", command])
            assert answer.exit_code == 1
            assert "refused in production" in answer.output
    finally:
        app.extensions["settings"] = settings
    assert by_email("sharmin@demo.example") is None
